"""A card network, its issuers and a mobile switch, simulated behind the real ports.

It answers as the documented test cards do, never twice differently for one reference, and keeps
its own durable book (schema `simulator`) as though it stood outside: after a crash on our side,
`lookup` says what happened. A lookup of a reference that was never heard of closes it, so that a
request still on its way can't be honoured later.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import asyncpg

from maalem.kit.clock import Clock
from maalem.kit.ids import new_id, secret
from maalem.payments.config import SIMULATED_ACCOUNT
from maalem.payments.rails import decide
from maalem.payments.rails.bank.simulator import SimulatedBank
from maalem.payments.rails.casebook import Casebook
from maalem.payments.rails.declines import declined
from maalem.payments.rails.desk import SimulatedDesk
from maalem.payments.rails.identity import SimulatedRegister
from maalem.payments.rails.magic import SLOW, SLOW_S
from maalem.payments.rails.notebook import (
    Entry,
    NetworkDown,
    Notebook,
    Recorded,
    ReplyLost,
    pack,
    unpack,
)
from maalem.payments.rails.ports import (
    DEADLINE_S,
    Answer,
    Authorised,
    CardDetails,
    CardPayment,
    CaseNotice,
    ChallengeRequired,
    Declined,
    Done,
    Followup,
    Found,
    NeverSeen,
    Outcome,
    Rails,
    Representment,
    Unknown,
    Verification,
    WalletPayment,
)

T = TypeVar("T")
HOME = "MA"
CHALLENGE_LIFETIME = timedelta(minutes=10)


def simulated(pool: asyncpg.Pool, clock: Clock, *, iban: str = SIMULATED_ACCOUNT) -> Rails:
    """Every rail, simulated, with its book in `pool`'s database. `iban` is our account."""
    notebook = Notebook(pool)
    bank = SimulatedBank(pool, clock, iban=iban)
    return Rails(
        card=SimulatedCards(pool, clock, notebook=notebook),
        wallet=SimulatedWallets(pool, clock, notebook=notebook),
        desk=SimulatedDesk(pool, clock),
        disputes=SimulatedDisputes(pool, clock, notebook=notebook),
        bank=bank,
        networks=bank,
        identity=SimulatedRegister(clock),
    )


