"""The ledger's holds against paper: made, taken whole or in part, let go, out of time, never twice.

Modest by default; `MAALEM_NIGHTLY=1` tries many more histories.
"""

import asyncio
import os
import uuid
from collections import Counter
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import asyncpg
import hypothesis
import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from maalem.payments import db
from maalem.payments.ledger import bulk
from maalem.payments.ledger.bulk import TransferRefused, Word
from maalem.payments.ledger.records import LedgerAccount, LedgerTransfer
from maalem.payments.ledger.tests.hold_paper import STANDS, THERE, Paper, Purse
from maalem.payments.ledger.verify import verify
from maalem.payments.units import Unit, UnitRefused, Writer

NIGHTLY = "MAALEM_NIGHTLY" in os.environ
T = TypeVar("T")
PICK = st.integers(0, 10**6)
AMOUNTS = st.integers(1, 60)
MINUTE = 60
# No sum of the waits comes nearer to one of the time limits than five minutes: the database's own
# clock goes on meanwhile.
LIMITS = st.sampled_from([0, 0, 65 * MINUTE, 1_525 * MINUTE])
WAITS = st.sampled_from([50 * MINUTE, 420 * MINUTE])
# Whether a chain goes alone, as a unit of work's does, or by the bulk path.
IN_BULK = st.booleans()
# From whom to whom, by their places among the purses.
TILL, WEAVER, POTTER, CLAIM, DIRHAMS, EUROS = range(6)
WAYS = st.sampled_from(
    [
        *((TILL, WEAVER), (TILL, POTTER), (WEAVER, POTTER), (POTTER, WEAVER)),
        *((CLAIM, WEAVER), (WEAVER, CLAIM), (POTTER, CLAIM)),
    ]
)
PURSES = (
    Purse(),
    Purse(no_debt=True),
    Purse(no_debt=True),
    Purse(no_claim=True),
    Purse(),
    Purse(currency="eur"),
)
# Every word of the list, but the one about a code's spelling, and the one for a neighbour.
REACHED = set(Word) - {Word.CODE, Word.LINKED_EVENT_FAILED}
_SEEN: Counter[str] = Counter()


class Books:
    """What all histories share: the service's lines to the ledger, and one that may age it."""

    def __init__(self, dsn: Any) -> None:
        self.runner = asyncio.Runner()
        self.pool = self.runner.run(db.connect(dsn.app, size=4))
        self.elder = self.runner.run(asyncpg.connect(dsn.superuser))
        self.runner.run(self.elder.execute("SET session_replication_role = replica"))

    def close(self) -> None:
        self.runner.run(self.elder.close())
        self.runner.run(self.pool.close())
        self.runner.close()


_BOOKS: list[Books] = []


