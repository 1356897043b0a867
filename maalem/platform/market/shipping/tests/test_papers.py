"""The papers of a parcel: what stands on them, the way it runs, and bars that a scanner reads."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from itertools import groupby

import pypdfium2
import pytest

from maalem.platform.market.shipping import s10
from maalem.platform.market.shipping.papers import page, press, sheet
from maalem.platform.market.shipping.papers.records import Content, Parcel, Party
from maalem.platform.market.shipping.tests.test_numbers import read
from tests.cast import BUYER, WEAVER

CARPET = Content(
    {
        "fr": "Tapis noué, laine de mouton",
        "ar": "زربية معقودة، صوف غنم",
        "en": "Knotted carpet, sheep’s wool",
    },
    quantity=1,
    net_g=4_200,
    value_minor=320_000,
    code="570110",
)
TAGINE = Content(
    {"fr": "Tajine, argile", "ar": "طاجين، طين", "en": "Tagine, clay"},
    quantity=2,
    net_g=1_400,
    value_minor=36_000,
    code="6912000090",
)
PARCEL = Parcel(
    number="M-4K7Q2-1",
    on=date(2026, 11, 23),
    sender=Party(WEAVER.name, ("Taznakht",), "MA", phone=WEAVER.phone),
    addressee=Party(
        BUYER.name, ("12 rue de la République", "69001 Lyon"), "FR", BUYER.phone, BUYER.email
    ),
    contents=(CARPET, TAGINE),
    shipping_minor=12_000,
    gross_g=6_050,
    tracking=s10.make("CP", serial=47_312_482),
)
SMALL = replace(PARCEL, contents=(TAGINE,), gross_g=1_650)


def seen(pdf: bytes) -> str:
    """All text of a PDF, its spaces made plain."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = " ".join(one.get_textpage().get_text_bounded() for one in document)
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