class _Outside:
    """What both simulated parties share: the deadline, the follow-ups, the lookup."""

    kind: str

    def __init__(self, pool: asyncpg.Pool, clock: Clock, *, notebook: Notebook) -> None:
        self._pool, self._clock, self._notebook = pool, clock, notebook

    async def _ask(
        self, doing: Coroutine[Any, Any, T], *, reference: str, deadline_s: float
    ) -> T | Unknown:
        """Wait for the other side, but no longer than the deadline: what it was told it does."""
        try:
            async with asyncio.timeout(deadline_s):
                return await doing
        except TimeoutError:
            return Unknown(reference, "no answer before the deadline")
        except NetworkDown:
            return Unknown(reference, "the other side is down")
        except ReplyLost:
            return Unknown(reference, "the reply was lost")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return Unknown(reference, type(error).__name__)

    async def _answer(self, entry: Entry, *, deadline_s: float) -> Answer:
        answer = await self._ask(
            self._recorded(entry), reference=entry.reference, deadline_s=deadline_s
        )
        if isinstance(answer, NeverSeen):
            return declined(entry.reference, "late_original")
        assert not isinstance(answer, Done), "a payment's reference was used for a follow-up"
        return answer

    async def _recorded(self, entry: Entry) -> Recorded:
        try:
            stands = await self._notebook.record(entry)
        except NetworkDown:
            # Refused at the door. If nobody heard of this payment before, nobody ever will: a
            # plain no. Otherwise nothing is known until the door opens again.
            if await self._notebook.close(entry.reference, at=entry.asked_at):
                return declined(entry.reference, "issuer_not_available")
            raise
        if isinstance(stands, ChallengeRequired):
            return await self._stands(entry.reference) or stands
        return stands

    async def lookup(self, reference: str, *, deadline_s: float = DEADLINE_S) -> Found:
        """What became of `reference`; if it was never heard of, it is closed for good."""
        return await self._ask(self._lookup(reference), reference=reference, deadline_s=deadline_s)

    async def _lookup(self, reference: str) -> Recorded:
        if (await self._notebook.conduct()).down:
            raise NetworkDown
        found = await self._stands(reference)
        if found is not None:
            return found
        await self._notebook.close(reference, at=self._clock.now())
        return await self._stands(reference) or NeverSeen(reference)

    async def _stands(self, reference: str) -> Recorded | None:
        """The recorded answer; a challenge that was decided meanwhile becomes its outcome."""
        row = await self._pool.fetchrow(
            "SELECT answer::text, after_challenge::text, challenge_state, expires_at"
            " FROM simulator.answers WHERE reference = $1",
            reference,
        )
        if row is None:
            return None
        state = row["challenge_state"]
        if state == "open" and row["expires_at"] <= self._clock.now():
            state = "abandoned"
        if state in (None, "open") or "ChallengeRequired" not in row["answer"]:
            return unpack(row["answer"])
        if state == "passed":
            final = unpack(row["after_challenge"])
        else:
            final = declined(reference, "authentication_failed")
        return await self._settle(reference, state=state, final=final)

    async def _settle(self, reference: str, *, state: str, final: Recorded) -> Recorded:
        row = await self._pool.fetchrow(
            "UPDATE simulator.answers SET answer = $2::text::jsonb, challenge_state = $3"
            " WHERE reference = $1 AND answer ->> 'is' = 'ChallengeRequired'"
            " AND challenge_state IN ('open', $3) RETURNING answer::text",
            reference,
            pack(final),
            state,
        )
        if row is None:  # somebody else settled it first: theirs stands
            row = await self._pool.fetchrow(
                "SELECT answer::text FROM simulator.answers WHERE reference = $1", reference
            )
        assert row is not None
        return unpack(row["answer"])

    async def _follow(self, verb: str, *, followup: Followup, deadline_s: float) -> Outcome:
        answer = await self._ask(
            self._followed(verb, followup=followup),
            reference=followup.reference,
            deadline_s=deadline_s,
        )
        if isinstance(answer, NeverSeen):
            return declined(followup.reference, "late_original")
        assert isinstance(answer, Done | Declined | Unknown), answer
        return answer

    async def _followed(self, verb: str, *, followup: Followup) -> Recorded:
        room = await self._pool.fetchrow(
            """
            SELECT o.hint, o.merchant, o.currency, o.phone, o.answer ->> 'is' AS answer,
                   o.amount AS promised,
                   o.amount + COALESCE((SELECT sum(f.amount) FROM simulator.answers f
                       WHERE f.original = o.reference AND f.kind = 'increment'
                         AND f.reference <> $3 AND f.answer ->> 'is' = 'Done'), 0) AS amount,
                   COALESCE((SELECT sum(f.amount) FROM simulator.answers f
                             WHERE f.original = o.reference AND f.kind = $2
                               AND f.reference <> $3 AND f.answer ->> 'is' = 'Done'
                               AND NOT EXISTS (SELECT FROM simulator.cases b
                                   WHERE b.original = f.reference AND b.stage = 'returned')), 0)
                   + COALESCE((SELECT sum(c.amount) FROM simulator.cases c
                               WHERE c.original = o.reference AND $2 = 'refund'
                                 AND c.stage IN ('chargeback', 'lost')), 0) AS used
            FROM simulator.answers o WHERE o.reference = $1
            """,
            followup.original,
            verb,
            followup.reference,
        )
        answer = decide.followup_answer(verb, followup=followup, room=room)
        return await self._notebook.record(
            Entry(
                reference=followup.reference,
                kind=verb,
                original=followup.original if room else None,
                amount=followup.amount,
                currency=room["currency"] if room else "mad",
                merchant=room["merchant"] if room else "",
                hint=room["hint"] if room else "",
                phone=room["phone"] if room else None,
                answer=answer,
                asked_at=self._clock.now(),
            )
        )


