"""The operator's file of relay points: read whole, or refused before the service opens."""

from datetime import date

import pytest

from maalem.platform.market.shipping import checks, relays

ROW = """
[[relay]]
id = "demo-azilal"
name = {fr = "Point de démonstration", ar = "نقطة تجريبية"}
commune = "COMMUNE"
address = "Place du souk"
hours = "9 h à 18 h"
carrier = "Transport de démonstration"
from = 2026-01-01
until = 2026-12-31
"""


@pytest.fixture
def write(settings, tmp_path):
    """Make this text the operator's file."""

    def go(text: str, name: str = "relays.toml") -> None:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        settings.RELAYS = str(file)

    return go


def row(**changed: str | None) -> str:
    """ROW with lines changed, or left out where None; values are TOML."""
    lines = ROW.replace("COMMUNE", "05.081.01.01").splitlines()
    for name, value in changed.items():
        known = name.rstrip("_")
        lines = [line for line in lines if not line.startswith(f"{known} =")]
        if value is not None:
            lines.append(f"{known} = {value}")
    return "\n".join(lines) + "\n"


def test_without_a_file_there_is_none(settings):
    settings.RELAYS = ""
    assert relays.relays() == ()
    assert relays.find("demo-azilal") is None
    assert checks.relays_can_be_read(None) == []


def test_a_row_is_read_with_the_region_of_its_commune(write):
    write(row())
    (one,) = relays.relays()
    assert (one.id, one.region, one.landmark) == ("demo-azilal", "05", "")
    assert one.names == {"fr": "Point de démonstration", "ar": "نقطة تجريبية"}
    assert one.kept() == {
        "id": "demo-azilal",
        "name": one.names,
        "hours": "9 h à 18 h",
        "carrier": "Transport de démonstration",
    }
    assert relays.find("demo-azilal") == one
    assert checks.relays_can_be_read(None) == []


def test_it_takes_parcels_from_its_first_day_to_its_last(write):
    write(row())
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [len(relays.open_on(day)) for day in days] == [0, 1, 1, 0]


def test_one_without_an_end_stays_open(write):
    write(row(until=None))
    assert len(relays.open_on(date(2100, 1, 1))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[relay]",
        "relay = 3",
        "relay = [3]",
        row() + row(),
        *(row(**{name: None}) for name in ("id", "name", "commune", "address", "hours")),
        *(row(**{name: None}) for name in ("carrier", "from_")),
        *(row(id=f'"{code}"') for code in ("", "Azilal", "a/b", "-a", "a" * 41)),
        row(id="3"),
        row(name='{fr = "x"}'),
        row(name='{fr = "x", ar = " "}'),
        row(name='{fr = "x", ar = "y", de = "z"}'),
        row(name='"x"'),
        row(commune='"05.081.99.9"'),
        row(address='" "'),
        row(address='"' + "x" * 201 + '"'),
        row(landmark='""'),
        row(hours="9"),
        row(from_='"2026-01-01"'),
        row(from_="2026-01-01T09:00:00"),
        row(until="2025-12-31"),
        row(colour='"blue"'),
    ],
)
def test_a_file_that_cannot_be_right_stops_the_start(write, text):
    write(text)
    with pytest.raises(relays.BrokenFile):
        relays.relays()
    (trouble,) = checks.relays_can_be_read(None)
    assert trouble.id == "shipping.E002"


def test_a_file_that_is_not_there_stops_the_start(settings, tmp_path):
    settings.RELAYS = str(tmp_path / "gone.toml")
    (trouble,) = checks.relays_can_be_read(None)
    assert "gone.toml" in trouble.msg
