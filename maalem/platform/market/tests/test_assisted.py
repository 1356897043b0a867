"""Rachid sits with Fadma: he asks, she tells the code, he works, and she has the last word."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance.actions import ask, undo
from maalem.platform.market.assistance.models import Consent, Deed, Objection
from maalem.platform.market.assistance.states import Act, EndedBy, Refused
from maalem.platform.market.assistance.tests.test_consent import long_ago
from maalem.platform.market.assistance.tests.village import agent, asked, code_of, given
from maalem.platform.market.catalog.models import Change, Product, Variant
from maalem.platform.market.makers.tests.fixtures import two_makers
from maalem.platform.market.orders.models import Order
from maalem.platform.market.studio.queries import landing
from maalem.platform.market.tests.test_edit_piece import fields
from maalem.platform.market.tests.test_new_piece import kind, media, photo, said
from maalem.platform.market.tests.test_studio import visit
from tests.cast import NOBODY, POTTER, WEAVER

__all__ = ["kind", "media", "visit"]
pytestmark = pytest.mark.django_db
DESK = "/fr/assist/"


@pytest.fixture
def rachid(world):
    return agent()


@pytest.fixture
def fadma(world):
    return world.weaver.memberships.get().person


@pytest.fixture
def carpet(world):
    return Product.objects.get(pk=world.carpet.product_id)


@pytest.fixture
def desk(client, rachid):
    client.force_login(rachid)
    return client


@pytest.fixture
def work(desk, rachid):
    """Rachid in her workshop: opens a page of it, or sends one."""
    one = asked(rachid)
    desk.post(f"{DESK}code/", {"code": code_of(one)})

    def go(path="", post=None, **more):
        url = f"/fr/studio/{path}"
        return desk.get(url, **more) if post is None else desk.post(url, post, **more)

    go.consent = Consent.objects.get(pk=one.pk)
    return go


def typed(work, path, **typed):
    """Open a page, type, send."""
    sent = fields(work(path))
    for name, value in typed.items():
        (key,) = [one for one in sent if one == name or one.endswith(f"-{name}")]
        sent[key] = value
    return work(path, post=sent)


def reprice(work, carpet, price="900"):
    return typed(work, f"pieces/{carpet.slug}/price/", price=price)


def price_of(carpet) -> int:
    return Variant.objects.get(product=carpet).price_minor


# He asks, she agrees.


def test_he_asks_she_tells_the_code_and_a_bar_says_for_whom_he_works(desk, rachid):
    ticked = {"phone": "06 61 00 01 01", "scopes": ["pieces", "orders"]}
    assert desk.post(DESK, ticked).status_code == 302
    one = Consent.objects.get()
    page = desk.get(DESK).content.decode()
    assert "Le code de son message" in page
    assert code_of(one) not in page
    done = desk.post(f"{DESK}code/", {"code": code_of(one)})
    assert done.headers["Location"] == "/fr/studio/pieces/"
    page = desk.get("/fr/studio/pieces/").content.decode()
    assert "Vous agissez pour" in page
    assert "Fadma" in page
    assert "/studio/money/" not in page
    assert "outbox" not in page, "nothing of hers is kept on his telephone"


def test_what_is_wrong_is_said_and_what_he_ticked_stays(desk):
    page = desk.post(DESK, {"phone": NOBODY.phone, "scopes": ["orders"]})
    assert page.status_code == 422
    assert "Aucun atelier" in page.content.decode()
    assert 'value="orders" checked' in page.content.decode()
    assert desk.post(DESK, {"phone": "12", "scopes": ["orders"]}).status_code == 422
    assert desk.post(DESK, {"phone": WEAVER.phone}).status_code == 422
    asked_now = desk.post(DESK, {"phone": WEAVER.phone, "scopes": ["orders"]})
    assert asked_now.status_code == 302
    assert desk.post(f"{DESK}code/", {"code": "zz"}).status_code == 422
    wrong = f"{(int(code_of(Consent.objects.get())) + 1) % 10**6:06d}"
    assert "n’est pas le code" in desk.post(f"{DESK}code/", {"code": wrong}).content.decode()


def test_a_telephone_gets_no_more_codes_than_by_signing_in(desk):
    ticked = {"phone": WEAVER.phone, "scopes": ["orders"]}
    said = [desk.post(DESK, ticked).status_code for _ in range(6)]
    assert said == [302] * 5 + [422]
    assert Message.objects.filter(kind="assistance_code").count() == 5


def test_of_her_workshops_one_is_chosen_on_the_page(desk, world, fadma):
    Membership.objects.create(person=fadma, artisan=world.potter)
    ticked = {"phone": WEAVER.phone, "scopes": ["orders"]}
    page = desk.post(DESK, ticked)
    assert f'value="{world.potter.slug}"' in page.content.decode()
    desk.post(DESK, {**ticked, "workshop": world.potter.slug})
    assert Consent.objects.get().artisan == world.potter


@pytest.mark.parametrize("path", ["", "objections/"])
def test_the_desks_are_for_those_with_the_right(client, world, path):
    client.force_login(Person.objects.create(phone=NOBODY.phone, name=NOBODY.name))
    assert client.get(DESK + path).status_code == 404
    client.logout()
    assert client.get(DESK + path).status_code == 302


def test_an_agent_without_a_workshop_lands_at_the_desk(rachid):
    assert landing(rachid) == "/fr/assist/"


def test_on_another_telephone_he_goes_on_with_it(desk, work, rachid, client):
    client.logout()
    client.force_login(rachid)
    assert "pas encore d’atelier" in client.get("/fr/studio/").content.decode()
    assert "Aller à son atelier" in client.get(DESK).content.decode()
    client.post(f"{DESK}go/")
    assert "Vous agissez pour" in client.get("/fr/studio/").content.decode()


# He works.


def test_what_he_does_is_written_down_with_what_it_changed(work, carpet, rachid):
    assert reprice(work, carpet).status_code == 302
    deed = Deed.objects.get()
    change = Change.objects.get(product=carpet)
    assert (deed.act, deed.product, deed.changes) == (Act.PRICED, carpet, [change.pk])
    assert deed.consent == work.consent
    assert change.by == f"person:{rachid.pk}", "in the catalogue's own record it is his name"


def test_a_new_piece_is_hers_and_written_down_once(work, kind, world):
    sent = said(kind)
    work("pieces/new/", post=sent)
    sent["photo"] = photo()
    work("pieces/new/", post=sent)
    deed = Deed.objects.get()
    assert (deed.act, deed.product.artisan) == (Act.LISTED, world.weaver)
    assert len(deed.moves) == 1


def test_whose_hands_made_it_is_never_his_to_say(work, kind, world):
    maker = two_makers(world)[0]
    assert str(maker.name) not in work("pieces/new/").content.decode()
    assert work("pieces/new/", post=said(kind, maker=maker.pk)).status_code == 422
    work("pieces/new/", post=said(kind))
    assert Product.objects.get(craft=kind).maker is None


def test_what_is_refused_or_changes_nothing_is_no_deed(work, carpet, world):
    assert reprice(work, carpet, price="0").status_code == 422
    assert typed(work, f"pieces/{carpet.slug}/price/").status_code == 302
    assert work("pieces/not-there/price/", post={"price": "5"}).status_code == 404
    tagine = world.tagine.product
    assert work(f"pieces/{tagine.slug}/put/", post={}).status_code == 404, "another's"
    assert not Deed.objects.exists()
    tagine.refresh_from_db()
    assert tagine.status == "published"


def test_a_parcel_he_hands_over_is_one_deed_however_often_it_is_pressed(world, work, visit):
    order = world.paid(world.cart(carpet=1)).orders.get()
    path = f"orders/{order.number}/handed-over/"
    for _ in range(2):
        work(path, post={"carrier": "Barid", "tracking": ""})
    assert Order.objects.get().status == "dispatched"
    assert order.number in visit(WEAVER, "helped/").content.decode()
    (deed,) = Deed.objects.all()
    assert (deed.act, deed.reference, deed.product) == (Act.HANDED_OVER, order.number, None)


def test_money_is_refused_with_a_sentence(work):
    page = work("money/")
    assert page.status_code == 403
    assert "elle seule le peut" in page.content.decode()
    assert work("workshop/", post={"workshop": "x"}).status_code == 403


def test_once_the_time_is_over_the_next_press_writes_nothing(work, carpet, kind):
    path = f"pieces/{carpet.slug}/price/"
    sent = fields(work(path))
    before = price_of(carpet)
    (price,) = [name for name in sent if name.endswith("-price")]
    long_ago(work.consent)
    page = work(path, post={**sent, price: "900"})
    assert page.status_code == 403
    assert "rien de cela n’a été écrit" in page.content.decode()
    kept = work("pieces/new/", post=said(kind), headers={"accept": "application/json"})
    assert (kept.status_code, kept.json().keys()) == (422, {"wrong"})
    assert price_of(carpet) == before
    assert not Deed.objects.exists()
    assert not Product.objects.filter(craft=kind).exists()


def test_what_was_typed_for_her_never_lands_in_a_workshop_of_his_own(work, kind, world, rachid):
    Membership.objects.create(person=rachid, artisan=world.potter)
    ask.end(work.consent.pk, by=EndedBy.ARTISAN)
    assert work("pieces/new/", post=said(kind)).status_code == 403
    assert not Product.objects.filter(craft=kind).exists()


def test_a_right_taken_away_stops_him_at_once(work, rachid, carpet):
    rachid.user_permissions.clear()
    before = price_of(carpet)
    assert work("pieces/").status_code == 403
    assert work(f"pieces/{carpet.slug}/put/", post={}).status_code == 403
    assert price_of(carpet) == before


def test_the_papers_of_her_parcel_bear_her_number(world, work):
    order = world.paid(world.cart(carpet=1)).orders.get()
    page = work(f"orders/{order.number}/papers/")
    assert page.status_code == 200
    assert page.wsgi_request.acting.person.phone == WEAVER.phone


def test_he_ends_it_and_she_reads_what_was_done_in_figures(work, desk, carpet):
    reprice(work, carpet)
    reprice(work, carpet, price="910")
    desk.post(f"{DESK}end/")
    drain()
    (told,) = Message.objects.filter(kind="assistance_end")
    assert told.phone == WEAVER.phone
    assert ": 2" in told.body
    assert "pas encore d’atelier" in work().content.decode()


# She has the last word.


def test_she_reads_what_was_done_and_undoes_it(work, visit, carpet, fadma):
    before = price_of(carpet)
    reprice(work, carpet)
    page = visit(WEAVER, "helped/").content.decode()
    for part in ("Rachid Ouali", "Prix ou nombre changé", "900", "agit pour vous"):
        assert part in page
    deed = Deed.objects.get()
    for _ in range(2):
        visit(WEAVER, f"helped/done/{deed.pk}/undo/", post={})
    assert price_of(carpet) == before
    assert Change.objects.filter(product=carpet).last().by == f"person:{fadma.pk}"
    assert Change.objects.filter(product=carpet).count() == 2
    assert "annulé" in visit(WEAVER, "helped/").content.decode()


def test_she_takes_a_piece_off_again_that_he_listed(work, visit, kind):
    work("pieces/new/", post=said(kind))
    visit(WEAVER, f"helped/done/{Deed.objects.get().pk}/undo/", post={})
    assert Product.objects.get(craft=kind).status == "withdrawn"


def test_she_puts_words_sizes_and_the_shelf_back(work, visit, carpet):
    title = carpet.title.data["fr"]
    typed(work, f"pieces/{carpet.slug}/words/", title_fr="Autre", description_fr="Long")
    typed(work, f"pieces/{carpet.slug}/sizes/", length_mm="120")
    work(f"pieces/{carpet.slug}/put/", post={})
    found = list(Deed.objects.all())
    assert [one.act for one in found] == [Act.WORDED, Act.MEASURED, Act.SHELVED]
    for one in found:
        visit(WEAVER, f"helped/done/{one.pk}/undo/", post={})
    carpet.refresh_from_db()
    assert (carpet.title.data["fr"], carpet.length_mm) == (title, None)
    assert carpet.status == "published"
    assert not carpet.description


def test_a_photo_he_added_goes_and_one_he_took_away_is_said_to_be_gone(work, fadma, carpet):
    path = f"pieces/{carpet.slug}/photos/"
    work(path, post={"photo": photo()})
    work(path, post={"photo": photo("#123")})
    first, second = carpet.photos.all()
    undo.undo(Deed.objects.last().pk, by=fadma)
    assert list(carpet.photos.all()) == [first]
    assert second not in carpet.photos.all()
    work(path, post={"photo": photo("#456")})
    work(path, post={"chosen": str(first.pk), "drop": "1"})
    with pytest.raises(Refused, match="no_undo"):
        undo.undo(Deed.objects.last().pk, by=fadma)


def test_what_has_become_something_else_since_is_left_alone(work, visit, carpet, fadma):
    reprice(work, carpet)
    reprice(work, carpet, price="910")
    with pytest.raises(Refused, match="changed_since"):
        undo.undo(Deed.objects.first().pk, by=fadma)
    assert price_of(carpet) == 91_000
    page = visit(WEAVER, f"helped/done/{Deed.objects.first().pk}/undo/", post={}, language="ar")
    assert page.status_code == 302


def test_what_a_carrier_has_is_not_undone(world, work, fadma):
    order = world.paid(world.cart(carpet=1)).orders.get()
    work(f"orders/{order.number}/handed-over/", post={"carrier": "", "tracking": ""})
    with pytest.raises(Refused, match="no_undo"):
        undo.undo(Deed.objects.get().pk, by=fadma)


def test_she_ends_it_from_her_own_telephone(work, visit, rachid):
    visit(WEAVER, f"helped/{work.consent.pk}/end/", post={})
    work.consent.refresh_from_db()
    assert (work.consent.status, work.consent.ended_by) == ("ended", "artisan")


def test_nobody_else_reads_undoes_ends_or_objects(work, visit, carpet):
    reprice(work, carpet)
    deed = Deed.objects.get()
    assert "Rachid" not in visit(POTTER, "helped/").content.decode()
    for path in (
        f"helped/{work.consent.pk}/end/",
        f"helped/{work.consent.pk}/not-right/",
        f"helped/done/{deed.pk}/undo/",
        f"helped/done/{deed.pk}/not-right/",
        f"helped/done/{2**63}/undo/",
    ):
        assert visit(POTTER, path, post={}).status_code == 404
    assert price_of(carpet) == 90_000
    assert not Objection.objects.exists()


def test_what_was_not_right_is_read_and_seen_to_by_an_officer(work, visit, carpet, rachid, client):
    reprice(work, carpet)
    deed = Deed.objects.get()
    for _ in range(2):
        visit(WEAVER, f"helped/done/{deed.pk}/not-right/", post={})
        visit(WEAVER, f"helped/{work.consent.pk}/not-right/", post={})
    assert Objection.objects.count() == 2
    officer = Person.objects.create(phone="+212661000985", name="Houda", is_staff=True)
    officer.user_permissions.add(Permission.objects.get(codename="watch_assistance"))
    client.force_login(officer)
    page = client.get(f"{DESK}objections/").content.decode()
    assert page.count("Rachid Ouali") == 2
    one = Objection.objects.get(deed=deed)
    for _ in range(2):
        client.post(f"{DESK}objections/{one.pk}/looked-at/")
    one.refresh_from_db()
    assert one.looked_by == officer
    assert client.post(f"{DESK}objections/999999/looked-at/").status_code == 404
    own = Permission.objects.get(codename="watch_assistance")
    rachid.user_permissions.add(own)
    Person.objects.filter(pk=rachid.pk).update(is_staff=True)
    client.force_login(rachid)
    client.post(f"{DESK}objections/{Objection.objects.get(deed=None).pk}/looked-at/")
    assert Objection.objects.get(deed=None).looked_at is None, "not by himself"


def test_an_officer_publishes_how_long_a_consent_lasts(client, world):
    officer = Person.objects.create(phone="+212661000985", name="Houda", is_staff=True)
    officer.user_permissions.add(Permission.objects.get(codename="watch_assistance"))
    client.force_login(officer)
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    assert client.post(f"{DESK}limit/", {"minutes": "90", "begins_at": day}).status_code == 302
    assert "90 minutes" in client.get(f"{DESK}objections/").content.decode()
    for wrong in ({"minutes": "481"}, {"minutes": "x"}, {"begins_at": "2026-01-01"}):
        sent = {"minutes": "90", "begins_at": day, **wrong}
        assert client.post(f"{DESK}limit/", sent).status_code == 422


def test_her_page_asks_as_much_for_many_as_for_one(work, visit, carpet, rachid, client):
    reprice(work, carpet)
    visit(WEAVER, "helped/")
    with CaptureQueriesContext(connection) as few:
        client.get("/fr/studio/helped/")
    client.force_login(rachid)
    session = client.session
    session["assisting"] = work.consent.pk
    session.save()
    for price in ("910", "920", "930"):
        reprice(work, carpet, price=price)
    ask.end(work.consent.pk, by=EndedBy.AGENT)
    given(rachid)
    visit(WEAVER, "helped/")
    with CaptureQueriesContext(connection) as many:
        page = client.get("/fr/studio/helped/")
    assert page.content.decode().count("helped__one") == 4
    assert len(many) == len(few)


def test_the_pages_stand_in_arabic_too(desk, rachid, work, visit, carpet):
    reprice(work, carpet)
    assert "إلى ورشتها" in desk.get("/ar/assist/").content.decode()
    assert "أنت تعمل لصالح" in desk.get("/ar/studio/pieces/").content.decode()
    assert "تغيير الثمن أو العدد" in visit(WEAVER, "helped/", language="ar").content.decode()