def as_seen(pdf: bytes) -> str:
    """Every letter in the order in which eyes meet it: line by line, from left to right."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].get_textpage()
        letters = [
            (-round(page.get_charbox(at, loose=True)[1]), page.get_charbox(at)[0], letter)
            for at in range(page.count_chars())
            if (letter := page.get_text_range(at, 1)).strip()
        ]
    return "".join(letter for _, _, letter in sorted(letters))


def printed(parcel: Parcel) -> str:
    return seen(press.print_paper(page.form(parcel), form=parcel.form))


def test_a_parcel_of_worth_takes_the_large_form():
    text = printed(PARCEL)
    assert "CN 23" in text
    for said in (
        *("Fadma Aït Baha", "Claire Martin", "69001 Lyon", "FRANCE", "MAROC / MOROCCO"),
        *("5701.10", "6912.00.00.90", "4,200", "5,600", "3 560,00", "120,00", "6,050"),
        *("23/11/2026", "CP 473 124 829 MA", "M-4K7Q2-1"),
    ):
        assert said in text, said
    assert "Tapis noué, laine de mouton" in text
    assert "Knotted carpet" in text


def test_a_small_parcel_takes_the_small_form():
    text = printed(SMALL)
    assert "CN 22" in text
    assert "6912.00.00.90" in text
    assert "1,650" in text


def test_the_fullest_small_form_stays_on_one_sheet():
    full = replace(SMALL, contents=(replace(TAGINE, value_minor=9_000),) * 4)
    assert full.form == "cn22"
    with pypdfium2.PdfDocument(press.print_paper(page.form(full), form="cn22")) as document:
        assert len(document) == 1


def test_a_parcel_that_nobody_weighed_takes_the_form_that_always_holds():
    assert replace(SMALL, gross_g=None).form == "cn23"


def test_a_long_list_goes_on_to_another_sheet_and_loses_nothing():
    many = replace(PARCEL, contents=(CARPET, TAGINE) * 12)
    pdf = press.print_paper(page.form(many), form="cn23")
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) > 1
    assert seen(pdf).count("5701.10") == 12
    assert "42 720,00" in seen(pdf)


def test_what_is_not_known_stands_empty_and_is_not_invented():
    unknown = replace(CARPET, net_g=None, code="")
    data = page.form(replace(PARCEL, contents=(unknown, TAGINE), gross_g=None, tracking=None))
    assert (data["net"], data["gross"], data["tracking"], data["bars"]) == ("", "", "", [])
    assert (data["rows"][0]["net"], data["rows"][0]["code"]) == ("", "")
    assert "M-4K7Q2-1" in seen(press.print_paper(data, form="cn23"))


def test_a_name_in_arabic_alone_is_printed_as_it_is():
    data = page.form(replace(PARCEL, contents=(replace(CARPET, said={"ar": "زربية"}),)))
    assert data["rows"][0]["said"] == "زربية"


@pytest.mark.parametrize(
    ("language", "title", "total"),
    [
        ("fr", "Facture pour la douane", "3 680,00"),
        ("ar", "فاتورة للجمارك", "3 680,00"),
        ("en", "Invoice for customs", "3,680.00"),
    ],
)
def test_the_invoice_says_everything_in_its_language(language, title, total):
    data = page.invoice(PARCEL, language=language)
    assert data["title"] == title
    assert data["sums"][-1][1].replace("\u202f", " ") == total
    assert data["rows"][0]["said"] == CARPET.said[language]
    assert data["direction"] == ("rtl" if language == "ar" else "ltr")
    text = seen(press.print_paper(data, form="invoice"))
    assert "5701.10" in text
    assert total in text
    assert "12ruedelaRépublique" in as_seen(press.print_paper(data, form="invoice"))


def test_in_arabic_a_french_address_still_runs_its_own_way():
    lines = page.invoice(PARCEL, language="ar")["parties"][1]["lines"]
    assert lines[0] == {"said": "12 rue de la République", "direction": "ltr"}
    arabic = replace(PARCEL, addressee=replace(PARCEL.addressee, lines=("12 شارع الحسن",)))
    lines = page.invoice(arabic, language="fr")["parties"][1]["lines"]
    assert lines[0]["direction"] == "rtl"


def test_the_same_parcel_gives_the_same_bytes():
    """A paper printed again is the same paper, while nothing on it changed."""
    first, second = (press.print_paper(page.form(PARCEL), form="cn23") for _ in range(2))
    assert first == second


def test_a_scanner_reads_the_labels_bars():
    pdf = press.print_paper(page.label(PARCEL), form="label")
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=12).to_pil().convert("L")
    # Somewhere in the lower part a line goes through the bars and nothing else.
    wide, high = picture.size
    dark = [picture.getpixel((x, round(high * 0.85))) < 128 for x in range(wide)]
    runs = [(on, len(list(same))) for on, same in groupby(dark)][1:-1]
    module = sum(length for _, length in runs) / _inked()
    place, bars = 0, []
    for on, length in runs:
        modules = round(length / module)
        if on:
            bars.append((place, modules))
        place += modules
    assert read(bars) == "CP473124829MA"


def _inked() -> int:
    """The modules from the first bar's edge to the last one's."""
    bars = page.label(PARCEL)["bars"]
    return bars[-1][0] + bars[-1][1] - bars[0][0]


def test_a_label_without_a_number_keeps_a_place_for_the_posts_own():
    text = seen(press.print_paper(page.label(replace(PARCEL, tracking=None)), form="label"))
    assert "Claire Martin" in text
    assert "claire@example.org" not in text


def test_a_form_that_is_none_says_so():
    with pytest.raises(press.NotPrinted):
        press.print_paper({}, form="cn23")


# --- as data -------------------------------------------------------------------------------------


def test_a_program_reads_whole_numbers_and_null_for_what_is_not_known():
    told = json.loads(sheet.as_json(replace(PARCEL, contents=(replace(CARPET, net_g=None),))))
    assert (told["form"], told["tracking"]) == ("cn23", "CP473124829MA")
    assert (told["value_minor"], told["currency"], told["net_weight_g"]) == (320_000, "MAD", None)
    assert told["contents"][0]["hs_code"] == "570110"
    assert told["contents"][0]["net_weight_g"] is None
    assert told["addressee"]["country"] == "FR"


def test_a_spreadsheet_has_a_row_for_each_kind_of_thing():
    raw = sheet.as_csv(PARCEL).decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(raw))
    assert tuple(first) == sheet.COLUMNS
    assert (first["hs_code"], first["value"], first["net_weight_g"]) == (
        "570110",
        "3200.00",
        "4200",
    )
    assert (second["quantity"], second["destination"]) == ("2", "FR")


@pytest.mark.parametrize("evil", ["=1+1", "+212", " @SUM(A1)", "\u00a0-2", "＝1"])
def test_no_name_becomes_a_formula(evil):
    parcel = replace(PARCEL, contents=(replace(CARPET, said={"fr": evil}),))
    row = next(csv.DictReader(io.StringIO(sheet.as_csv(parcel).decode("utf-8-sig"))))
    assert row["description_fr"] == f"'{evil}"
