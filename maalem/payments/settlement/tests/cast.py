"""Account numbers for the tests: each valid, no two alike, nobody's own."""

import secrets
from itertools import count
from typing import Any

from maalem.kit.rib import Rib, rib_key

# Each process of a test run begins elsewhere.
_NEXT = count(secrets.randbelow(10**12))


def rib(bank: str = "011") -> Rib:
    """Another valid number at `bank`, in Casablanca."""
    first22 = f"{bank}780{next(_NEXT):016d}"
    return Rib(first22 + rib_key(first22))


def bank_account(number: str, **more: Any) -> Any:
    """What the API takes for the weaver's account at a bank."""
    return {
        "object": "bank_account",
        "country": "MA",
        "currency": "mad",
        "account_number": number,
        "account_holder_name": "Fadma Aït Baha",
        "account_holder_type": "individual",
        **more,
    }
