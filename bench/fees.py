"""The rates of the run: every payment pays its fee, so that its books are those of a real one."""

import psycopg

from bench.ours import Maalem
from maalem.cli import postgres

SHARE_BPS = 150
_RATE = """
    INSERT INTO fee_rates (id, line, plan_id, share_bps, on_refund, valid_from, source)
    SELECT 'rate_bench', 'service', 'standard', %s, 'kept', DATE '2024-01-01', 'the bench'
    WHERE NOT EXISTS (SELECT 1 FROM fee_rates WHERE id = 'rate_bench')
"""


def announce(ours: Maalem, *, on: postgres.Server) -> None:
    """Write the service fee into the fee book, once. Call it before the service starts."""
    with psycopg.connect(on.dsn(ours.names[0])) as owner:
        owner.execute("SET LOCAL maalem.history = 'on'")
        owner.execute(_RATE, [SHARE_BPS])
