"""Every status against every other in the database."""

from itertools import product

import psycopg
import pytest

from maalem.payments.settlement.states import EXTERNAL_ACCOUNT_NEXT, PAYOUT_NEXT, RESERVE_NEXT


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("payout", PAYOUT_NEXT),
        ("external_account", EXTERNAL_ACCOUNT_NEXT),
        ("reserve", RESERVE_NEXT),
    ],
)
def test_the_database_holds_the_same_table(payments_dsn, name, table):
    with psycopg.connect(payments_dsn.app) as connection:
        for now, then in product(table, table):
            row = connection.execute(f"SELECT {name}_may_move(%s, %s)", [now, then]).fetchone()
            assert row == (then in table[now],), f"{now} to {then}"
