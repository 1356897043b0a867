"""An invoice from the payment to the paper, its series of numbers, and what takes it back."""

import threading
from datetime import date, timedelta
from itertools import pairwise

import pypdfium2
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from maalem.design.press import print_pdf
from maalem.platform.ground.jobs.testing import drain
from maalem.platform.market.cart.actions.lines import add_line, make_cart
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.invoices import taxes
from maalem.platform.market.invoices.actions import issue
from maalem.platform.market.invoices.actions.catch_up import catch_up
from maalem.platform.market.invoices.actions.say import Refused, Said, say
from maalem.platform.market.invoices.models import Identity, Invoice
from maalem.platform.market.invoices.page import FORM, page
from maalem.platform.market.invoices.states import Regime
from maalem.platform.market.invoices.words import REFUSALS
from maalem.platform.market.orders.actions.goodwill import give_back
from maalem.platform.market.orders.actions.parcels import cancel
from maalem.platform.market.orders.models import Alert, Order
from maalem.platform.market.returns.actions import settle
from maalem.platform.market.returns.tests.fixtures import announced, delivered

ICE = "001561191000066"
VAT = Said(Regime.VAT, name="Poterie du Bled SARL", ice=ICE, tax_id="1234567")
SMALL = Said(Regime.SMALL)


def seen(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        text = " ".join(one.get_textpage().get_text_bounded() for one in document)
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


def printed(invoice: Invoice, language: str = "fr") -> bytes:
    return print_pdf(page(invoice, language=language), form=FORM)


@pytest.fixture
def taxed(world):
    """The potter owes VAT, the weaver is exempt."""
    say(world.potter.pk, said=VAT, by="test")
    say(world.weaver.pk, said=SMALL, by="test")
    return world


def at_home(world, **pieces: int) -> Invoice:
    """The invoice of a parcel that stays in the country."""
    group = world.paid_at_home(world.cart(**pieces))
    catch_up()
    return Invoice.objects.get(order__group=group, kind="invoice")


def of(group, artisan) -> Invoice:
    return Invoice.objects.get(order__group=group, artisan=artisan, kind="invoice")


def test_every_seller_of_a_purchase_has_an_invoice_of_her_own(taxed):
    group = taxed.paid()
    assert catch_up() == 2
    assert catch_up() == 0, "once"
    pot, rug = of(group, taxed.potter), of(group, taxed.weaver)
    year = timezone.localdate().year
    assert (pot.number, rug.number) == (f"{year}-000001", f"{year}-000001")
    for invoice in (pot, rug):
        order = invoice.order
        assert invoice.total_minor == order.goods_minor + order.shipping_minor
    assert [tax["rule"] for tax in pot.content["taxes"]] == ["export"], "it goes to Lyon"
    assert [tax["rule"] for tax in rug.content["taxes"]] == ["small"]
    assert pot.content["seller"]["numbers"] == {"ice": ICE, "tax_id": "1234567"}


def test_within_the_country_the_tax_in_the_price_is_told(taxed):
    invoice = at_home(taxed, tagine=2)
    (tax,) = invoice.content["taxes"]
    assert (tax["rule"], tax["rate_bps"]) == ("normal", 2_000)
    assert invoice.vat_minor == taxes.included(invoice.total_minor, rate_bps=2_000) > 0
    assert "20 %" in seen(printed(invoice))


def test_nothing_is_issued_before_a_workshop_says_how_it_is_taxed(world):
    group = world.paid(world.cart(tagine=1))
    assert catch_up() == 0
    say(world.potter.pk, said=SMALL, by="test")
    assert "issue_all" in drain()
    assert of(group, world.potter).position == 1


def test_a_deposit_alone_is_no_invoice(taxed):
    rug = taxed.thing(
        taxed.weaver,
        "Tapis sur mesure",
        price=400_000,
        on_hand=0,
        supply="made_to_order",
        making_days=30,
        deposit_percent=30,
    )
    cart = make_cart()
    add_line(cart, variant_id=rug.pk, quantity=1)
    order = taxed.paid(cart).orders.get()
    assert order.owes_minor
    assert catch_up() == 0
    assert issue.issue(order.number) is None


def test_where_no_rule_fits_a_person_is_told_and_the_invoice_waits(taxed, monkeypatch):
    group = taxed.paid(taxed.cart(tagine=1))
    rules = taxes.rules()
    monkeypatch.setattr(taxes, "rules", lambda: ())
    assert catch_up() == 0
    number = group.orders.get().number
    assert Alert.objects.get(kind="no_tax_rule").about == number
    monkeypatch.setattr(taxes, "rules", lambda: rules)
    assert catch_up() == 1
    assert Alert.objects.get(kind="no_tax_rule").settled_at


def test_a_paper_is_made_of_frozen_words_alone(taxed):
    """P25: made again to the byte, whatever was edited since: names, prices, numbers, rules."""
    group = taxed.paid()
    catch_up()
    before = [
        printed(of(group, artisan), language)
        for artisan in (taxed.potter, taxed.weaver)
        for language in ("fr", "ar", "en")
    ]
    say(taxed.potter.pk, said=Said(Regime.SMALL, name="Autre"), by="test")
    Product.objects.update(title="Autre chose")
    type(taxed.potter).objects.update(name="Autre atelier")
    after = [
        printed(of(group, artisan), language)
        for artisan in (taxed.potter, taxed.weaver)
        for language in ("fr", "ar", "en")
    ]
    assert before == after


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["Facture", "Vendeur", "Exportation"]),
        ("en", ["Invoice", "Seller", "Export, exempt"]),
    ],
)
def test_the_paper_says_who_sold_what_to_whom_and_what_the_state_gets(taxed, language, words):
    taxed.paid()
    catch_up()
    invoice = Invoice.objects.get(artisan=taxed.potter)
    text = seen(printed(invoice, language))
    for wanted in (
        *words,
        ICE,
        "1234567",
        "Poterie du Bled SARL",
        invoice.number,
        "Lyon",
        invoice.order.number,
    ):
        assert wanted in text, (wanted, text)


