"""What officers do by hand: findings taken and closed, lines explained, differences accepted.

Each deed is kept for ever with its officer and a note. One that moves somebody's money, or lets
money go that was frozen, is only proposed; it is done when another officer has approved it, and is
decided anew at that moment from the books as they are then.

| kind | about | target | what it does |
|---|---|---|---|
| take | finding | | somebody looks after it |
| close | finding | | it is answered; two officers where it freezes payouts |
| suspend | line | | put aside until somebody knows what it is |
| match | line | payout, or network's day | it is that, though its reference does not say so |
| give | line | account | the money is this owner's |
| bear | line | | it is the house's: the bank's charges, or its interest |
| offset | line | line | the one undoes the other |
| accept | network's day | scheme or interchange | what it kept otherwise is a cost, or a gain |
"""

from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.officers import Officer
from maalem.payments.accounts.records import Account
from maalem.payments.context import Payments
from maalem.payments.ledger import recipes
from maalem.payments.records import changed
from maalem.payments.settlement.bank import clearing, matching
from maalem.payments.settlement.bank.batches import join
from maalem.payments.settlement.bank.records import BankLine, Deed, Finding, Settlement
from maalem.payments.settlement.bank.states import BankLineStatus, DeedStatus
from maalem.payments.settlement.ends import moved
from maalem.payments.units import ChangedMeanwhile, Unit, UnitRefused

_FREE = frozenset({"take", "suspend"})
_ANEW = "withdraw it, and propose it anew"
_REFUSALS = {
    "one_proposal_at_a_time": "something is proposed about it already: approve or withdraw that",
    "matched_once": "another line is that already",
    "two_officers": "the second officer has to be somebody else",
    "two_known_officers": "the second officer has to be somebody else",
    "officer_stands": f"the key of one of the two officers was ended: {_ANEW}",
}


class NotPossible(Exception):
    """The deed can't be done; the text says why, for the officer."""


async def propose(
    payments: Payments,
    kind: str,
    about: str,
    /,
    *,
    by: Officer,
    note: str,
    target: str | None = None,
) -> Deed:
    """Do a deed that takes one officer, or propose one that takes two. Raises `NotPossible`.

    What is proposed has been decided once already, so that nobody approves what can't be.
    """
    if not note.strip():
        raise NotPossible("say why: --note")
    deed = Deed(
        id=new_id("dsk"),
        kind=kind,
        about=about,
        target=target,
        note=note.strip(),
        status=DeedStatus.PROPOSED,
        officer=by.name,
        officer_id=by.id,
        officer_key=by.key_id,
        by_two=kind not in _FREE,
        created_at=payments.clock.now(),
    )
    deed, unit = await _DEEDS[kind](payments, deed)
    if deed.by_two:
        unit = Unit()
    else:
        deed = _as_done(deed)
    await _commit(payments, unit.put(deed))
    return deed


async def approve(payments: Payments, deed_id: str, /, *, by: Officer) -> Deed:
    """The second officer says yes: now it is done. Raises `NotPossible`."""
    while True:
        deed = await _open(payments, deed_id)
        if deed.officer_id is None:
            raise NotPossible(f"{deed.officer} proposed it before officers had keys: {_ANEW}")
        if deed.officer_id == by.id:
            raise NotPossible(_REFUSALS["two_officers"])
        done = _ended(payments, deed, DeedStatus.DONE, by=by)
        again, unit = await _DEEDS[deed.kind](payments, done)
        if (again.amount, again.currency) != (deed.amount, deed.currency):
            raise NotPossible("it is about another amount than when it was proposed: withdraw it")
        try:
            await _commit(payments, unit.put(done))
        except ChangedMeanwhile:
            continue
        return done


async def withdraw(payments: Payments, deed_id: str, /, *, by: Officer) -> Deed:
    """Either officer takes a proposal back. Raises `NotPossible`."""
    deed = await _open(payments, deed_id)
    gone = _ended(payments, deed, DeedStatus.WITHDRAWN, by=by)
    await _commit(payments, Unit().put(gone))
    return gone


def _ended(payments: Payments, deed: Deed, status: DeedStatus, /, *, by: Officer) -> Deed:
    now = payments.clock.now()
    second = {"second": by.name, "second_id": by.id, "second_key": by.key_id}
    return changed(deed, status=status, ended_at=now, **second)


async def proposals(payments: Payments) -> list[Deed]:
    """What waits for a second officer, oldest first."""
    return await store.select(payments.pool, Deed, "status = 'proposed' ORDER BY created_at, id")


async def history(payments: Payments, about: str) -> list[Deed]:
    """Every deed about one thing, or one deed, oldest first."""
    return await store.select(
        payments.pool, Deed, "$1 IN (id, about, target) ORDER BY created_at, id", about
    )


def _as_done(deed: Deed) -> Deed:
    return replace(deed, status=DeedStatus.DONE, ended_at=deed.created_at)


async def _open(payments: Payments, deed_id: str) -> Deed:
    deed = await store.get(payments.pool, Deed, deed_id)
    if deed is None:
        raise NotPossible(f"there is no deed {deed_id}")
    if deed.status != DeedStatus.PROPOSED:
        raise NotPossible(f"{deed_id} is {deed.status} already")
    return deed


async def _commit(payments: Payments, unit: Unit) -> None:
    try:
        await payments.writer.commit(unit)
    except ChangedMeanwhile:
        raise
    except UnitRefused as refused:
        raise NotPossible(_REFUSALS.get(refused.word, refused.word)) from refused


_Decided = tuple[Deed, Unit]


