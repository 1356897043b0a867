"""Account numbers (RIB) at which the simulated bank behaves in a way of its own.

The last four digits of the account part say what happens; any bank and any town will do, so long
as the key is right. Every other account simply gets the money. `docs/test-cards.md` has whole RIBs.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`status` of the payment at once; a `returned` one comes back three days later."""

    reason: str
    returned: bool


RETURN_AFTER_DAYS = 3
BEHAVIOURS = {
    "0104": Behaviour("AC04", returned=True),  # the account is closed
    "0101": Behaviour("AC01", returned=True),  # no such account
    "0107": Behaviour("MD07", returned=True),  # its holder has died
    "0106": Behaviour("AC06", returned=False),  # the account is blocked: refused at once
    "0103": Behaviour("RC01", returned=False),  # no such bank: refused at once
}


def behaviour(iban: str, /) -> Behaviour | None:
    """How the account `iban` behaves, or None where it just takes the money."""
    return BEHAVIOURS.get(iban[-6:-2])