class SimulatedCards(_Outside):
    """A card network whose only cards are the documented test cards."""

    async def verify(
        self, card: CardDetails, *, cvc: str | None, deadline_s: float = DEADLINE_S
    ) -> Verification:
        """A zero-amount check; the code is compared and forgotten, nothing is written down."""
        return decide.card_verification(decide.documented_card(card.number), cvc=cvc)

    async def authorise(
        self, payment: CardPayment, *, card: CardDetails, deadline_s: float = DEADLINE_S
    ) -> Answer:
        """The issuer's answer; asked again after a passed challenge, its final answer."""
        now = self._clock.now()
        known = decide.documented_card(card.number)
        verdict = decide.card_answer(
            known,
            payment=payment,
            expired=decide.is_expired(month=card.exp_month, year=card.exp_year, now=now),
            code=authorisation_code(),
        )
        # What is only held is settled by its captures; cards of the country by its own rules.
        kind = "card" if payment.capture else "hold"
        home = known is not None and known.country == HOME
        entry = _entry(
            payment,
            kind=f"home_{kind}" if home else kind,
            verdict=verdict,
            hint=card.number[-4:],
            now=now,
        )
        answer = await self._answer(entry, deadline_s=deadline_s)
        if known is not None and known.dispute and isinstance(answer, Authorised):
            casebook = Casebook(self._pool, self._clock)
            await casebook.plan(payment.reference, scenario=known.dispute, at_once=payment.capture)
        return answer

    async def capture(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome:
        """Take (part of) an authorised amount."""
        return await self._follow("capture", followup=followup, deadline_s=deadline_s)

    async def increment(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome:
        """Raise what was promised; the issuer goes to three times the first promise."""
        return await self._follow("increment", followup=followup, deadline_s=deadline_s)

    async def release(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome:
        """Give (the rest of) an authorised amount back before it was taken."""
        return await self._follow("release", followup=followup, deadline_s=deadline_s)

    async def refund(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome:
        """Give taken money back; never more than was taken."""
        answer = await self._follow("refund", followup=followup, deadline_s=deadline_s)
        if isinstance(answer, Done):
            await Casebook(self._pool, self._clock).plan_return(followup.reference)
            if await self._is_slow(followup.reference):
                return Unknown(followup.reference, "the refund is being carried out")
        return answer

    async def _is_slow(self, refund: str) -> bool:
        """Whether it went to a card of which nothing is heard in its first seconds."""
        since = self._clock.now() - timedelta(seconds=SLOW_S)
        found = await self._pool.fetchval(
            "SELECT true FROM simulator.answers"
            " WHERE reference = $1 AND hint = ANY($2) AND asked_at > $3",
            *(refund, sorted(SLOW), since),
        )
        return bool(found)


class SimulatedWallets(_Outside):
    """The switch: the payment waits for its payer's approval, and moves at that moment."""

    async def request(self, payment: WalletPayment, *, deadline_s: float = DEADLINE_S) -> Answer:
        """Ask the holder of `payment.phone`; asked again after she approved, the outcome."""
        now = self._clock.now()
        verdict = decide.wallet_request(payment, code=authorisation_code())
        entry = _entry(payment, kind="wallet", verdict=verdict, hint=payment.phone[-4:], now=now)
        return await self._answer(entry, deadline_s=deadline_s)

    async def refund(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome:
        """Pay back into the wallet."""
        return await self._follow("refund", followup=followup, deadline_s=deadline_s)


class SimulatedDisputes(_Outside):
    """The network's disputes desk: a feed of notices, and answers that it takes once."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock, *, notebook: Notebook) -> None:
        super().__init__(pool, clock, notebook=notebook)
        self._casebook = Casebook(pool, clock)

    async def notices(
        self, *, after: int, limit: int = 100, deadline_s: float = DEADLINE_S
    ) -> Sequence[CaseNotice] | Unknown:
        """What was told behind number `after`, in the feed's order."""
        return await self._ask(
            self._read(after, limit), reference=str(after), deadline_s=deadline_s
        )

    async def submit(self, answer: Representment, *, deadline_s: float = DEADLINE_S) -> Outcome:
        """Hand in the merchant's evidence; a case takes one answer, until its day."""
        return await self._said("evidence", answer=answer, deadline_s=deadline_s)

    async def accept(self, answer: Representment, *, deadline_s: float = DEADLINE_S) -> Outcome:
        """The merchant does not contest the case."""
        return await self._said("accept", answer=answer, deadline_s=deadline_s)

    async def _read(self, after: int, limit: int) -> Sequence[CaseNotice]:
        if (await self._notebook.conduct()).down:
            raise NetworkDown
        return await self._casebook.notices(after=after, limit=limit)

    async def _said(self, kind: str, *, answer: Representment, deadline_s: float) -> Outcome:
        found = await self._ask(
            self._taken(kind, answer=answer), reference=answer.reference, deadline_s=deadline_s
        )
        assert isinstance(found, Done | Declined | Unknown), found
        return found

    async def _taken(self, kind: str, *, answer: Representment) -> Recorded:
        if (await self._notebook.conduct()).down:
            raise NetworkDown
        stands = await self._stands(answer.reference)
        if stands is None:
            take = self._casebook.answer if kind == "evidence" else self._casebook.give_in
            stands = (
                Done(answer.reference, f"nt_{answer.reference}")
                if await take(answer)
                else declined(answer.reference, "case_closed")
            )
        entry = Entry(
            reference=answer.reference,
            kind=kind,
            amount=0,
            currency="mad",
            merchant="",
            hint="",
            answer=stands,
            asked_at=self._clock.now(),
        )
        return await self._notebook.record(entry)


def authorisation_code() -> str:
    """Six characters, as an issuer gives them."""
    return secret("", length=6).upper()


def _entry(
    payment: CardPayment | WalletPayment,
    *,
    kind: str,
    verdict: Authorised | Declined | decide.Ask,
    hint: str,
    now: datetime,
) -> Entry:
    """The line for a payment: its answer, or the challenge that comes before it."""
    answer: Recorded
    after: Recorded | None = None
    if isinstance(verdict, decide.Ask):
        after = verdict.then
        answer = ChallengeRequired(
            reference=payment.reference,
            challenge=new_id("chg") + secret("", length=10),
            kind=verdict.kind,
            expires_at=now + CHALLENGE_LIFETIME,
        )
    else:
        answer = verdict
    return Entry(
        reference=payment.reference,
        kind=kind,
        amount=payment.amount,
        currency=payment.currency,
        merchant=payment.merchant,
        hint=hint,
        answer=answer,
        after_challenge=after,
        phone=payment.phone if isinstance(payment, WalletPayment) else None,
        asked_at=now,
    )
