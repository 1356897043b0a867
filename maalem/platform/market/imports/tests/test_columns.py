"""What a line of a sheet says, in whatever way it was typed."""

from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maalem.platform.market.imports.columns import (
    NAMES,
    NEEDED,
    TONGUES,
    Piece,
    decimal,
    fields_of,
    model_sheet,
    read_line,
)
from maalem.platform.market.imports.states import Fault, FileFault, Unusable

CRAFTS = {"tapis noues": 7, "zellige": 8}
LINE = {"reference": "T-1", "title_fr": "Tapis", "craft": "Tapis noués", "price": "350"}


def read(**cells):
    return read_line({**LINE, **cells}, crafts=CRAFTS)


def faults(**cells):
    found = read(**cells)
    assert isinstance(found, list), found
    return [(column, fault) for column, fault, _cell in found]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("350", "350"),
        ("1 250,50", "1250.50"),
        ("1\u202f250,50", "1250.50"),
        ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("1,250", "1250"),
        ("1,250,000", "1250000"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("١٢٥٠", "1250"),
        ("١٢٫٥", "12.5"),
        ("350 MAD", "350"),
        ("350 dh", "350"),
        ("٣٥٠ درهم", "350"),
        ("2'500", "2500"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed, number):
    assert decimal(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "abc", "1-2", "=1+1", "1e5", "NaN", "Infinity", "²", "--"])
def test_what_is_no_number_is_none(typed):
    with pytest.raises(InvalidOperation):
        decimal(typed)


@given(some.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_is_refused(typed):
    try:
        found = decimal(typed)
    except InvalidOperation:
        return
    assert found >= 0
    assert found.is_finite()


def test_the_least_that_a_line_needs():
    piece = read()
    assert isinstance(piece, Piece)
    assert (piece.reference, piece.craft, piece.price_minor) == ("T-1", 7, 35_000)
    assert (piece.supply, piece.pieces, piece.days) == ("unique", 1, None)
    assert piece.words == {"title": {"fr": "Tapis"}, "materials": {}, "description": {}}


def test_a_number_of_pieces_says_that_there_is_a_stock():
    assert (read(pieces="12").supply, read(pieces="12").pieces) == ("stock", 12)
    made = read(supply="sur commande", days="20")
    assert (made.supply, made.days, made.pieces) == ("made_to_order", 20, 0)


def test_sizes_become_millimetres_and_grams():
    sizes = read(length_mm="240,5", weight_g="12.8").sizes
    assert (sizes["length_mm"], sizes["weight_g"], sizes["width_mm"]) == (2_405, 12_800, None)


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"reference": ""}, ("reference", Fault.MISSING)),
        ({"reference": "x" * 65}, ("reference", Fault.TOO_LONG)),
        ({"reference": "\u200b"}, ("reference", Fault.MISSING)),
        ({"craft": ""}, ("craft", Fault.MISSING)),
        ({"craft": "Plomberie"}, ("craft", Fault.UNKNOWN_CRAFT)),
        ({"price": ""}, ("price", Fault.MISSING)),
        ({"price": "viel"}, ("price", Fault.NO_NUMBER)),
        ({"price": "0"}, ("price", Fault.OUT_OF_RANGE)),
        ({"price": "1000001"}, ("price", Fault.OUT_OF_RANGE)),
        ({"price": "1.005,001"}, ("price", Fault.OUT_OF_RANGE)),
        ({"title_fr": ""}, ("title_fr", Fault.MISSING)),
        ({"title_fr": "x" * 121}, ("title_fr", Fault.TOO_LONG)),
        ({"supply": "peut-être"}, ("supply", Fault.UNKNOWN_SUPPLY)),
        ({"supply": "sur commande"}, ("days", Fault.MISSING)),
        ({"supply": "stock"}, ("pieces", Fault.MISSING)),
        ({"supply": "unique", "pieces": "2"}, ("pieces", Fault.ONE_PIECE)),
        ({"pieces": "1,5"}, ("pieces", Fault.OUT_OF_RANGE)),
        ({"length_mm": "100001"}, ("length_mm", Fault.OUT_OF_RANGE)),
    ],
)
def test_what_can_not_be_is_named_by_its_column(cells, wrong):
    assert faults(**cells) == [wrong]


def test_everything_that_is_wrong_with_a_line_is_said_at_once():
    assert [column for column, _fault in faults(reference="", price="?", craft="?")] == [
        "reference",
        "craft",
        "price",
    ]


@pytest.mark.parametrize("language", TONGUES)
def test_the_model_that_we_give_out_is_read_back(language):
    assert fields_of(model_sheet(language)) == list(NAMES)
    assert set(NEEDED) <= set(NAMES)


def test_heads_are_known_however_they_are_dressed():
    head = ["RÉFÉRENCE *", "nom (fr)", "Prix_MAD", "métier", "notes internes", "length cm"]
    assert fields_of(head) == ["reference", "title_fr", "price", "craft", "", "length_mm"]


@pytest.mark.parametrize(
    ("head", "fault", "about"),
    [
        (["nom fr", "prix", "métier"], FileFault.NO_COLUMNS, "reference"),
        (["réf", "prix", "métier"], FileFault.NO_COLUMNS, "title_fr"),
        (["réf", "nom fr", "prix", "métier", "Prix"], FileFault.COLUMN_TWICE, "price"),
        ([""], FileFault.NO_COLUMNS, "reference"),
    ],
)
def test_a_sheet_without_what_is_needed_is_refused(head, fault, about):
    with pytest.raises(Unusable) as refused:
        fields_of(head)
    assert (refused.value.fault, refused.value.about) == (fault, about)
