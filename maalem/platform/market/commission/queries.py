"""The rules as they stand. Nothing here writes."""

import json

from maalem.platform.market.commission.decide import Rule, parse_rule
from maalem.platform.rows import rows

_RULES = """
SELECT name, conditions, rate_bps, starts_on, ends_on FROM commission_commissionrule
 ORDER BY position
"""


def rules() -> list[Rule]:
    """The operator's list in order; raises `decide.BrokenRule` for one that can't be read."""
    return [
        parse_rule(
            name,
            conditions=json.loads(conditions),
            rate_bps=rate_bps,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        for name, conditions, rate_bps, starts_on, ends_on in rows(_RULES)
    ]
