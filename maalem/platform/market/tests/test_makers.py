"""A co-operative's makers: the head keeps the book, each maker reads her own part of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from maalem.platform.craft.artisans.models import Maker, Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.ground.site.templatetags.money import money
from maalem.platform.market.catalog.models import Change, Product
from maalem.platform.market.makers.actions import book
from maalem.platform.market.makers.models import Handed, Rule
from maalem.platform.market.makers.queries import standing
from maalem.platform.market.makers.tests.fixtures import (
    named,
    released,
    reversed_,
    rule,
    signed_in,
    two_makers,
)
from maalem.platform.market.studio.queries import landing
from maalem.platform.market.studio.templatetags.makers import percent
from maalem.platform.market.tests.test_new_piece import NEW, kind, media, said
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import CLERK, NOBODY, POTTER, WEAVER

__all__ = ["kind", "media", "visit"]
pytestmark = pytest.mark.django_db
LANGUAGES = ("fr", "ar", "en")


@pytest.fixture
def makers(world) -> list[Maker]:
    return two_makers(world)


@pytest.fixture
def shared(world, makers):
    """Itto's carpet is sold and shared: 80 of 100 to her hands, 10 to the fund, 10 to all."""
    rule(world, 8_000, 1_000, 1_000)
    release = released(world)
    book.catch_up()
    return release


@pytest.fixture
def comes(client):
    """Open a page as a maker who signed in by her telephone."""

    def go(maker, path="my-work/", *, post=None, language="fr"):
        person = Person.objects.filter(phone=maker.phone).first() or signed_in(maker)
        client.force_login(person)
        url = f"/{language}/studio/{path}"
        return client.get(url) if post is None else client.post(url, post)

    return go


def shown(minor: int, language: str) -> str:
    """An amount as the pages of that language show it."""
    with translation.override(language):
        return str(money(minor, "MAD"))


def spaces(page) -> str:
    return text(page).replace("\u00a0", " ").replace("\u202f", " ")


