"""Every job of the institution, and how often it looks."""

from collections.abc import Awaitable, Callable

from maalem.payments import parked, store
from maalem.payments.accounts import documents
from maalem.payments.acquiring import chores, sessions
from maalem.payments.acquiring.disputes import chores as disputes
from maalem.payments.acquiring.sessions import Session
from maalem.payments.context import Payments
from maalem.payments.errors import ApiError
from maalem.payments.events import health
from maalem.payments.events.deliver import Deliverer
from maalem.payments.jobs import verifications
from maalem.payments.jobs.loop import Job
from maalem.payments.jobs.recount import recount
from maalem.payments.ledger import sealing
from maalem.payments.risk import book
from maalem.payments.settlement import chores as settlement
from maalem.payments.settlement import reserves
from maalem.payments.settlement.bank import jobs as bank

BATCH = 100
KEYS_KEPT = "35 days"


def table(deliverer: Deliverer) -> list[Job]:
    """The jobs; `deliverer` sends the events."""
    return [
        Job("deliveries", _caught_up(deliverer), every_s=1.0, channel="deliveries"),
        Job("unanswered rails", _settled(chores.resolve_unknown), every_s=5.0),
        Job("left challenges", _settled(chores.expire_attempts), every_s=10.0),
        Job("identities", _settled(verifications.follow), every_s=2.0),
        Job("disputes", _settled(disputes.look_after), every_s=5.0),
        Job("expired sessions", expire_sessions, every_s=10.0),
        Job("availability", _settled(settlement.make_available), every_s=5.0),
        Job("ended reserves", _settled(reserves.release_due), every_s=30.0),
        Job("scheduled payouts", _settled(settlement.make_scheduled), every_s=30.0),
        Job("stranded payouts", _settled(settlement.bury), every_s=30.0),
        Job("seals", sealing.seal, every_s=30.0),
        Job("old risk counts", forget_counts, every_s=3600.0),
        Job("silent endpoints", health.disable_silent, every_s=300.0),
        Job("ended secrets", health.end_overlaps, every_s=60.0),
        Job("old events", health.forget_old, every_s=600.0),
        Job("papers of nobody", _settled(documents.forget), every_s=3600.0),
        Job("old idempotency keys", forget_keys, every_s=3600.0),
        Job("bank files out", _settled(bank.send), every_s=30.0),
        Job("bank files in", bank.receive, every_s=30.0),
        Job("networks against books", bank.look, every_s=3600.0),
        Job("safeguarding", bank.prove, every_s=600.0),
        Job("recount", recount, every_s=600.0),
        Job("old failures", parked.forget, every_s=3600.0),
    ]


async def forget_counts(payments: Payments) -> int:
    """Counters that no rule reaches any more; none is left for a second round."""
    await book.forget_counts(payments.pool, now=payments.clock.now())
    return 0


def _caught_up(deliverer: Deliverer) -> Callable[[Payments], Awaitable[int]]:
    """Look again at once only where more may be due: each new event wakes the job anyway."""

    async def once(payments: Payments) -> int:
        await deliverer.run(payments)
        return int(deliverer.behind)

    return once


def _settled(run: Callable[[Payments], Awaitable[int]]) -> Callable[[Payments], Awaitable[int]]:
    """A chore whose count includes what must wait: it is not run again at once."""

    async def once(payments: Payments) -> int:
        await run(payments)
        return 0

    return once


async def expire_sessions(payments: Payments) -> int:
    """Close sessions whose time is over, unless a payment is being decided; return how many."""
    now = payments.clock.now()
    run = await parked.tries(payments, "expired sessions")
    due = await store.select(
        payments.pool,
        Session,
        "status = 'open' AND expires_at <= $1 AND id <> ALL($2)"
        f" ORDER BY expires_at LIMIT {BATCH:d}",
        now,
        run.held,
    )
    closed = 0
    for session in due:
        async with run.of(session.id):
            try:
                _, unit = await sessions.closing(payments, session, at=now)
            except ApiError:
                continue  # it is being paid at this moment: look again later
            await payments.writer.commit(unit)
            closed += 1
    return closed if closed == len(due) else 0


async def forget_keys(payments: Payments) -> int:
    """Drop idempotency keys after 35 days; callers are promised 30.

    One whose request died and was never asked again goes as well, once the work that it had begun
    has an end by other hands (`sql/0702_work_under_way.sql`).
    """
    tag = await payments.pool.execute(
        "DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(SELECT ctid FROM idempotency_keys k"
        " WHERE created_at < now() - $1::text::interval AND (done OR"
        # Looked up for the few that are not done, never joined.
        " (SELECT w.id FROM work_under_way w WHERE w.id = k.object_id LIMIT 1) IS NULL)"
        " LIMIT 5000))",
        KEYS_KEPT,
    )
    return int(tag.rpartition(" ")[2])