def test_in_arabic_it_runs_the_other_way_and_numbers_stay_whole(taxed):
    taxed.paid()
    catch_up()
    invoice = Invoice.objects.get(artisan=taxed.potter)
    told = page(invoice, language="ar")
    assert (told["direction"], told["title"]) == ("rtl", "فاتورة")
    text = seen(printed(invoice, "ar"))
    assert invoice.number in text
    assert ICE in text


def test_a_parcel_that_is_called_off_is_credited_whole_once(taxed):
    invoice = at_home(taxed, tagine=2)
    cancel(invoice.order.number, by="potter")
    assert catch_up() == 1
    assert catch_up() == 0
    (note,) = Invoice.objects.filter(kind="credit")
    assert (note.total_minor, note.vat_minor) == (invoice.total_minor, invoice.vat_minor)
    assert note.number == f"A{timezone.localdate().year}-000001"
    text = seen(printed(note))
    assert "Avoir" in text
    assert invoice.number in text


def test_what_comes_back_is_credited_with_its_pieces_and_its_tax(taxed):
    order = delivered(taxed)
    drain()
    catch_up()
    invoice = Invoice.objects.get(order=order)
    settle.accept(announced(order, pieces=1).number, by="potter", on_shelf=True)
    assert catch_up() == 1
    settle.accept(announced(order, pieces=1, seen=1).number, by="potter", on_shelf=True)
    assert catch_up() == 1
    first, second = Invoice.objects.filter(kind="credit").order_by("pk")
    assert [line["quantity"] for line in first.content["lines"]] == [1]
    assert first.cause == "returned"
    assert first.total_minor + second.total_minor == invoice.total_minor
    assert first.vat_minor + second.vat_minor == invoice.vat_minor
    assert (first.position, second.position) == (1, 2)
    assert "1 ×" in seen(printed(first))


def test_what_an_officer_gives_of_the_platforms_own_is_no_credit_of_the_sellers(taxed):
    order = delivered(taxed)
    drain()
    catch_up()
    give_back(order.number, amount_minor=1_000, key="k", by="officer", note="kind")
    drain()
    assert catch_up() == 0
    assert not Invoice.objects.filter(kind="credit").exists()


