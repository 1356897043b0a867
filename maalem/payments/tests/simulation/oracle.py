"""Holds a history that has come to rest against what must be true of every one.

Each question gives sentences about what is wrong; a good history has none.
"""

from collections import Counter
from typing import Any

from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.bank import safeguarding
from maalem.payments.tests.crash.world import UNDECIDED
from maalem.payments.tests.simulation.clients import AGAIN, REMEMBERED, Question
from maalem.payments.tests.simulation.history import History, read
from maalem.payments.tests.simulation.model import (
    KINDS,
    OF_PLATFORM,
    OF_SELLERS,
    Holdings,
    expected,
)
from maalem.payments.tests.simulation.process import decoded
from maalem.payments.tests.simulation.stepped import ELSEWHERE, Stuck
from maalem.payments.tests.simulation.world import Stage

_TAGGED = (
    *("payment_intents", "refunds", "transfers", "transfer_reversals", "payouts"),
    *("checkout_sessions", "setup_intents", "application_fee_refunds"),
)
_HELD = "status IN ('requires_capture', 'requires_action', 'processing')"
_WAITING = {
    **UNDECIDED,
    "payment_intents": _HELD,
    "setup_intents": _HELD,
    "checkout_sessions": "status = 'open'",
    "reserves": "status = 'held'",
}
# Of each payment what the network took, gave back, and took back for the payer.
_NETWORK = """
WITH told AS (
    SELECT coalesce(original, reference) AS payment,
        CASE WHEN kind = 'refund' THEN 0 ELSE amount END AS taken,
        CASE WHEN kind = 'refund' THEN amount ELSE 0 END AS given
    FROM simulator.answers
    WHERE (kind IN ('card', 'home_card', 'wallet') AND answer ->> 'is' = 'Authorised')
       OR (kind IN ('capture', 'refund') AND answer ->> 'is' = 'Done')
), cases AS (
    SELECT original, sum(amount) AS amount FROM simulator.cases
    WHERE stage IN ('chargeback', 'lost') GROUP BY 1
)
SELECT payment, sum(taken)::bigint, sum(given)::bigint, coalesce(max(c.amount), 0)::bigint
FROM told LEFT JOIN cases c ON c.original = payment GROUP BY 1
"""
_OURS = """
SELECT attempt_id, amount_captured, amount_refunded, amount_disputed FROM charges
WHERE amount_captured > 0
"""
_MOVED = """
SELECT p.end_to_end, p.paid, p.back FROM (
    SELECT end_to_end_id AS end_to_end, count(*) FILTER (WHERE kind = 'payout') AS paid,
        count(*) FILTER (WHERE kind = 'return') AS back
    FROM simulator.bank_entries WHERE kind IN ('payout', 'return') GROUP BY 1
) AS p WHERE p.paid <> 1 OR p.back > 1
"""
# A clock that leaps over days finds networks silent. What a network settled before its notice was
# heard was a stranger then, and is none now.
_FOUND = """
SELECT f.kind, f.about, f.detail FROM findings f
WHERE f.kind <> 'network_silent' AND NOT EXISTS (
    SELECT FROM network_settlement_lines l JOIN network_movements m USING (reference)
    WHERE l.reference = f.about AND l.amount = m.amount)
"""


