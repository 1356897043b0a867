"""A buyer and a workshop talk about a parcel, and a piece is seen to come along."""

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.conversations import decide, queries
from maalem.platform.market.conversations.actions.say import Said, like, say
from maalem.platform.market.conversations.models import Entry
from maalem.platform.market.conversations.states import Refused, Side, Stage
from maalem.platform.market.conversations.words import REFUSALS, STAGES
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions.parcels import cancel, confirm_delivery, dispatch
from maalem.platform.market.orders.tests.bending import bend
from tests.cast import POTTER, WEAVER

pytestmark = pytest.mark.django_db
PHOTO = [["conversations/a", 10, 10, "#ffffff"]]
CARD = "Ma carte : 4242 4242 4242 4242"


@pytest.fixture
def rug(world):
    """Paid, and being woven in thirty days."""
    world.rug = world.thing(
        world.weaver,
        "Tapis sur mesure",
        price=300_000,
        on_hand=0,
        supply="made_to_order",
        making_days=30,
    )
    return world.paid(world.cart(rug=1)).orders.get()


@pytest.fixture
def fadma(world):
    return Person.objects.get(phone=WEAVER.phone)


def photo(color="#a53"):
    file = io.BytesIO()
    Image.new("RGB", (900, 700), color).save(file, "JPEG")
    return SimpleUploadedFile("photo.jpg", file.getvalue(), content_type="image/jpeg")


def shown(order, fadma, *, words="", photos=PHOTO, stage="begun", key=None):
    return say(order.number, key=key or uuid4(), said=Said(words, photos, stage), by=fadma)


def asked(order, words="Est-ce du bleu ?", *, key=None):
    return say(order.number, key=key or uuid4(), said=Said(words), by=None)


def refused(verb) -> str:
    with pytest.raises(Refused) as no, transaction.atomic():
        verb()
    assert no.value.code in REFUSALS
    return no.value.code


def bodies(kind):
    drain()
    return [one.body for one in Message.objects.filter(kind=kind, channel="sms").order_by("pk")]


def url(order):
    number = order.group.number
    return f"/fr/talk/{number}/{links.mark(number)}/{order.number}/"


def test_the_workshop_shows_how_it_comes_along_and_the_buyer_is_told(rug, fadma):
    entry = shown(rug, fadma, words="Le métier est monté.")
    (body,) = bodies("word_to_buyer")
    assert "C'est commencé" in body, "an SMS has no curled apostrophe"
    assert url(rug).removeprefix("/fr") in body
    thread = queries.of(rug)
    assert thread.entries == (entry,)
    assert thread.stage is Stage.BEGUN


def test_the_buyer_asks_and_everybody_of_the_workshop_is_told(rug):
    asked(rug)
    (body,) = bodies("word_to_workshop")
    assert rug.number in body
    assert queries.asked([rug.pk]) == {rug.pk}


def test_an_answer_settles_the_question_and_a_month_does_too(rug, fadma):
    first = asked(rug)
    bend(first, at=timezone.now() - timedelta(days=31))
    assert queries.asked([rug.pk]) == set()
    asked(rug, "Et le bord ?")
    assert queries.asked([rug.pk]) == {rug.pk}
    shown(rug, fadma, words="Rouge.", stage="")
    assert queries.asked([rug.pk]) == set()


def test_what_is_sent_twice_is_said_once(rug, fadma):
    key = uuid4()
    assert asked(rug, key=key) == asked(rug, "something else", key=key)
    assert Entry.objects.get().words == "Est-ce du bleu ?"
    assert len(bodies("word_to_workshop")) == 1


def test_five_words_in_a_row_are_told_of_once_a_day_and_again_after_an_answer(rug, fadma):
    for word in ("un", "deux", "trois"):
        asked(rug, word)
    assert len(bodies("word_to_workshop")) == 1
    shown(rug, fadma)
    asked(rug, "quatre")
    assert len(bodies("word_to_workshop")) == 2


def test_the_next_day_is_news_again():
    told = [
        decide.told_as("M-1-1", side=Side.BUYER, answered=answered, today=date(2026, 11, day))
        for answered, day in ((0, 1), (0, 1), (0, 2), (7, 2))
    ]
    assert len(set(told)) == 3


def test_she_likes_it_once_and_for_all(rug, fadma):
    entry = shown(rug, fadma)
    first = like(rug.number, entry=entry.pk).liked_at
    assert like(rug.number, entry=entry.pk).liked_at == first
    mine = asked(rug)
    with pytest.raises(Entry.DoesNotExist):
        like(rug.number, entry=mine.pk)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said(), "empty"),
        (Said("\u200b \u202e"), "empty"),
        (Said("x" * 1001), "too_long"),
        (Said(photos=PHOTO * 5), "too_many_photos"),
        (Said(CARD), "card"),
        (Said(stage="begun"), "stage"),
    ],
)
def test_what_a_buyer_cant_say_is_refused_in_words(rug, said, code):
    assert refused(lambda: say(rug.number, key=uuid4(), said=said, by=None)) == code
    assert not Entry.objects.exists()


def test_progress_is_of_what_is_being_made(world, rug, fadma):
    assert refused(lambda: shown(rug, fadma, stage="almost")) == "stage"
    carpet = world.paid(world.cart(carpet=1)).orders.get()
    assert refused(lambda: shown(carpet, fadma)) == "not_being_made"
    dispatch(rug.number, by="Fadma")
    assert refused(lambda: shown(rug, fadma)) == "not_being_made"
    shown(rug, fadma, stage="", words="Bonne route !")