def test_the_database_refuses_a_gap_a_change_a_removal_and_too_much_credit(taxed):
    taxed.paid()
    catch_up()
    invoice = Invoice.objects.get(artisan=taxed.potter)
    copy = {
        field.attname: getattr(invoice, field.attname)
        for field in Invoice._meta.concrete_fields
        if field.attname not in ("id", "issued_at")
    }
    credit = {
        "kind": "credit",
        "credits_id": invoice.pk,
        "cause": "returned",
        "position": 1,
        "source": "x",
    }
    wrong = [
        {"position": 3, "source": "x"},
        {**credit, "total_minor": invoice.total_minor + 1},
        {**credit, "position": 2},
        {**credit, "artisan_id": taxed.weaver.pk},
        {**credit, "on": date(invoice.year - 1, 12, 31)},
        {**credit, "cause": ""},
    ]
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.create(**copy | change)
    for verb in (
        lambda: Invoice.objects.update(total_minor=1),
        Invoice.objects.all().delete,
        lambda: Identity.objects.update(ice=""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            verb()


def test_numbers_have_no_gap_whoever_writes_at_once_and_whatever_is_undone(live):
    """Eight writers over twelve sales, every third of them undone at its end and asked again."""
    say(live.potter.pk, said=SMALL, by="test")
    numbers = [live.paid(live.cart(tagine=1)).orders.get().number for _ in range(8)]
    tries = iter(range(10_000))

    class Undone(Exception):
        pass

    def write(number: str) -> None:
        try:
            for _ in range(6):
                try:
                    with transaction.atomic():
                        issue.issue(number)
                        if next(tries) % 3 == 0:
                            raise Undone
                except Undone:
                    continue
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in numbers * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = list(Invoice.objects.filter(artisan=live.potter).order_by("pk"))
    assert sorted(one.position for one in found) == list(range(1, len(numbers) + 1))
    by_number = sorted(found, key=lambda one: one.position)
    assert all(one.on <= two.on for one, two in pairwise(by_number))


def test_a_series_begins_again_each_year_and_its_days_never_run_backwards(taxed, monkeypatch):
    taxed.paid(taxed.cart(tagine=1))
    catch_up()
    first = Invoice.objects.get()
    taxed.paid(taxed.cart(tagine=1))
    monkeypatch.setattr(timezone, "localdate", lambda *_: first.on - timedelta(days=1))
    if first.on.timetuple().tm_yday > 1:
        catch_up()
        second = Invoice.objects.exclude(pk=first.pk).get()
        assert (second.position, second.on) == (2, first.on)
    taxed.paid(taxed.cart(tagine=1))
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(first.year + 1, 1, 1))
    catch_up()
    third = Invoice.objects.order_by("pk").last()
    assert (third.number, third.position) == (f"{first.year + 1}-000001", 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said(Regime.SMALL, ice="001561191000067"), "ice"),
        (Said(Regime.SMALL, tax_id="12"), "tax_id"),
        (Said(Regime.SMALL, business_tax="AB"), "business_tax"),
        (Said(Regime.SMALL, register="1" * 13), "register"),
        (Said(Regime.VAT, tax_id="1234567"), "ice"),
        (Said(Regime.VAT, ice=ICE), "tax_id"),
    ],
)
def test_a_wrong_number_is_refused_by_name_and_nothing_is_written(world, said, field):
    with pytest.raises(Refused) as no:
        say(world.potter.pk, said=said, by="test")
    assert no.value.field == field
    with override("ar"):
        assert str(REFUSALS[no.value.code])
    assert not Identity.objects.exists()


def test_the_same_said_again_writes_nothing(world):
    one = say(world.potter.pk, said=VAT, by="test")
    assert say(world.potter.pk, said=VAT, by="test").pk == one.pk
    assert Identity.objects.count() == 1


def test_an_order_that_nobody_paid_has_none(taxed):
    group = taxed.placed(taxed.cart(tagine=1))
    assert catch_up() == 0
    assert issue.issue(Order.objects.get(group=group).number) is None