class Holds(RuleBasedStateMachine):
    """Does a thing in the books, by either way in, and on paper; the words must fit.

    No rule has a precondition: no seed says who wins a race, so none may be asked what is left.
    """

    @initialize()
    def begin(self) -> None:
        self.books = _BOOKS[0]
        self.pool, self.writer = self.books.pool, Writer(self.books.pool)
        self.name = f"holds_{uuid.uuid4().hex}"
        self.names = [uuid.uuid4() for _ in PURSES]
        self.paper = Paper(dict(zip(self.names, PURSES, strict=True)))
        accounts = [
            LedgerAccount(
                id=name,
                owner=self.name,
                kind=f"purse{number}",
                currency=purse.currency,
                debits_must_not_exceed_credits=purse.no_debt,
                credits_must_not_exceed_debits=purse.no_claim,
            )
            for number, (name, purse) in enumerate(self.paper.purses.items())
        ]
        self.run(bulk.open_accounts(self.pool, accounts))
        self.post([self.leg((TILL, WEAVER), 120)], [self.leg((TILL, POTTER), 40)], in_bulk=True)
        begun = [((TILL, WEAVER), 0), ((WEAVER, POTTER), 65 * MINUTE), ((POTTER, WEAVER), 0)]
        self.hold([(way, 30, limit) for way, limit in begun], in_bulk=False)

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.books.runner.run(doing)

    def leg(self, way: tuple[int, int], amount: int, **fields: Any) -> LedgerTransfer:
        debit, credit = way
        return LedgerTransfer(
            id=uuid.uuid4(),
            debit_account=self.names[debit],
            credit_account=self.names[credit],
            amount=amount,
            **{"currency": "mad", "code": "test", "source": self.name, **fields},
        )

    def end(self, hold: LedgerTransfer, kind: str, amount: int) -> LedgerTransfer:
        """What would end `hold`."""
        return replace(
            hold, id=uuid.uuid4(), kind=kind, amount=amount, pending_id=hold.id, timeout_s=0
        )

    def post(self, *chains: list[LedgerTransfer], in_bulk: bool) -> list[str]:
        """Post them in their order, in the books and on paper; what was said to each."""
        if in_bulk:
            done = self.run(bulk.post_many(self.pool, [tuple(links) for links in chains]))
            said = [str(one.word if isinstance(one, TransferRefused) else one) for one in done]
        else:
            said = [self.run(self.alone(links)) for links in chains]
        for word, links in zip(said, chains, strict=True):
            expected = self.paper.take(links)
            fits = expected if in_bulk else {STANDS if w == THERE else w for w in expected}
            assert word in fits, (word, expected, links)
            _SEEN[word] += 1
        return said

    async def alone(self, links: list[LedgerTransfer]) -> str:
        """As a unit of work does it: whether it was there before is not said."""
        try:
            await self.writer.commit(Unit().book(((), links)))
        except UnitRefused as refused:
            return refused.word
        return STANDS

    def some_hold(self, pick: int) -> LedgerTransfer:
        """Twice out of three times one that is open."""
        waiting, holds = self.paper.open_holds(), self.paper.holds()
        among = waiting if waiting and pick % 3 else holds
        return among[pick % len(among)]

    @rule(way=WAYS, amount=AMOUNTS, in_bulk=IN_BULK)
    def move(self, way: tuple[int, int], amount: int, in_bulk: bool) -> None:
        self.post([self.leg(way, amount)], in_bulk=in_bulk)

    @rule(
        wanted=st.lists(st.tuples(WAYS, AMOUNTS, LIMITS), min_size=1, max_size=4),
        in_bulk=IN_BULK,
    )
    def hold(self, wanted: list[tuple[tuple[int, int], int, int]], in_bulk: bool) -> None:
        made = [
            [self.leg(way, amount, kind="pending", timeout_s=limit)]
            for way, amount, limit in wanted
        ]
        self.post(*made, in_bulk=in_bulk)

    @rule(pick=PICK, share=st.integers(0, 5), in_bulk=IN_BULK)
    def capture(self, pick: int, share: int, in_bulk: bool) -> None:
        """All of it, a part, or more than there is."""
        hold = self.some_hold(pick)
        amount = hold.amount if share > 3 else hold.amount * share // 3 + 1
        late = self.paper.is_late(hold)
        (said,) = self.post([self.end(hold, "post", amount)], in_bulk=in_bulk)
        if said == STANDS:
            assert not late
            _SEEN["in part" if amount < hold.amount else "whole"] += 1

    @rule(pick=PICK, in_bulk=IN_BULK)
    def let_go(self, pick: int, in_bulk: bool) -> None:
        (said,) = self.post([self.end(self.some_hold(pick), "void", 0)], in_bulk=in_bulk)
        _SEEN["let go"] += said == STANDS

    @rule(pick=PICK, kind=st.sampled_from(["expire", "expire", "void"]), in_bulk=IN_BULK)
    def outlive(self, pick: int, kind: str, in_bulk: bool) -> None:
        """Its time is over: nobody captures it any more, and it holds until its end is written."""
        limited = [hold for hold in self.paper.open_holds() if hold.timeout_s]
        if not limited:
            return
        hold = limited[pick % len(limited)]
        while not self.paper.is_late(hold):
            self.wait(420 * MINUTE)
        (said,) = self.post([self.end(hold, "post", hold.amount)], in_bulk=in_bulk)
        assert said == Word.PENDING_TRANSFER_EXPIRED
        if pick % 4:
            self.post([self.end(hold, kind, 0)], in_bulk=in_bulk)
            _SEEN["out of time"] += 1

    @rule(seconds=WAITS)
    def wait(self, seconds: int) -> None:
        """What is in the books grows older."""
        sql = "UPDATE ledger.transfers SET created_at = created_at - make_interval(secs => $2)"
        self.run(self.books.elder.execute(f"{sql} WHERE source = $1", self.name, seconds))
        self.paper.now += seconds

    @rule(pick=PICK, kind=st.sampled_from(["post", "post", "void", "expire"]), in_bulk=IN_BULK)
    def end_wrongly(self, pick: int, kind: str, in_bulk: bool) -> None:
        """In every way in which a hold can not be ended."""
        hold = self.some_hold(pick)
        good = self.end(hold, kind, hold.amount if kind == "post" else 0)
        plain = [one for one in self.paper.lines.values() if one.kind != "pending"]
        changes: list[dict[str, Any]] = [
            {"pending_id": plain[pick % len(plain)].id if plain else uuid.uuid4()},
            {"pending_id": uuid.uuid4()},
            {"debit_account": self.names[DIRHAMS]},
            {"currency": "eur"},
            {"amount": hold.amount + 1 + pick % 7},
            {"amount": -1},
        ]
        self.refused(good, changes, in_bulk=in_bulk)

    @rule(way=WAYS, kind=st.sampled_from(["posted", "pending"]), in_bulk=IN_BULK)
    def begin_wrongly(self, way: tuple[int, int], kind: str, in_bulk: bool) -> None:
        good = self.leg(way, 5, kind=kind)
        changes: list[dict[str, Any]] = [
            {"credit_account": uuid.uuid4()},
            {"credit_account": good.debit_account},
            {"amount": 0},
            {"kind": "void"},
            {"timeout_s": -1},
            {"debit_account": self.names[EUROS]},
            {"credit_account": self.names[EUROS]},
            {"currency": "eur"},
        ]
        self.refused(good, changes, in_bulk=in_bulk)

    @rule(pick=PICK, in_bulk=IN_BULK)
    def again(self, pick: int, in_bulk: bool) -> None:
        """What stands is asked for again, the same and not quite."""
        lines = list(self.paper.lines.values())
        one = lines[pick % len(lines)]
        changes: list[dict[str, Any]] = [
            {"kind": "posted" if one.kind == "pending" else "pending"},
            {"pending_id": uuid.uuid4()},
            {"debit_account": self.names[DIRHAMS]},
            {"credit_account": self.names[DIRHAMS]},
            {"amount": one.amount + 1},
            {"currency": "eur"},
            {"timeout_s": one.timeout_s + 1},
            {"code": "other"},
            {"source": "other"},
        ]
        self.refused(one, changes, in_bulk=in_bulk)
        self.post([one], in_bulk=in_bulk)

    def refused(
        self, good: LedgerTransfer, changes: list[dict[str, Any]], *, in_bulk: bool
    ) -> None:
        """With any of `changes` it is refused."""
        said = self.post(*([replace(good, **change)] for change in changes), in_bulk=in_bulk)
        assert not {STANDS, THERE} & set(said)

    @rule(pick=PICK, ends=st.lists(st.sampled_from(["post", "void"]), min_size=2, max_size=5))
    def race(self, pick: int, ends: list[str]) -> None:
        """Several would end one hold at once, by either way in: the first has it."""
        waiting = self.paper.open_holds()
        if not waiting:
            return
        hold = waiting[pick % len(waiting)]
        links = [self.end(hold, kind, hold.amount if kind == "post" else 0) for kind in ends]
        stood = [one for one in links if one.id in self.run(self.all_at_once(links))]
        for one in stood:
            assert self.paper.take([one]) == {STANDS}
        if self.paper.is_late(hold) and "void" not in ends:
            assert not stood
        else:
            assert len(stood) == 1
        _SEEN["raced"] += 1

    async def all_at_once(self, links: list[LedgerTransfer]) -> set[uuid.UUID]:
        """Each on a connection of its own; those that stand."""

        async def ask(number: int, one: LedgerTransfer) -> uuid.UUID | None:
            if number % 2:
                (done,) = await bulk.post_many(self.pool, [(one,)])
                return None if isinstance(done, TransferRefused) else one.id
            try:
                await Writer(self.pool).commit(Unit().book(((), [one])))
            except UnitRefused:
                return None
            return one.id

        done = await asyncio.gather(*(ask(number, one) for number, one in enumerate(links)))
        return {one for one in done if one is not None}

    @rule(
        links=st.lists(st.tuples(WAYS, AMOUNTS, st.booleans()), min_size=1, max_size=3),
        pick=PICK,
        ends=st.integers(0, 2),
        twice=st.booleans(),
        in_bulk=IN_BULK,
    )
    def chain(
        self,
        links: list[tuple[tuple[int, int], int, bool]],
        pick: int,
        ends: int,
        twice: bool,
        in_bulk: bool,
    ) -> None:
        """Several that stand or fall together, and holds that end in their midst."""
        whole = [
            self.leg(way, amount, kind="pending" if held else "posted")
            for way, amount, held in links
        ]
        waiting = self.paper.open_holds()
        for number in range(ends if waiting else 0):
            hold = waiting[(pick + number * (not twice)) % len(waiting)]
            whole.append(self.end(hold, "post", hold.amount))
        if twice and pick % 4 == 0:
            whole.append(whole[0])
        (said,) = self.post(whole, in_bulk=in_bulk)
        _SEEN["linked"] += said == STANDS and len(whole) > 1

    @rule(way=WAYS, amount=AMOUNTS, limit=LIMITS, ends=st.lists(st.integers(0, 4), max_size=4))
    def batch(self, way: tuple[int, int], amount: int, limit: int, ends: list[int]) -> None:
        """A hold and what ends it come in one batch, each a chain of its own."""
        hold = self.leg(way, amount, kind="pending", timeout_s=limit)
        kinds = ("post", "post", "void", "expire", "again")
        rest = [
            hold if kinds[end] == "again" else self.end(hold, kinds[end], amount * (end < 2))
            for end in ends
        ]
        self.post([hold], *([one] for one in rest), in_bulk=True)

    @invariant()
    def books_and_paper_agree(self) -> None:
        if not hasattr(self, "books"):
            return
        rows = self.run(
            self.pool.fetch(
                "SELECT id, debits_posted, credits_posted, debits_pending, credits_pending"
                " FROM ledger.accounts WHERE owner = $1",
                self.name,
            )
        )
        real = {uuid.UUID(str(row[0])): tuple(row)[1:] for row in rows}
        assert real == {name: self.paper.counters(name) for name in self.names}