def test_nothing_is_said_of_what_nobody_paid_or_what_was_called_off(world, rug, fadma):
    unpaid = world.placed(world.cart(rug=1)).orders.get()
    assert refused(lambda: asked(unpaid)) == "closed"
    entry = shown(rug, fadma)
    cancel(rug.number, by="officer")
    assert refused(lambda: asked(rug)) == "closed"
    assert refused(lambda: like(rug.number, entry=entry.pk)) == "closed"


def test_ninety_days_after_it_arrived_the_conversation_is_closed(rug):
    dispatch(rug.number, by="Fadma")
    confirm_delivery(rug.number)
    asked(rug, "Merci !")
    rug.refresh_from_db()
    bend(rug, delivered_at=timezone.now() - timedelta(days=91))
    assert refused(lambda: asked(rug)) == "over"


def test_there_is_an_end_to_how_much_fits(rug, monkeypatch):
    monkeypatch.setattr(decide, "MOST_ENTRIES", 2)
    asked(rug)
    asked(rug)
    assert refused(lambda: asked(rug)) == "too_many"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE conversations_entry SET words = 'x'",
        "UPDATE conversations_entry SET photos = '[]', stage = 'half'",
        "DELETE FROM conversations_entry",
        "UPDATE conversations_entry SET liked_at = NULL",
    ],
)
def test_the_database_keeps_what_was_said(rug, fadma, change):
    like(rug.number, entry=shown(rug, fadma).pk)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize(
    "wrong",
    [
        {"side": "officer", "words": "x"},
        {"side": "buyer"},
        {"side": "buyer", "stage": "begun"},
        {"side": "workshop", "words": "x"},
        {"side": "buyer", "words": "x", "liked_at": timezone.now()},
    ],
)
def test_the_database_refuses_what_nobody_could_have_said(rug, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(order=rug, key=uuid4(), **wrong)


def test_the_database_refuses_progress_of_what_has_left(rug, fadma):
    dispatch(rug.number, by="Fadma")
    with pytest.raises(IntegrityError, match="nothing more"), transaction.atomic():
        Entry.objects.create(order=rug, key=uuid4(), side="workshop", stage="half", by=fadma)


def test_every_stage_has_its_words_in_three_languages():
    assert set(STAGES) == set(Stage)


def test_the_buyers_page_shows_photos_and_takes_her_answer(client, rug, fadma, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    entry = shown(rug, fadma, words="<script>alert(1)</script>")
    page = client.get(url(rug))
    html = page.content.decode()
    assert page.status_code == 200
    assert "conversations/a-360.webp" in html
    assert "<script>alert" not in html
    assert page["Referrer-Policy"] == "same-origin"
    sent = {"key": str(uuid4()), "words": "Magnifique", "photos": [photo(), photo()]}
    answer = client.post(url(rug), sent)
    assert answer.status_code == 302
    said = Entry.objects.get(side="buyer")
    assert said.words == "Magnifique"
    assert len(said.photos) == 1, "the same photo twice is one"
    client.post(url(rug), {"like": entry.pk})
    assert "Vous aimez" in client.get(url(rug)).content.decode()


def test_the_order_page_shows_the_last_photo(client, rug, fadma):
    page = f"/fr/orders/{rug.group.number}/{links.mark(rug.group.number)}/"
    assert "Écrire à l’atelier" in client.get(page).content.decode()
    shown(rug, fadma, stage="half")
    html = client.get(page).content.decode()
    assert "La moitié est faite" in html
    assert "conversations/a-360.webp" in html


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "trop longtemps"),
        ({"key": "x"}, "trop longtemps"),
        ({"key": str(uuid4())}, "quelques mots"),
        ({"key": str(uuid4()), "words": CARD}, "numéro de carte"),
        ({"key": str(uuid4()), "words": "x" * 100_000}, "trop long"),
        ({"key": str(uuid4()), "photos": [SimpleUploadedFile("a.jpg", b"<svg>")]}, "pas une photo"),
        ({"key": str(uuid4()), "photos": [photo() for _ in range(5)]}, "Quatre photos"),
    ],
)
def test_bad_input_is_answered_in_words_and_what_was_typed_stays(client, rug, sent, said):
    answer = client.post(url(rug), sent)
    html = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 422
    assert said in html
    assert not Entry.objects.exists()
    if sent.get("words") == CARD:
        assert f"{CARD}</textarea>" in html


@pytest.mark.parametrize("like", ["x", "0", "9" * 30, "²"])
def test_there_is_nothing_to_like_where_nothing_was_shown(client, rug, like):
    assert client.post(url(rug), {"like": like}).status_code == 404


def test_a_wrong_mark_or_somebody_elses_parcel_is_nowhere(client, world, rug):
    other = world.paid(world.cart(tagine=1)).orders.get()
    number = rug.group.number
    for path in (
        f"/fr/talk/{number}/{'x' * 43}/{rug.number}/",
        f"/fr/talk/{number}/{links.mark(number)}/{other.number}/",
        url(world.placed(world.cart(rug=1)).orders.get()),
    ):
        assert client.get(path).status_code == 404
        assert client.post(path, {"key": str(uuid4()), "words": "x"}).status_code == 404


def test_words_are_taken_sixty_times_an_hour_at_most(client, rug):
    answers = [client.post(url(rug), {"words": "x"}).status_code for _ in range(61)]
    assert answers[-2:] == [422, 429]


def test_the_page_asks_the_same_number_of_questions_for_one_word_and_for_many(client, rug, fadma):
    counts = []
    for more in (1, 20):
        for _ in range(more):
            shown(rug, fadma)
        with CaptureQueriesContext(connection) as asked:
            client.get(url(rug))
        counts.append(len(asked))
    # The parcel, what was said, how much of it, whether it is being made.
    assert counts == [4, 4]


def test_the_workshop_of_another_hears_nothing(rug):
    asked(rug)
    drain()
    assert not Message.objects.filter(kind="word_to_workshop", phone=POTTER.phone).exists()
