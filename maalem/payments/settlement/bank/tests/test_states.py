"""Every status against every other in the database."""

from itertools import product

import psycopg
import pytest

from maalem.payments.settlement.bank.states import (
    BANK_LINE_NEXT,
    BATCH_LINE_NEXT,
    BATCH_NEXT,
    DEED_NEXT,
)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("batch", BATCH_NEXT),
        ("batch_line", BATCH_LINE_NEXT),
        ("bank_line", BANK_LINE_NEXT),
        ("deed", DEED_NEXT),
    ],
)
def test_the_database_holds_the_same_table(payments_dsn, name, table):
    with psycopg.connect(payments_dsn.app) as connection:
        for now, then in product(table, table):
            row = connection.execute(f"SELECT {name}_may_move(%s, %s)", [now, then]).fetchone()
            assert row == (then in table[now],), f"{now} to {then}"
