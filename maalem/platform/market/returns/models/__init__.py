"""What comes back (`back`), and what is claimed of what arrived (`claim`)."""

from maalem.platform.market.returns.models.back import (
    MOST_RETURNS,
    MOST_WORDS,
    Event,
    Return,
    ReturnLine,
)
from maalem.platform.market.returns.models.claim import Claim, ClaimEvent

__all__ = [
    "MOST_RETURNS",
    "MOST_WORDS",
    "Claim",
    "ClaimEvent",
    "Event",
    "Return",
    "ReturnLine",
]
