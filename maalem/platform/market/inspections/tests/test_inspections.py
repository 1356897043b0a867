"""A piece goes by a hub: taken in, looked at, let go, sent back to be repaired, or refused."""

import io
import itertools

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.inspections import checks, hubs, queries
from maalem.platform.market.inspections.actions import bring, judge
from maalem.platform.market.inspections.models import Inspection
from maalem.platform.market.inspections.states import INSPECTION_NEXT, Refused
from maalem.platform.market.inspections.words import REFUSALS, STATUSES, VERDICTS
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions.parcels import dispatch
from maalem.platform.market.orders.models import Order, Refund
from maalem.platform.market.orders.tests.bending import bend

PHOTO = [["2026/a", 10, 10, "#fff"]]
FILE = """
[[hub]]
code = "ouarzazate"
name = {fr = "Maison de l’artisan", ar = "دار الصانع", en = "House of the artisan"}
commune = "04.401.01.01"
address = "Avenue Mohammed V"
hours = "9 h à 16 h"
open = true

[[hub]]
code = "safi"
name = {fr = "Colline des potiers", ar = "تل الخزافين", en = "Potters’ hill"}
commune = "07.431.01.01"
address = "Colline des potiers"
hours = "9 h à 16 h"
open = false
"""


@pytest.fixture
def there(settings, tmp_path):
    """An open hub, and one that takes nothing new."""
    file = tmp_path / "hubs.toml"
    file.write_text(FILE)
    settings.HUBS = str(file)


@pytest.fixture
def order(world, there):
    """Paid, and still at the weaver's."""
    return world.paid(world.cart(carpet=1)).orders.get()


@pytest.fixture
def inspector(db):
    """Staff, without a right yet."""
    return Person.objects.create(phone="+212661000990", name="Hassan", is_staff=True, language="fr")


def photo():
    file = io.BytesIO()
    Image.new("RGB", (900, 700), "#a53").save(file, "JPEG")
    return SimpleUploadedFile("photo.jpg", file.getvalue(), content_type="image/jpeg")


def brought(order):
    return bring.announce(order.number, hub="ouarzazate", by="weaver")


def at_hub(order, inspector):
    return judge.receive(brought(order).pk, by=inspector)


def judged(one, verdict, inspector, *, words="Un nœud manque.", photos=PHOTO):
    return judge.judge(one.pk, verdict=verdict, words=words, photos=photos, by=inspector)


def refused(verb) -> str:
    with pytest.raises(Refused) as no, transaction.atomic():
        verb()
    assert no.value.code in REFUSALS
    return no.value.code


def test_what_is_found_good_is_sent_by_the_hub(order, inspector):
    one = at_hub(order, inspector)
    assert refused(lambda: judge.send_on(one.pk, by=inspector, carrier="", tracking="")) == "moved"
    for _ in range(2):
        judged(one, "accepted", inspector, words="", photos=[])
    for _ in range(2):
        judge.send_on(one.pk, by=inspector, carrier="Barid", tracking="RR1")
    order.refresh_from_db()
    assert (order.status, order.carrier, order.tracking) == ("dispatched", "Barid", "RR1")
    told = list(order.group.history.values_list("event", flat=True))
    assert told[-4:] == ["to_hub", "hub_received", "hub_accepted", "dispatched"]


def test_the_buyer_reads_that_it_was_found_good_and_nothing_before(client, order, inspector):
    page = links.path(order.group.number)
    one = at_hub(order, inspector)
    assert "trouvée bonne" not in client.get(page).content.decode()
    judged(one, "accepted", inspector, words="Bien noué.")
    html = client.get(page).content.decode()
    assert "trouvée bonne : <bdi>Maison de l’artisan</bdi>" in html.replace("\u00a0", " ")
    assert "Bien noué." in html
    assert "2026/a-360.webp" in html


