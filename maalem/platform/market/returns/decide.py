"""What may be sent back, and what of the money goes where. Pure; amounts in centimes.

The buyer gets what she paid for the pieces, and the carriage to her once the whole parcel has gone
back. The seller gives what she was handed of exactly that: the platform gives its commission up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from maalem.kit.money import split

MADE_TO_ORDER = "made_to_order"


@dataclass(frozen=True, slots=True)
class Line:
    """A bought line: `commission_minor` is of all its pieces, `supply` as it was when bought."""

    pk: int
    quantity: int
    unit_minor: int
    commission_minor: int
    supply: str = ""
    product: int = 0


@dataclass(frozen=True, slots=True)
class Sum:
    """What a return is worth: to the buyer, and what of it the seller was handed."""

    buyer_minor: int
    seller_minor: int


def why_not(*, status: str, today: date, last_day: date | None, lines: Sequence[Line]) -> str:
    """The code of why nothing of a parcel may be sent back, or nothing."""
    if status != "delivered" or last_day is None:
        return "not_delivered"
    if all(line.supply == MADE_TO_ORDER for line in lines):
        return "made_to_order"
    return "too_late" if today > last_day else ""


def wanted_of(
    wanted: Mapping[int, int], *, lines: Sequence[Line], gone: Mapping[int, int]
) -> tuple[dict[int, int], str]:
    """The pieces of each line that go back, and the code of what is wrong with them, if anything.

    `gone` is how many pieces of a line are in other returns already.
    """
    known = {line.pk: line for line in lines}
    chosen = {pk: quantity for pk, quantity in wanted.items() if quantity}
    if not chosen:
        return {}, "nothing_chosen"
    for pk, quantity in chosen.items():
        line = known.get(pk)
        if line is None or quantity < 0 or quantity > line.quantity - gone.get(pk, 0):
            return {}, "too_many"
        if line.supply == MADE_TO_ORDER:
            return {}, "made_to_order"
    return chosen, ""


def may_be_had_instead(
    wanted: Mapping[int, int], *, lines: Sequence[Line], product: int, price_minor: int
) -> bool:
    """Whether a piece of `product` at this price can be had instead: nobody owes anybody anything.

    >>> bowl = Line(pk=1, quantity=2, unit_minor=1000, commission_minor=0, product=7)
    >>> same = dict(lines=[bowl], product=7)
    >>> may_be_had_instead({1: 2}, price_minor=1000, **same)
    True
    >>> may_be_had_instead({1: 2}, price_minor=1200, **same)
    False
    """
    chosen = [line for line in lines if wanted.get(line.pk)]
    return len(chosen) == 1 and (chosen[0].product, chosen[0].unit_minor) == (product, price_minor)


def worth(
    back: Mapping[int, int],
    *,
    lines: Sequence[Line],
    before: Mapping[int, int],
    vat_minor: int,
    shipping_minor: int,
) -> Sum:
    """What the pieces `back` are worth, after those of `before` were settled.

    Each share is the difference of two sums of all pieces so far, so that a parcel that goes back
    in any number of parts gives to the centime what it would give at once.

    >>> carpet = Line(pk=1, quantity=2, unit_minor=1000, commission_minor=161)
    >>> parts = dict(lines=[carpet], vat_minor=32, shipping_minor=300)
    >>> worth({1: 1}, before={}, **parts)
    Sum(buyer_minor=1000, seller_minor=903)
    >>> worth({1: 1}, before={1: 1}, **parts)
    Sum(buyer_minor=1300, seller_minor=1204)
    """
    after = {pk: before.get(pk, 0) + back.get(pk, 0) for pk in {*before, *back}}
    goods = sum(line.unit_minor * back.get(line.pk, 0) for line in lines)
    fees = _fees(after, lines=lines, vat_minor=vat_minor)
    fees -= _fees(before, lines=lines, vat_minor=vat_minor)
    is_whole = all(after.get(line.pk, 0) == line.quantity for line in lines)
    carriage = shipping_minor if is_whole else 0
    return Sum(buyer_minor=goods + carriage, seller_minor=goods + carriage - fees)


def _fees(back: Mapping[int, int], *, lines: Sequence[Line], vat_minor: int) -> int:
    """Commission and VAT on it of so many pieces."""
    fee = sum(
        _part(line.commission_minor, part=back.get(line.pk, 0), of=line.quantity) for line in lines
    )
    return fee + _part(vat_minor, part=fee, of=sum(line.commission_minor for line in lines))


def share_of(full: Sum, *, amount_minor: int) -> int:
    """What the seller gives where the buyer gets `amount_minor`, which is at most the full sum."""
    return _part(full.seller_minor, part=amount_minor, of=full.buyer_minor)


def _part(amount: int, *, part: int, of: int) -> int:
    """`part` in `of` of an amount, to the nearest centime."""
    return split(amount, weights=[part, of - part])[0] if of else 0
