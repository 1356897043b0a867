"""Keep what a rail answered, and what the caller is told of it, whole."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.records import Record
from maalem.payments.units import ChangedMeanwhile, Keep, Unit, UnitRefused

R = TypeVar("R", bound=Record)
T = TypeVar("T")


async def kept(
    payments: Payments,
    asking: R,
    decide: Callable[[R], Awaitable[tuple[Unit, T]]],
    *,
    keep: Keep | None,
) -> T:
    """Commit what `decide` makes of the answer to `asking`, and tell it under the caller's key.

    The rail has been asked and will not be asked again here: where somebody else changed one of
    the records meanwhile (`decide` may raise `ChangedMeanwhile` itself), `asking` is read again and
    `decide` is asked again. So it is where the unit is refused for what it makes of the others, if
    `asking` is not what it was: somebody else has told the same answer already.
    """
    while True:
        try:
            unit, decided = await decide(asking)
            body = None
            if keep is not None:
                unit.claim, body = await keep.finish(decided)
            await payments.writer.commit(unit, answer=body)
        except UnitRefused as refused:
            fresh = await store.get(payments.pool, type(asking), asking.id)
            assert fresh is not None
            if not isinstance(refused, ChangedMeanwhile) and fresh.version == asking.version:
                raise
            asking = fresh
        else:
            return decided


async def finish_key(payments: Payments, decided: object, *, keep: Keep) -> None:
    """Close the caller's key on what somebody else has committed already."""
    claim, body = await keep.finish(decided)
    if claim is not None:
        await payments.writer.commit(Unit(claim=claim), answer=body)