def test_what_is_to_be_repaired_comes_again(order, inspector):
    one = judged(at_hub(order, inspector), "to_repair", inspector)
    assert (one.words, one.photos) == ("Un nœud manque.", PHOTO)
    assert refused(lambda: bring.withdraw(order.number, by="weaver")) == "moved"
    with pytest.raises(IntegrityError, match="does not leave"), transaction.atomic():
        dispatch(order.number, by="weaver")
    again = judged(at_hub(order, inspector), "accepted", inspector, words="", photos=[])
    assert (again.round, Inspection.objects.count()) == (2, 2)
    judge.send_on(again.pk, by=inspector, carrier="", tracking="")


def test_a_hub_refuses_a_piece_and_the_buyer_gets_everything_back(world, order, inspector):
    one = judged(at_hub(order, inspector), "refused", inspector)
    judged(one, "refused", inspector)
    drain()
    order.refresh_from_db()
    assert (one.status, order.status) == ("refused", "refunded")
    assert Refund.objects.get(order=order).amount_minor == order.total_minor
    (said,) = Message.objects.filter(kind="hub_verdict", channel="sms")
    assert order.number in said.body


@pytest.mark.parametrize("verdict", ["to_repair", "refused"])
def test_whoever_says_no_says_and_shows_why(order, inspector, verdict):
    one = at_hub(order, inspector)
    assert refused(lambda: judged(one, verdict, inspector, words=" ")) == "show_why"
    assert refused(lambda: judged(one, verdict, inspector, photos=[])) == "show_why"
    assert refused(lambda: judged(one, verdict, inspector, words="x" * 1001)) == "too_long"
    assert refused(lambda: judged(one, verdict, inspector, photos=PHOTO * 5)) == "too_many_photos"
    assert refused(lambda: judged(one, "fine", inspector)) == "verdict"
    order.refresh_from_db()
    assert order.status == "to_prepare"


def test_a_workshop_announces_once_and_may_send_it_itself_after_all(order):
    assert brought(order).pk == brought(order).pk
    assert refused(lambda: bring.announce(order.number, hub="safi", by="x")) == "at_another_hub"
    for _ in range(2):
        bring.withdraw(order.number, by="weaver")
    dispatch(order.number, by="weaver")
    assert refused(lambda: brought(order)) == "not_to_prepare"


def test_a_hub_that_is_closed_or_unknown_takes_nothing(order):
    for hub in ("safi", "nowhere", ""):
        told = refused(lambda hub=hub: bring.announce(order.number, hub=hub, by="weaver"))
        assert told == "no_such_hub"
    assert not Inspection.objects.exists()


def test_what_the_hub_has_does_not_leave_by_another_door(order, inspector):
    at_hub(order, inspector)
    with pytest.raises(IntegrityError, match="does not leave"), transaction.atomic():
        dispatch(order.number, by="weaver")
    order.refresh_from_db()
    assert order.status == "to_prepare"


def test_nobody_judges_a_piece_of_her_own_workshop(world, order):
    one = brought(order)
    weaver = world.weaver.memberships.get().person
    assert refused(lambda: judge.receive(one.pk, by=weaver)) == "own_workshop"


def test_a_balance_is_paid_before_the_hub_sends_it(world, there, inspector):
    made = {"supply": "made_to_order", "making_days": 9, "on_hand": 0, "deposit_percent": 30}
    world.rug = world.thing(world.weaver, "Tapis", price=100_000, **made)
    order = world.paid(world.cart(rug=1)).orders.get()
    one = judged(at_hub(order, inspector), "accepted", inspector, words="", photos=[])
    send = {"by": inspector, "carrier": "", "tracking": ""}
    assert refused(lambda: judge.send_on(one.pk, **send)) == "not_paid"


@pytest.mark.parametrize(("now", "then"), list(itertools.product(INSPECTION_NEXT, repeat=2)))
def test_the_code_and_the_database_hold_the_same_table(order, inspector, now, then):
    """P28."""
    one = brought(order)
    dress = {"received_at": one.announced_at, "judged_at": one.announced_at, "words": "x"}
    bend(one, status=now, judged_by_id=inspector.pk, photos=PHOTO, **dress)
    allowed = then == now or then in INSPECTION_NEXT[now]
    try:
        with transaction.atomic():
            Inspection.objects.filter(pk=one.pk).update(status=then)
    except IntegrityError:
        assert not allowed
    else:
        assert allowed


