"""Which `Stripe-Version` is answered, and headers that ask for what is not there.

There is one version of the API. A caller may name an earlier one and gets this: SDKs always name
theirs. What is no version, or one that did not exist when this was made, is refused, because the
caller counts on something that nobody here has heard of.
"""

import re
from datetime import date
from functools import lru_cache

from maalem.payments.errors import BadRequest
from maalem.payments.events.outbox import API_VERSION

# What the newest official SDK names of those that the tests are run with; a test holds it.
NEWEST = "2026-10-28.endive"
_VERSION = re.compile(r"(\d{4}-\d{2}-\d{2})(\.[a-z]+)?")
_DAY = len("2026-10-28")


@lru_cache(maxsize=64)
def is_known(version: str) -> bool:
    """Whether there is such a version: a day, with or without its release's name, none to come."""
    shape = _VERSION.fullmatch(version)
    if shape is None or shape[1] > NEWEST[:_DAY]:
        return False
    try:
        date.fromisoformat(shape[1])
    except ValueError:
        return False
    return True


def check(version: str | None, context: str | None) -> None:
    """Refuse a `Stripe-Version` that is none, and any `Stripe-Context`."""
    if version is not None and not is_known(version):
        raise BadRequest(
            f"Invalid Stripe API version: '{version[:40]}'. The answers are those of"
            f" {API_VERSION}; Stripe-Version may name any version up to {NEWEST}, or be left out."
        )
    if context is not None:
        raise BadRequest(
            "Stripe-Context is not supported here, and is not ignored either: to act for a"
            " connected account, send its id as Stripe-Account."
        )
