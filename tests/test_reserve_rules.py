"""`maalem reserves`: an officer publishes a rule with its reason and its end, and withdraws it."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from tests.test_desk import dsn, two, typed  # noqa: F401

UNTIL = (datetime.now(UTC).date() + timedelta(days=200)).isoformat()
RULE = (
    *("publish", "many_refunds", "--measure", "refunded_share_bps", "--more-than", "500"),
    *("--window", "60", "--bps", "1000", "--days", "45", "--until", UNTIL),
    *("--reason", "More than 5 % of the last 60 days' payments were given back."),
)


@pytest.fixture
def reserves(two, capsys):  # noqa: F811
    """`maalem reserves …` as Naïma types it."""
    naima, _ = two

    def go(*words):
        return typed(capsys, "reserves", *words, *naima)

    return go


def asked(dsn, statement, *values):  # noqa: F811
    async def ask():
        connection = await asyncpg.connect(dsn.admin)
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_the_rules_are_listed_with_when_they_apply(reserves):
    status, said = reserves()
    assert status == 0
    assert "more than 1 % disputed of what was paid in 90 days" in said
    assert "20 % for 60 days, if more than 30 days to the delivery" in said


def test_a_rule_is_published_with_its_officer_reason_and_end(reserves, dsn):  # noqa: F811
    assert reserves(*RULE)[0] == 0
    said = reserves()[1]
    assert f"until {UNTIL}, by Naïma" in said
    assert "10 % for 45 days, if more than 5 % given back of what was paid in 60 days" in said
    (row,) = asked(dsn, "SELECT * FROM reserve_conditions WHERE rule_id = 'many_refunds'")
    assert (row["measure"], row["more_than"], row["window_days"]) == ("refunded_share_bps", 500, 60)
    assert "is there" in reserves(*RULE)[1]


def test_a_rule_is_withdrawn_with_a_note_and_never_made_longer(reserves, dsn):  # noqa: F811
    reserves(*RULE)
    later = (date.fromisoformat(UNTIL) + timedelta(days=1)).isoformat()
    why = ("--note", "Not needed any more.")
    status, said = reserves("withdraw", "many_refunds", *why, "--until", later)
    assert (status, "only end earlier" in said) == (1, True)
    assert reserves("withdraw", "many_refunds")[0] == 2
    assert reserves("withdraw", "many_refunds", *why)[0] == 0
    assert "ended by Naïma: Not needed any more." in reserves()[1]
    assert reserves("withdraw", "nobodys", *why)[0] == 1


@pytest.mark.parametrize(
    ("flag", "value", "why"),
    [
        ("--measure", "weather", "measures one of"),
        ("--measure", "account_closing", "neither"),
        ("--measure", "delivery_days", "alone"),
        ("--bps", "10001", "1 to 10000"),
        ("--days", "181", "1 to 180"),
        ("--window", "400", "1 to 365"),
        ("--until", "2026-01-01", "on which day it ends"),
        ("--from", "2026-01-01", "a day that is over"),
    ],
)
def test_what_no_rule_can_be_is_refused(reserves, flag, value, why):
    status, said = reserves(*RULE, flag, value)
    assert status == 1
    assert why in said
    assert "many_refunds" not in reserves()[1]


def test_without_a_key_or_an_end_nothing_is_published(reserves, capsys):
    assert typed(capsys, "reserves", *RULE)[0] == 2
    assert reserves("publish", "many_refunds")[0] == 2
    assert reserves(*RULE, "--until", "soon")[0] == 2


def test_the_database_rewrites_no_rule_and_takes_none_without_its_condition(dsn):  # noqa: F811
    wrongs = [
        "UPDATE reserve_rules SET share_bps = 10000 WHERE id = 'closing'",
        "DELETE FROM reserve_rules WHERE id = 'closing'",
        "UPDATE reserve_conditions SET more_than = 0 WHERE rule_id = 'long_delivery'",
        "INSERT INTO reserve_rules (id, reason, share_bps, days, published_on, withdrawn_on)"
        " VALUES ('bare', 'Why not.', 1, 1, current_date + 1, current_date + 9)",
    ]
    for wrong in wrongs:
        with pytest.raises(asyncpg.CheckViolationError):
            asked(dsn, wrong)