class Oracle:
    """Asks about one history; `dsn` is the auditor's."""

    def __init__(self, history: History, dsn: str) -> None:
        self._history, self._world, self._dsn = history, history.world, dsn
        self._pool = history.world.outside

    async def complaints(self) -> list[str]:
        """Everything that is wrong."""
        found = [
            *self.answers(),
            *await self.effects(),
            *await self.undecided(),
            *await self.networks(),
            *await self.books(),
        ]
        everybody = await self.holdings()
        found += self.balances(everybody)
        found += self.acknowledged(everybody)
        found += await self.events(everybody)
        return found

    def questions(self) -> list[Question]:
        """All that were asked."""
        return [question for client in self._history.clients for question in client.questions]

    def answers(self) -> list[str]:
        """P2 P3 P4: one key has one answer, byte for byte, and takes no other question."""
        found = [f"{page} was answered {status}" for page, status in self._history.troubles]
        for question in self.questions():
            said = {answer for answer in question.answers if answer[0] in REMEMBERED}
            if len(said) > 1:
                found.append(f"{question.key} ({question.wish.verb}) has {len(said)} answers")
            bad = [status for status, _ in question.answers if status >= 500]
            if bad:
                found.append(f"{question.key} ({question.wish.verb}) was answered {bad}")
            for status, body in question.mismatches:
                error = decoded(body).get("error", {}) if status not in AGAIN else {}
                if status not in AGAIN and (status, error.get("type")) != (
                    400,
                    "idempotency_error",
                ):
                    found.append(f"another question under {question.key} was answered {status}")
        return found

    async def effects(self) -> list[str]:
        """P1 P3: what a key made is there once, and what was acknowledged is there."""
        found = []
        made: Counter[str] = Counter()
        for table in _TAGGED:
            rows = await self._pool.fetch(
                f"SELECT metadata ->> 'op' AS op, count(*) AS many FROM {table}"
                " WHERE metadata ? 'op' GROUP BY 1"
            )
            made.update({row["op"]: row["many"] for row in rows})
        for question in self.questions():
            many = made.pop(question.tag, 0)
            if many > 1:
                found.append(f"{question.key} ({question.wish.verb}) was done {many} times")
            if not many and question.made and "metadata[op]" in question.wish.data:
                found.append(f"{question.key} ({question.wish.verb}) was told, and is not there")
        asked = sum(question.wish.verb == "keep back" for question in self.questions())
        reserves = await self._pool.fetchval("SELECT count(*) FROM reserves")
        if reserves > asked:
            found.append(f"{asked} wanted something kept back, and there are {reserves} reserves")
        return found + [f"nobody asked for {key}" for key in made]

    async def undecided(self) -> list[str]:
        """P18 P31: when all have answered, nothing waits, and no work of ours fails."""
        found = []
        for table, what in _WAITING.items():
            rows = await self._pool.fetch(f"SELECT id, status FROM {table} WHERE {what}")
            found += [f"{row['id']} is {row['status']} for ever" for row in rows]
        for row in await self._pool.fetch("SELECT work, item, reason FROM failing_work"):
            found.append(f"{row['work']}: {row['item']} fails: {row['reason']}")
        return found

    async def networks(self) -> list[str]:
        """P12 P17 P19: what networks and bank say they did is what we say they did."""
        theirs = {row[0]: tuple(row)[1:] for row in await self._pool.fetch(_NETWORK)}
        ours = {row[0]: tuple(row)[1:] for row in await self._pool.fetch(_OURS)}
        found = [
            f"of {payment} the network took, gave back and charged back {theirs.get(payment)},"
            f" we say {ours.get(payment)}"
            for payment in sorted(theirs.keys() | ours.keys())
            if theirs.get(payment) != ours.get(payment)
        ]
        for row in await self._pool.fetch(_MOVED):
            found.append(f"the bank paid {row[0]} {row[1]} times, and returned it {row[2]} times")
        for row in await self._pool.fetch(_FOUND):
            found.append(f"found: {row['kind']} {row['about']}: {row['detail']}")
        return found

    async def books(self) -> list[str]:
        """P7 P22 P23: the auditor finds nothing, and clients' money is there."""
        with self._world.schedule.doing(ELSEWHERE):
            report = await verify(self._dsn)
        found = [f"verify: {one}" for one in report.findings]
        proof = await safeguarding.prove(self._world.worker.payments)
        if proof.difference or proof.explained:
            found.append(f"safeguarding differs by {proof.difference}: {proof.explained}")
        return found

    async def holdings(self) -> list[Holdings]:
        """Every account as the API shows it."""
        door, found = self._world.apps[0], []
        for account in ("", *self._world.sellers.values()):
            kinds = (*KINDS, *(OF_SELLERS if account else OF_PLATFORM))
            mine = Holdings(account or self._world.platform)
            for kind in kinds:
                mine.things[kind] = await _every(door, kind, of=account)
            mine.balance = await read(door, "balance", of=account)
            mine.lines = await _every(door, "balance_transactions", of=account)
            found.append(mine)
        return found

    def balances(self, everybody: list[Holdings]) -> list[str]:
        """P14 P22: an account has what its objects add up to, and what its lines do."""
        found = []
        for mine in everybody:
            by_objects, by_lines = expected(mine, everybody), sum(x["net"] for x in mine.lines)
            if not mine.has == by_objects == by_lines:
                found.append(
                    f"{mine.account} has {mine.has}, its objects say {by_objects}, its lines"
                    f" {by_lines}"
                )
            for charge in mine.things["charges"]:
                if charge["amount_refunded"] > charge["amount_captured"]:
                    found.append(f"of {charge['id']} more was given back than was taken")
        return found

    def acknowledged(self, everybody: list[Holdings]) -> list[str]:
        """P1 P34: what was answered with 200 is there, and has not gone back on its word."""
        now = {
            thing["id"]: thing
            for mine in everybody
            for things in mine.things.values()
            for thing in things
        }
        found = []
        for question in self.questions():
            told = question.made
            if told is None or told["object"] in ("transfer_reversal", "fee_refund"):
                continue
            stands = now.get(told["id"])
            if stands is None:
                found.append(f"{told['id']} was acknowledged to {question.key} and is gone")
            elif broken := _broken(told, stands):
                found.append(f"{told['id']} was {broken} to {question.key}")
        return found

    async def events(self, everybody: list[Holdings]) -> list[str]:
        """P15 P29 P30: each event is heard, none that did not happen, and whoever follows them
        has the same objects."""
        receiver = self._world.receiver
        there = {row["id"] for row in await self._pool.fetch("SELECT id FROM events")}
        found = [f"{event} was never heard" for event in sorted(there - receiver.events.keys())]
        found += [f"{event} never happened" for event in sorted(receiver.events.keys() - there)]
        for mine in everybody:
            for things in mine.things.values():
                for thing in things:
                    if thing["id"].startswith(_UNTOLD):
                        continue
                    told = receiver.copy.get(thing["id"])
                    if told is None:
                        found.append(f"nobody told of {thing['id']}")
                        continue
                    differs = [
                        name
                        for name in thing.keys() - _ELSEWHERE
                        if told[1].get(name) != thing[name]
                    ]
                    if differs:
                        event = receiver.events[told[0]]["type"]
                        shown = {name: (told[1].get(name), thing[name]) for name in differs}
                        found.append(f"{thing['id']} is not as {event} told: {shown}")
        return found


