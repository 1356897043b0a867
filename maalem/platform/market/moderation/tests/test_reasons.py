"""The file of reasons: in three languages, dated, and one of a code at a time."""

from datetime import date

import pytest

from maalem.platform.market.moderation import reasons
from maalem.platform.market.moderation.states import Kind

ROW = """
[[reason]]
code = "price"
starts_on = {since}
{until}
kinds = ["change_asked"]
fr = "Le prix"
ar = "الثمن"
en = "The price"
"""


def test_each_reason_has_words_and_both_kinds_have_reasons():
    today = reasons.in_force(date(2026, 6, 1))
    assert len({one.code for one in today}) == len(today)
    for kind in Kind:
        assert any(kind in one.kinds for one in today)
    assert reasons.in_force(date(2025, 12, 31)) == []
    assert reasons.find("unclear", kind=Kind.TAKEN_OFF, on=date(2026, 6, 1)) is None


def test_a_reason_follows_another_of_its_code():
    found = reasons.read(
        ROW.format(since="2026-01-01", until="ends_on = 2026-03-31")
        + ROW.format(since="2026-04-01", until="")
    )
    held = {day: [one.holds(day) for one in found] for day in (date(2026, 3, 31), date(2026, 4, 1))}
    assert list(held.values()) == [[True, False], [False, True]]
    assert found[0].said("zgh") == "Le prix"


@pytest.mark.parametrize(
    "text",
    [
        ROW.format(since="2026-01-01", until="") * 2,
        ROW.format(since="2026-01-01", until="").replace("الثمن", ""),
        ROW.format(since="2026-01-01", until="").replace("change_asked", "forgotten"),
    ],
)
def test_a_file_that_can_not_be_is_refused(text):
    with pytest.raises(ValueError, match=r"reason price|forgotten"):
        reasons.read(text)
