"""What a payment is called on its row: one word out of the wire's several fields."""

from enum import StrEnum

from maalem.platform.ground.gateway.records import Charge


class Shown(StrEnum):
    """The state a person sees. A dispute is said before a refund, and both before `paid`."""

    PAID = "paid"
    RECEIVED = "received"
    HELD = "held"
    PENDING = "pending"
    FAILED = "failed"
    PART_BACK = "part_back"
    BACK = "back"
    DISPUTED = "disputed"


# What can be chosen above the list, and the states that each choice shows.
CHOICES: dict[str, frozenset[Shown]] = {
    "paid": frozenset({Shown.PAID, Shown.RECEIVED}),
    "back": frozenset({Shown.BACK, Shown.PART_BACK}),
    "failed": frozenset({Shown.FAILED}),
    "disputed": frozenset({Shown.DISPUTED}),
    "held": frozenset({Shown.HELD, Shown.PENDING}),
}


def shown(charge: Charge) -> Shown:
    """The one word for a charge."""
    if charge.status == "failed":
        return Shown.FAILED
    if charge.status == "pending":
        return Shown.PENDING
    if charge.dispute:
        return Shown.DISPUTED
    if charge.refunded_minor:
        whole = charge.refunded_minor >= charge.captured_minor
        return Shown.BACK if whole else Shown.PART_BACK
    if not charge.captured:
        return Shown.HELD
    return Shown.RECEIVED if charge.method == "passed_on" else Shown.PAID