def test_a_verdict_is_never_rewritten(order, inspector):
    one = judged(at_hub(order, inspector), "to_repair", inspector)
    for change in ({"words": "Autre"}, {"photos": []}, {"hub": "safi"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Inspection.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(IntegrityError, match="is kept"), transaction.atomic():
        one.delete()


def test_everything_has_its_words():
    assert set(STATUSES) == set(INSPECTION_NEXT)
    assert set(VERDICTS) < set(STATUSES)


@pytest.mark.parametrize(
    "wrong",
    [
        "nonsense",
        FILE.replace('code = "safi"', 'code = "ouarzazate"'),
        FILE.replace('address = "Avenue Mohammed V"', "address = 5"),
        FILE.replace("open = true", "open = true\nextra = 1"),
        FILE.replace(', en = "House of the artisan"', ""),
    ],
)
def test_a_wrong_file_stops_the_start_and_says_where(settings, tmp_path, wrong):
    file = tmp_path / "wrong.toml"
    file.write_text(wrong)
    settings.HUBS = str(file)
    (said,) = checks.hubs_can_be_read(None)
    assert said.id == "inspections.E001"
    settings.HUBS = str(tmp_path / "gone.toml")
    assert checks.hubs_can_be_read(None)


def test_without_a_file_there_is_no_hub(settings):
    settings.HUBS = ""
    assert hubs.hubs() == ()
    assert checks.hubs_can_be_read(None) == []


# The pages.


@pytest.fixture
def desk(client, inspector):
    """The inspector at her desk."""
    inspector.user_permissions.add(Permission.objects.get(codename="inspect_pieces"))
    client.force_login(inspector)
    return client


def test_the_desk_is_for_those_with_the_right(client, order, inspector):
    one = brought(order)
    client.force_login(inspector)
    for path in ("/fr/hubs/desk/", f"/fr/hubs/desk/{one.pk}/"):
        assert client.get(path).status_code == 404


def test_an_inspector_takes_in_looks_and_refuses_with_a_photo(desk, order, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one = brought(order)
    assert order.number in desk.get("/fr/hubs/desk/").content.decode()
    path = f"/fr/hubs/desk/{one.pk}/"
    assert desk.post(path, {"receive": "1"}).status_code == 302
    said = {"verdict": "refused", "words": "La teinture part."}
    assert desk.post(path, said).status_code == 422
    broken = SimpleUploadedFile("a.jpg", b"no picture", content_type="image/jpeg")
    page = desk.post(path, {**said, "photos": broken})
    assert page.status_code == 422
    assert "La teinture part." in page.content.decode(), "nothing typed is lost"
    assert desk.post(path, {**said, "photos": photo()}).status_code == 302
    order.refresh_from_db()
    assert order.status in ("cancelled", "refunded")
    assert desk.get("/fr/hubs/desk/").content.decode().count(order.number) == 0


def test_an_inspector_sends_on_what_is_good(desk, order):
    path = f"/fr/hubs/desk/{brought(order).pk}/"
    desk.post(path, {"receive": "1"})
    desk.post(path, {"verdict": "accepted", "words": ""})
    desk.post(path, {"send_on": "1", "carrier": "Barid", "tracking": ""})
    assert Order.objects.get(pk=order.pk).status == "dispatched"
    assert desk.post(path, {"verdict": "refused"}).status_code in (409, 422)


def test_the_desk_asks_as_much_for_many_as_for_one(desk, world, order):
    brought(order)
    desk.get("/fr/hubs/desk/")
    with CaptureQueriesContext(connection) as few:
        desk.get("/fr/hubs/desk/")
    for _ in range(3):
        more = world.paid(world.cart(tagine=1)).orders.get()
        bring.announce(more.number, hub="ouarzazate", by="potter")
    with CaptureQueriesContext(connection) as many:
        desk.get("/fr/hubs/desk/")
    assert len(many) == len(few)


def test_a_workshop_sees_how_it_stands(order, inspector):
    assert queries.stand(order).may_be_brought
    one = at_hub(order, inspector)
    assert queries.stand(order).is_at_hub
    judged(one, "to_repair", inspector)
    assert queries.stand(order).must_come_again
