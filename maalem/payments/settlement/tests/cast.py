"""Account numbers for the tests: each valid, no two alike, nobody's own."""

from itertools import count

from maalem.kit.rib import Rib, rib_key

_NEXT = count(1)


def rib(bank: str = "011") -> Rib:
    """Another valid number at `bank`, in Casablanca."""
    first22 = f"{bank}780{next(_NEXT):016d}"
    return Rib(first22 + rib_key(first22))