async def _finding(payments: Payments, deed: Deed) -> Finding:
    finding = await store.get(payments.pool, Finding, deed.about)
    if finding is None:
        raise NotPossible(f"there is no finding {deed.about}")
    if finding.status == "closed":
        raise NotPossible(f"{deed.about} was closed by {finding.closed_by}: {finding.answer}")
    return finding


async def _take(payments: Payments, deed: Deed) -> _Decided:
    await _finding(payments, deed)
    return deed, Unit()


async def _close(payments: Payments, deed: Deed) -> _Decided:
    finding = await _finding(payments, deed)
    who = deed.officer if deed.second is None else f"{deed.officer} and {deed.second}"
    closed = changed(
        finding,
        status="closed",
        closed_by=who,
        answer=deed.note,
        closed_at=payments.clock.now(),
    )
    return replace(deed, by_two=finding.freezes), Unit().put(closed)


async def _line(payments: Payments, line_id: str) -> BankLine:
    """A line that nobody explains, or that was put aside; by its id or the bank's reference."""
    line = await store.first(payments.pool, BankLine, "id = $1 OR bank_reference = $1", line_id)
    if line is None:
        raise NotPossible(f"there is no line {line_id}")
    if line.status == BankLineStatus.MATCHED and line.matched_as != "suspense":
        raise NotPossible(f"{line_id} is matched already, with {line.matched_to}")
    return line


def _is(payments: Payments, line: BankLine, kind: str, *, to: str) -> BankLine:
    return changed(
        line,
        status=BankLineStatus.MATCHED,
        reason=None,
        matched_as=kind,
        matched_to=to,
        matched_at=payments.clock.now(),
    )


def _of(deed: Deed, line: BankLine) -> Deed:
    return replace(deed, about=line.id, amount=line.amount, currency=line.currency)


def _aside(line: BankLine) -> recipes.Chain:
    """The line stands in suspense, from now on if it did not before."""
    if line.matched_as == "suspense":
        return recipes.EMPTY
    return recipes.suspended(line.id, amount=line.amount, currency=line.currency)


async def _suspend(payments: Payments, deed: Deed) -> _Decided:
    line = await _line(payments, deed.about)
    if line.matched_as == "suspense":
        raise NotPossible(f"{line.id} is put aside already")
    return _of(deed, line), Unit().put(_is(payments, line, "suspense", to=deed.id)).book(
        _aside(line)
    )


async def _match(payments: Payments, deed: Deed) -> _Decided:
    line = await _line(payments, deed.about)
    try:
        match = await matching.as_said(payments, line, deed.target or "")
    except matching.Unmatched as problem:
        raise NotPossible(f"it is not that: {matching.REASONS[problem.word]}") from None
    unit = Unit().put(_is(payments, line, match.kind, to=match.to))
    if line.matched_as == "suspense":
        unit.book(recipes.explained(deed.id, amount=line.amount, currency=line.currency))
    return _of(deed, line), join(unit, match.unit)


async def _give(payments: Payments, deed: Deed) -> _Decided:
    line = await _line(payments, deed.about)
    owner = await store.get(payments.pool, Account, deed.target or "")
    if owner is None:
        raise NotPossible(f"there is no account {deed.target}")
    if line.amount < 0:
        raise NotPossible("money that left the bank can't be given to anybody")
    unit = Unit().put(
        _is(payments, line, "owner", to=deed.id),
        moved(
            "adjustment",
            deed.id,
            owner=owner.id,
            amount=line.amount,
            currency=line.currency,
            now=payments.clock.now(),
        ),
    )
    unit.book(_aside(line))
    unit.book(
        recipes.found_owner(deed.id, owner=owner.id, amount=line.amount, currency=line.currency)
    )
    return _of(deed, line), unit


async def _bear(payments: Payments, deed: Deed) -> _Decided:
    line = await _line(payments, deed.about)
    unit = Unit().put(_is(payments, line, "house", to=deed.id)).book(_aside(line))
    unit.book(recipes.borne(deed.id, amount=line.amount, currency=line.currency))
    return _of(deed, line), unit


async def _offset(payments: Payments, deed: Deed) -> _Decided:
    line = await _line(payments, deed.about)
    other = await _line(payments, deed.target or "")
    if line.id == other.id or (line.amount, line.currency) != (-other.amount, other.currency):
        raise NotPossible("the two lines do not undo each other")
    unit = Unit().put(
        _is(payments, line, "offset", to=deed.id), _is(payments, other, "offset_by", to=deed.id)
    )
    unit.book(_aside(line))
    unit.book(_aside(other))
    return replace(_of(deed, line), target=other.id), unit


async def _accept(payments: Payments, deed: Deed) -> _Decided:
    day = await store.first(payments.pool, Settlement, "id = $1 OR reference = $1", deed.about)
    if day is None or deed.target not in ("scheme", "interchange"):
        raise NotPossible("say a network's day, and scheme or interchange")
    if day.status != "received":
        raise NotPossible(f"the money of {day.reference} has not come in yet")
    left = await clearing.kept_otherwise(payments.pool, day.id, of=deed.target)
    if left == 0:
        raise NotPossible(f"{day.reference} kept what its payments say")
    unit = Unit().put(changed(day, **{f"{deed.target}_accepted": left}))
    unit.book(
        recipes.difference_accepted(day.id, of=deed.target, amount=left, currency=day.currency)
    )
    return replace(deed, about=day.id, amount=left, currency=day.currency), unit


_DEEDS: dict[str, Callable[[Payments, Deed], Awaitable[_Decided]]] = {
    "take": _take,
    "close": _close,
    "suspend": _suspend,
    "match": _match,
    "give": _give,
    "bear": _bear,
    "offset": _offset,
    "accept": _accept,
}
