"""What a person was told, read in the app: hers alone, in the language of now, nothing secret."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from maalem.platform.ground.notices import inapp, jobs, queries
from maalem.platform.ground.notices.actions import Recipient, notify
from maalem.platform.ground.notices.models import Message, Notice
from maalem.platform.ground.people.models import Person
from tests.cast import NOBODY, POTTER, WEAVER

pytestmark = pytest.mark.django_db
SIGNUP = "/account/signup/"


@pytest.fixture
def weaver():
    return Person.objects.create_user(phone=WEAVER.phone, name=WEAVER.name, language="ar")


@pytest.fixture
def potter():
    return Person.objects.create_user(phone=POTTER.phone, name=POTTER.name)


def told(settings):
    """Words of a kind that is there in this room, with an address in the language asked."""
    return lambda language: {
        "signup_url": f"[{language}]",
        "address": f"{settings.PLATFORM_URL}/{language}{SIGNUP}",
    }


@pytest.fixture
def tell(settings):
    def go(person, *, key="", **more):
        return notify(kind="unknown_account", to=person, key=key, context=told(settings), **more)

    return go


def page(client, path="", *, language="fr"):
    return client.get(f"/{language}/notices/{path}")


def test_what_is_told_to_a_person_is_kept_for_her_in_every_language(weaver, tell):
    tell(weaver)
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.path) == (weaver, "unknown_account", SIGNUP)
    assert {code: f"[{code}]" in text for code, text in notice.words.items()} == {
        "fr": True,
        "ar": True,
        "en": True,
    }
    with translation.override("fr"):
        assert "compte" in notice.text
    with translation.override("ar"):
        assert notice.text.startswith("ليس لهذا الرقم حساب")


def test_words_of_one_language_are_kept_in_that_one_and_read_in_any(weaver):
    notify(kind="unknown_account", to=weaver, context={"signup_url": "here"})
    notice = Notice.objects.get()
    assert list(notice.words) == ["ar"]
    with translation.override("en"):
        assert notice.text == notice.words["ar"]


def test_a_language_that_came_later_reads_the_french_words(weaver, tell):
    tell(weaver)
    notice = Notice.objects.get()
    with translation.override("es"):
        assert notice.text == notice.words["fr"]


def test_a_secret_is_never_kept_in_the_app(weaver):
    notify(kind="login_code", to=weaver, context={"code": "123456", "minutes": 5}, secret=True)
    assert Message.objects.count() == 1
    assert Notice.objects.count() == 0


def test_a_guest_has_nothing_in_the_app_and_a_buyer_who_was_signed_in_has(tell, potter):
    tell(Recipient(phone=NOBODY.phone))
    assert Notice.objects.count() == 0
    tell(Recipient(phone=NOBODY.phone, person_id=potter.pk))
    assert Notice.objects.get().person == potter


def test_the_same_thing_is_kept_once_for_each_person(weaver, potter, tell):
    for person in (weaver, weaver, potter):
        tell(person, key=f"told-{person.pk}")
    assert sorted(Notice.objects.values_list("person", flat=True)) == sorted([weaver.pk, potter.pk])


def test_who_can_be_reached_by_nothing_still_reads_it_in_the_app(tell):
    nobody = Person.objects.create_user(name=NOBODY.name)
    assert tell(nobody) == []
    assert queries.unread(nobody.pk) == 1


def test_nothing_is_kept_of_what_was_rolled_back(weaver, tell):
    with transaction.atomic():
        tell(weaver)
        transaction.set_rollback(True)
    assert Notice.objects.count() == 0


def test_an_address_elsewhere_leads_nowhere(weaver, settings):
    away = {"signup_url": "", "address": "https://elsewhere.example/fr/account/"}
    notify(kind="unknown_account", to=weaver, context=away)
    assert Notice.objects.get().path == ""


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example/", "account/"])
def test_the_database_refuses_a_path_out_of_the_shop(weaver, path):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(person=weaver, kind="x", words={"fr": "x"}, path=path)


def test_she_reads_hers_newest_first_in_the_language_of_the_page(client, weaver, tell):
    for _ in range(2):
        tell(weaver)
    client.force_login(weaver)
    for language in ("fr", "ar", "en"):
        found = page(client, language=language)
        assert [one.pk for one in found.context["notices"]] == sorted(
            Notice.objects.values_list("pk", flat=True), reverse=True
        )
        assert found.content.decode().count(f"[{language}]") == 2


def test_nobody_reads_without_signing_in(client, weaver, tell):
    tell(weaver)
    number = Notice.objects.get().pk
    for answer in (page(client), page(client, f"{number}/"), client.post("/fr/notices/read/")):
        assert answer.status_code == 302
        assert "/account/login/" in answer.url
    assert queries.unread(weaver.pk) == 1


def test_opening_leads_to_where_it_is_dealt_with_and_makes_it_read(client, weaver, tell):
    tell(weaver)
    client.force_login(weaver)
    number = Notice.objects.get().pk
    for language in ("ar", "fr"):
        answer = page(client, f"{number}/", language=language)
        assert (answer.status_code, answer.url) == (302, f"/{language}{SIGNUP}")
        assert answer.headers["Cache-Control"].count("no-store") == 1
    assert queries.unread(weaver.pk) == 0


def test_what_leads_nowhere_is_read_by_opening_it_too(client, weaver):
    notify(kind="unknown_account", to=weaver, context={"signup_url": ""})
    client.force_login(weaver)
    answer = page(client, f"{Notice.objects.get().pk}/")
    assert answer.url == "/fr/notices/"
    assert queries.unread(weaver.pk) == 0


def test_somebody_elses_is_not_there_and_stays_new(client, weaver, potter, tell):
    tell(weaver)
    client.force_login(potter)
    assert page(client, f"{Notice.objects.get().pk}/").status_code == 404
    assert page(client, f"{10**30}/").status_code == 404
    assert list(page(client).context["notices"]) == []
    assert queries.unread(weaver.pk) == 1


def test_all_that_she_saw_are_read_and_what_came_since_is_new(client, weaver, potter, tell):
    tell(weaver)
    tell(potter)
    client.force_login(weaver)
    newest = page(client).context["newest"]
    tell(weaver)
    # Whatever somebody writes into the form: only hers, and only up to what the page showed.
    for wrong in ("", "x", "-1", "٣", "9" * 40):
        client.post("/fr/notices/read/", {"up_to": wrong})
    assert queries.unread(weaver.pk) == 2
    assert client.post("/fr/notices/read/", {"up_to": newest}).url == "/fr/notices/"
    assert queries.unread(weaver.pk) == 1
    assert queries.unread(potter.pk) == 1


def test_reading_all_is_no_link(client, weaver):
    client.force_login(weaver)
    assert page(client, "read/").status_code == 405


def test_older_ones_stand_on_a_page_of_their_own(client, weaver):
    Notice.objects.bulk_create(
        Notice(person=weaver, kind="x", words={"fr": f"n {number}"})
        for number in range(queries.PAGE + 1)
    )
    client.force_login(weaver)
    first = page(client)
    assert len(first.context["notices"]) == queries.PAGE
    second = page(client, f"?before={first.context['older']}")
    assert [one.text for one in second.context["notices"]] == ["n 0"]
    assert second.context["older"] is None
    assert len(page(client, "?before=x").context["notices"]) == queries.PAGE


def test_the_page_asks_as_many_questions_for_one_as_for_many(client, weaver):
    client.force_login(weaver)
    for more in (1, queries.PAGE):
        Notice.objects.bulk_create(
            Notice(person=weaver, kind="x", words={"fr": "n"}) for _ in range(more)
        )
        with CaptureQueriesContext(connection) as asked:
            page(client)
        # Session, person, her notices.
        assert len(asked) == 3


def test_the_bell_counts_what_is_new_up_to_what_it_can_show(client, weaver):
    client.force_login(weaver)
    assert "bell__count" not in client.get("/fr/account/").content.decode()
    Notice.objects.create(person=weaver, kind="x", words={"fr": "n"})
    assert '<bdi class="bell__count">1</bdi>' in client.get("/fr/account/").content.decode()
    Notice.objects.bulk_create(
        Notice(person=weaver, kind="x", words={"fr": "n"}) for _ in range(queries.AT_MOST + 5)
    )
    assert '<bdi class="bell__count">99+</bdi>' in client.get("/fr/account/").content.decode()


def test_the_bell_costs_one_question_answered_from_its_index(weaver):
    with CaptureQueriesContext(connection) as asked:
        queries.unread(weaver.pk)
    assert len(asked) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT 1 FROM notices_notice WHERE person_id = %s AND read_at IS NULL",
            [weaver.pk],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "notice_unread" in plan


def test_notices_are_kept_half_a_year(weaver, tell):
    tell(weaver)
    tell(weaver)
    old = Notice.objects.order_by("pk").first()
    Notice.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - jobs.KEPT - timedelta(minutes=1)
    )
    jobs.forget_old(timestamp=0)
    assert Notice.objects.filter(pk=old.pk).count() == 0
    assert Notice.objects.count() == 1


def test_opening_twice_keeps_the_first_time(weaver, tell):
    tell(weaver)
    number = Notice.objects.get().pk
    inapp.open_one(person_id=weaver.pk, number=number)
    first = Notice.objects.get().read_at
    inapp.open_one(person_id=weaver.pk, number=number)
    assert Notice.objects.get().read_at == first