# A reversal's other side is told of as a part of its payment; what another object says of this one
# is told with that.
_UNTOLD = ("pyr_",)
_ELSEWHERE = {"dispute", "disputed", "balance_transactions", "is_charge_refundable"}
_SUMS = {
    "payment_intent": ("amount_received",),
    "refund": (),
    "transfer": ("amount_reversed",),
    "payout": (),
    "dispute": (),
}
_FINAL = ("succeeded", "canceled", "paid", "won", "lost", "warning_closed")


def _broken(told: dict[str, Any], stands: dict[str, Any]) -> str:
    """Which word of the answer does not hold any more."""
    for name in _SUMS.get(told["object"], ()):
        if stands[name] < told[name]:
            return f"told {name} {told[name]}, now it is {stands[name]}"
    was, now = told.get("status"), stands.get("status")
    if was in _FINAL and now != was and not (was == "paid" and now == "failed"):
        return f"told {was}, now it is {now}"
    return ""


async def _every(door: Any, kind: str, *, of: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        after = f"&starting_after={found[-1]['id']}" if found else ""
        page = await read(door, kind, of=of, query=f"limit=100{after}")
        found += page["data"]
        if not page["has_more"]:
            return found


def complaints(stage: Stage, seed: int) -> tuple[list[str], list[str]]:
    """Play one history and ask about it: what is wrong, and the log of what happened."""
    history = History(stage.world, seed)
    try:
        stage.run(history.play())
        found = stage.run(Oracle(history, stage.dsn.admin).complaints())
    except (AssertionError, Stuck) as trouble:
        found = [f"{type(trouble).__name__}: {trouble}"]
    return found, list(stage.world.schedule.log)
