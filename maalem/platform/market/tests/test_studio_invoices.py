"""A workshop says how it is taxed, reads its invoices, and its buyers open theirs."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.market.invoices.actions.catch_up import catch_up
from maalem.platform.market.invoices.actions.say import Said, say
from maalem.platform.market.invoices.models import Identity, Invoice
from maalem.platform.market.invoices.states import Regime
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions.parcels import cancel
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import POTTER, WEAVER

__all__ = ["visit"]
pytestmark = pytest.mark.django_db
ICE = "001561191000066"
VAT = {"regime": "vat", "name": "Poterie SARL", "ice": "001561191 000066", "tax_id": "1234567"}


@pytest.fixture
def papers(world):
    """The potter is exempt; three of his sales have invoices, one of them is called off."""
    say(world.potter.pk, said=Said(Regime.SMALL), by="test")
    groups = [world.paid(world.cart(tagine=1)) for _ in range(3)]
    catch_up()
    cancel(groups[0].orders.get().number, by="potter")
    catch_up()
    return groups


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_who_has_not_said_it_is_asked_and_sales_that_waited_get_theirs(world, visit, language):
    world.paid(world.cart(tagine=1))
    page = text(visit(POTTER, "invoices/", language=language))
    assert f"/{language}/studio/invoices/identity/" in page
    text(visit(POTTER, "invoices/identity/", language=language))
    done = visit(POTTER, "invoices/identity/", post={"regime": "small"}, language=language)
    assert done.status_code == 302
    drain()
    number = Invoice.objects.get().number
    assert number in text(visit(POTTER, "invoices/", language=language))


def test_numbers_are_kept_as_digits_and_a_wrong_one_is_told_at_its_field(world, visit):
    wrong = visit(POTTER, "invoices/identity/", post={**VAT, "ice": "001561191000067"})
    assert wrong.status_code == 422
    assert "Ce n’est pas un ICE" in wrong.content.decode()
    assert 'value="Poterie SARL"' in wrong.content.decode(), "what she typed is not lost"
    assert not Identity.objects.exists()
    missing = visit(POTTER, "invoices/identity/", post={**VAT, "tax_id": ""})
    assert missing.status_code == 422
    assert visit(POTTER, "invoices/identity/", post={}).status_code == 422
    assert visit(POTTER, "invoices/identity/", post=VAT).status_code == 302
    assert Identity.objects.get().ice == ICE


def test_the_list_shows_what_was_issued_and_its_sheet_adds_up(papers, visit):
    page = text(visit(POTTER, "invoices/"))
    year = timezone.localdate().year
    assert all(f"{year}-00000{n}" in page for n in (1, 2, 3))
    assert f"A{year}-000001" in page
    month = f"{timezone.localdate():%Y-%m}"
    sheet = visit(POTTER, f"invoices/{month}.csv")
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 5
    whole = sum(round(float(row[5]) * 100) for row in rows[1:])
    two = Invoice.objects.filter(kind="invoice").order_by("pk")[1:]
    assert whole == sum(one.total_minor for one in two)


def test_an_empty_list_says_so_and_a_month_that_is_none_is_not_there(world, visit):
    say(world.potter.pk, said=Said(Regime.SMALL), by="test")
    assert "Rien encore" in text(visit(POTTER, "invoices/"))
    assert "Rien encore" in text(visit(POTTER, "invoices/?month=2026-13"))
    assert visit(POTTER, "invoices/2026-13.csv").status_code == 404


def test_the_list_asks_a_set_number_of_times(papers, visit, client, world):
    visit(POTTER)
    counts = []
    for more in (0, 5):
        for _ in range(more):
            world.paid(world.cart(tagine=1))
        catch_up()
        with CaptureQueriesContext(connection) as few:
            client.get("/fr/studio/invoices/")
        counts.append(len(few))
    assert counts[0] == counts[1] <= 8, counts


def test_a_paper_is_its_workshops_and_its_buyers_alone(papers, visit, client):
    invoice = Invoice.objects.get(order__group=papers[0], kind="invoice")
    mine = visit(POTTER, f"invoices/{invoice.pk}.pdf")
    assert mine.content.startswith(b"%PDF-")
    assert visit(WEAVER, f"invoices/{invoice.pk}.pdf").status_code == 404
    group, other = papers[0], papers[1]
    with override("ar"):
        hers = client.get(
            f"/ar/invoices/{group.number}/{links.mark(group.number)}/{invoice.pk}.pdf"
        )
    assert hers["Content-Type"] == "application/pdf"
    assert "-ar.pdf" in hers["Content-Disposition"]
    wrong = [
        f"/fr/invoices/{group.number}/{links.mark(other.number)}/{invoice.pk}.pdf",
        f"/fr/invoices/{other.number}/{links.mark(other.number)}/{invoice.pk}.pdf",
        f"/fr/invoices/{group.number}/{links.mark(group.number)}/999999.pdf",
    ]
    assert [client.get(one).status_code for one in wrong] == [404, 404, 404]


def test_the_buyer_finds_her_papers_at_her_parcel(papers, client):
    page = text(client.get(links.path(papers[0].number)))
    invoice, note = Invoice.objects.filter(order__group=papers[0]).order_by("pk")
    for one in (invoice, note):
        assert one.number in page
        assert f"/{one.pk}.pdf" in page


def test_what_can_not_be_printed_is_told_and_nothing_breaks(papers, visit, monkeypatch, client):
    from maalem.design.press import NotPrinted
    from maalem.platform.market.invoices import views

    def broken(*_, **__):
        raise NotPrinted("no paper")

    monkeypatch.setattr(views, "print_pdf", broken)
    invoice = Invoice.objects.get(order__group=papers[0], kind="invoice")
    assert visit(POTTER, f"invoices/{invoice.pk}.pdf").status_code == 302
    group = papers[0]
    address = f"/fr/invoices/{group.number}/{links.mark(group.number)}/{invoice.pk}.pdf"
    assert client.get(address).status_code == 302