def gave(world, maker, amount_minor=80_000) -> Handed:
    by = world.weaver.memberships.get(role="owner").person
    today = timezone.localdate()
    return Handed.objects.create(
        maker=maker, key=uuid4(), amount_minor=amount_minor, on_day=today, by=by
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_reads_what_each_one_earns(world, makers, shared, visit, language):
    page = text(visit(WEAVER, "makers/", language=language))
    for one in makers:
        assert str(one.name.localize(language)) in page
        assert shown(standing(one).earned_minor, language) in page
    assert "/studio/makers/" in text(visit(WEAVER, "money/", language=language))
    for path in (f"makers/{makers[0].pk}/", "makers/rule/"):
        assert visit(WEAVER, path, language=language).status_code == 200


def test_the_head_adds_a_maker_and_is_told_what_is_wrong(world, makers, visit):
    told = {"latin": "Fadma", "arabic": "فاطمة", "phone": "06 61 00 02 09", "is_active": "on"}
    assert visit(WEAVER, "makers/", post=told).status_code == 302
    fadma = Maker.objects.get(phone="+212661000209")
    assert str(fadma.name.localize("ar")) == "فاطمة"
    twice = visit(WEAVER, "makers/", post=told)
    assert twice.status_code == 422
    assert "a ce numéro de téléphone" in twice.content.decode()
    assert visit(WEAVER, "makers/", post={**told, "phone": "12"}).status_code == 422
    nameless = visit(WEAVER, "makers/", post={"phone": ""})
    assert "dans une écriture au moins" in nameless.content.decode()
    changed = visit(WEAVER, f"makers/{fadma.pk}/", post={"latin": "Fadma A.", "phone": ""})
    assert changed.status_code == 302
    fadma.refresh_from_db()
    assert (str(fadma.name), fadma.phone, fadma.is_active) == ("Fadma A.", "", False)


def test_the_head_publishes_a_rule_from_today_on(world, makers, visit):
    today = timezone.localdate()
    parts = {"maker": "70", "fund": "١٠", "equal": "20", "begins_on": today.isoformat()}
    assert visit(WEAVER, "makers/rule/", post=parts).status_code == 302
    made = Rule.objects.get()
    assert (made.maker_bps, made.fund_bps, made.equal_bps) == (7_000, 1_000, 2_000)
    assert "70 %" in spaces(visit(WEAVER, "makers/"))
    past = {**parts, "begins_on": (today - timedelta(days=1)).isoformat()}
    for wrong in (past, {**parts, "fund": "11"}, {**parts, "fund": "x"}, {}):
        assert visit(WEAVER, "makers/rule/", post=wrong).status_code == 422
    assert Rule.objects.count() == 1


def test_what_was_given_is_confirmed_by_the_maker(world, makers, shared, visit, comes):
    itto = makers[0]
    given = {"key": str(uuid4()), "amount": "800", "on_day": timezone.localdate().isoformat()}
    for _ in range(2):
        assert visit(WEAVER, f"makers/{itto.pk}/handed/", post=given).status_code == 302
    row = Handed.objects.get()
    assert (row.amount_minor, row.status) == (80_000, "said")
    path = f"my-work/{itto.pk}/handed/{row.pk}/"
    assert "On m’a donné" in text(comes(itto))
    assert comes(itto, path, post={"answer": "no"}).status_code == 302
    row.refresh_from_db()
    assert row.status == "disputed"
    assert standing(itto).given_minor == 0
    assert "ce n’est pas juste" in text(visit(WEAVER, f"makers/{itto.pk}/"))
    comes(itto, path, post={"answer": "yes"})
    row.refresh_from_db()
    assert row.status == "confirmed"
    assert standing(itto).given_minor == 80_000
    # What she confirmed is not undone any more.
    visit(WEAVER, f"makers/{itto.pk}/handed/{row.pk}/undo/", post={})
    row.refresh_from_db()
    assert row.status == "confirmed"


def test_the_head_undoes_a_slip(world, makers, visit):
    row = gave(world, makers[0])
    visit(WEAVER, f"makers/{makers[0].pk}/handed/{row.pk}/undo/", post={})
    row.refresh_from_db()
    assert row.status == "undone"


@pytest.mark.parametrize(
    "given",
    [{}, {"amount": "0"}, {"amount": "x"}, {"on_day": "2999-01-01"}, {"on_day": "no"}],
)
def test_what_can_not_have_been_given_is_refused_in_words(world, makers, visit, given):
    whole = {"key": str(uuid4()), "amount": "800", "on_day": timezone.localdate().isoformat()}
    sent = {**whole, **given} if given else {}
    assert visit(WEAVER, f"makers/{makers[0].pk}/handed/", post=sent).status_code == 422
    assert not Handed.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_maker_reads_her_own_income_alone(world, makers, shared, comes, language):
    itto, rkia = makers
    page = text(comes(itto, language=language))
    assert shown(standing(itto).earned_minor, language) in page
    assert str(rkia.name.localize(language)) not in page
    assert str(world.carpet.product.title.localize(language)) in page
    assert "Claire" not in page
    hers = text(comes(rkia, language=language))
    assert shown(standing(rkia).earned_minor, language) in hers
    assert shown(standing(itto).earned_minor, language) not in hers


def test_what_came_back_stands_among_her_lines(world, makers, shared, comes):
    reversed_(shared, amount_minor=1_000, key="one")
    book.catch_up()
    assert "C’est revenu" in text(comes(makers[0]))


def test_what_is_sold_and_not_released_yet_is_shown_as_on_its_way(world, makers, comes):
    world.paid(world.cart(carpet=1))
    page = text(comes(makers[0]))
    assert "l’argent est en route" in page
    assert "Tapis de Taznakht" in page
    assert "Tapis de Taznakht" not in text(comes(makers[1]))


def test_no_maker_sees_or_answers_for_another(world, makers, shared, comes):
    itto, rkia = makers
    row = gave(world, itto)
    assert comes(rkia, f"my-work/{itto.pk}/").status_code == 404
    for number in (itto.pk, rkia.pk):
        path = f"my-work/{number}/handed/{row.pk}/"
        assert comes(rkia, path, post={"answer": "yes"}).status_code == 404
    assert comes(itto, f"my-work/{itto.pk}/handed/{row.pk}/", post={}).status_code == 404
    # She is no member of the workshop: its pages are not hers.
    assert comes(rkia, f"makers/{rkia.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.status == "said"


def test_a_telephone_that_nobody_proved_opens_no_income(world, makers, client):
    client.force_login(signed_in(makers[0], is_verified=False))
    assert client.get(f"/fr/studio/my-work/{makers[0].pk}/").status_code == 404
    assert "Itto" not in text(client.get("/fr/studio/my-work/"))


def test_signing_in_leads_a_maker_to_her_page(world, makers):
    assert landing(signed_in(makers[0])).endswith("/studio/my-work/")
    assert landing(world.weaver.memberships.get().person).endswith("/studio/")


@pytest.mark.parametrize("member", [POTTER, CLERK, NOBODY])
def test_nobody_but_the_head_opens_the_book(world, makers, shared, visit, member):
    if member is CLERK:
        person = Person.objects.create_user(phone=CLERK.phone, name=CLERK.name)
        Membership.objects.create(person=person, artisan=world.weaver, role="clerk")
    row = gave(world, makers[0])
    one = f"makers/{makers[0].pk}/"
    refused = 403 if member is CLERK else 404
    for path in (one, "makers/rule/", "makers/book.csv", "makers/"):
        page = visit(member, path)
        # Who has no workshop at all is told so, kindly, on its first pages.
        is_kind = member is NOBODY and path != one
        assert page.status_code == (200 if is_kind else refused)
        assert "Itto" not in page.content.decode()
    today = timezone.localdate().isoformat()
    handed = {"key": str(uuid4()), "amount": "800", "on_day": today}
    parts = {"maker": "100", "fund": "0", "equal": "0", "begins_on": today}
    for path, post in [
        (one, {"latin": "X"}),
        (f"{one}handed/", handed),
        (f"{one}handed/{row.pk}/undo/", {}),
        ("makers/rule/", parts),
        ("makers/", {"latin": "X"}),
    ]:
        assert visit(member, path, post=post).status_code == refused
    assert Maker.objects.count() == 2
    assert Rule.objects.count() == Handed.objects.count() == 1
    row.refresh_from_db()
    assert row.status == "said"


def test_another_head_does_not_reach_in(world, makers, visit):
    type(world.potter).objects.filter(pk=world.potter.pk).update(kind="cooperative")
    row = gave(world, makers[0])
    assert visit(POTTER, f"makers/{makers[0].pk}/").status_code == 404
    assert visit(POTTER, f"makers/{makers[0].pk}/handed/{row.pk}/undo/", post={}).status_code == 404
    own = Maker.objects.create(artisan=world.potter, name=named("Omar"))
    assert visit(POTTER, f"makers/{own.pk}/handed/{row.pk}/undo/", post={}).status_code == 404
    assert "Itto" not in text(visit(POTTER, "makers/"))
    assert visit(POTTER, f"makers/{'9' * 30}/").status_code == 404


def test_the_book_goes_into_a_spreadsheet(world, makers, shared, visit):
    Maker.objects.filter(pk=makers[0].pk).update(name=named("=Itto"))
    lines = visit(WEAVER, "makers/book.csv").content.decode().lstrip("\ufeff").split("\r\n")
    assert lines[0] == "Mois;Nom;Dirhams"
    rows = [line.split(";") for line in lines[1:] if line]
    assert sum(round(float(row[2]) * 100) for row in rows) == shared.amount_minor
    assert not any(row[1].startswith("=") for row in rows)
    assert any(row[1] == "La caisse commune" for row in rows)


def test_the_maker_is_chosen_by_picture_when_a_piece_is_listed(world, makers, visit, kind):
    page = text(visit(WEAVER, NEW))
    assert f'name="maker" value="{makers[1].pk}"' in page
    visit(WEAVER, NEW, post=said(kind, maker=makers[1].pk))
    made = Product.objects.get(craft=kind)
    assert made.maker == makers[1]
    # And later another: what changed is kept, and a stranger's maker is refused.
    path = f"pieces/{made.slug}/maker/"
    assert f"/studio/{path}" in text(visit(WEAVER, f"pieces/{made.slug}/"))
    assert visit(WEAVER, path).status_code == 200
    assert visit(WEAVER, path, post={"maker": ""}).status_code == 302
    made.refresh_from_db()
    assert made.maker is None
    change = Change.objects.filter(product=made, what="maker").last()
    assert (change.was, change.now) == (makers[1].pk, None)
    stranger = Maker.objects.create(artisan=world.potter, name=named("Omar"))
    assert visit(WEAVER, path, post={"maker": stranger.pk}).status_code == 422
    assert visit(WEAVER, NEW, post=said(kind, maker=stranger.pk)).status_code == 422


def test_who_has_no_makers_is_asked_for_none(world, visit, kind):
    assert 'name="maker"' not in text(visit(WEAVER, NEW))
    assert visit(WEAVER, f"pieces/{world.carpet.product.slug}/maker/").status_code == 404
    assert visit(WEAVER, "makers/").status_code == 404
    visit(WEAVER, NEW, post=said(kind))
    assert Product.objects.get(craft=kind).maker is None


def test_the_pages_ask_as_much_for_many_as_for_few(world, makers, shared, visit, comes):
    def asked(go) -> int:
        go()  # Who signs in for the first time asks more.
        with CaptureQueriesContext(connection) as found:
            assert go().status_code == 200
        return len(found)

    pages = [lambda: visit(WEAVER, "makers/"), lambda: comes(makers[0])]
    few = [asked(go) for go in pages]
    for number in range(12):
        Maker.objects.create(artisan=world.weaver, name=named(f"Maker {number}"))
        world.carpet = world.thing(world.weaver, f"Tapis {number}", price=100_000)
        Product.objects.filter(pk=world.carpet.product_id).update(maker=makers[0])
        gave(world, makers[0], 100 + number)
    for _ in range(3):
        world.carpet = world.thing(world.weaver, "Tapis", price=90_000)
        Product.objects.filter(pk=world.carpet.product_id).update(maker=makers[0])
        released(world)
    book.catch_up()
    assert [asked(go) for go in pages] == few


def test_buyers_read_who_works_there_now(world, makers, client):
    Maker.objects.filter(pk=makers[1].pk).update(is_active=False)
    page = text(client.get(f"/fr/artisans/{world.weaver.slug}/"))
    assert "<h3>Itto</h3>" in page
    assert "Rkia" not in page
    assert makers[0].phone not in page


def test_parts_of_a_rule_are_said_as_each_language_writes_them():
    for language, half in (("fr", "70,5\u00a0%"), ("en", "70.5\u00a0%")):
        with translation.override(language):
            assert (percent(7_050), percent(7_000)) == (half, "70\u00a0%")