@pytest.fixture
def machine_dsn(fresh_payments_dsn: Any) -> Iterator[Any]:
    _SEEN.clear()
    _BOOKS[:] = [Books(fresh_payments_dsn)]
    yield fresh_payments_dsn
    _BOOKS.pop().close()


def test_any_history_of_holds_is_as_on_paper(machine_dsn):
    """P7 P14 P23: held money is taken whole or in part, let go or out of time, once and by one;
    no purse promises what it has not; every refusal is for a reason that is on paper, every word
    of the list is heard, and the auditor finds nothing."""
    run_state_machine_as_test(
        Holds,
        settings=hypothesis.settings(
            max_examples=400 if NIGHTLY else 40,
            stateful_step_count=50 if NIGHTLY else 40,
            deadline=None,
            derandomize=not NIGHTLY,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
    report = asyncio.run(verify(machine_dsn.admin))
    assert report.clean, report.findings
    missing = {str(word) for word in REACHED} - _SEEN.keys()
    assert not missing, missing
    ways = ("whole", "in part", "let go", "out of time", "raced", "linked", THERE)
    assert all(_SEEN[way] for way in ways), _SEEN
    with psycopg.connect(machine_dsn.admin) as connection:
        kinds = connection.execute("SELECT DISTINCT kind::text FROM ledger.transfers").fetchall()
    assert {row[0] for row in kinds} == {"posted", "pending", "post", "void", "expire"}
