"""Answer a dispute: with evidence, or by giving in.

As every verb that asks a rail: tx 1 writes the answer with its reference, the network is asked
with no transaction open, tx 2 writes what it said. Whoever finds an answer that is `sent`, a retry
or the job, asks again under the same reference; the network takes one answer for a case.
"""

from dataclasses import dataclass
from typing import Any

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.acquiring.answers import kept
from maalem.payments.acquiring.disputes import case as cases
from maalem.payments.acquiring.disputes import evidence as saying
from maalem.payments.acquiring.disputes.case import Case
from maalem.payments.acquiring.disputes.records import Dispute, DisputeAnswer
from maalem.payments.acquiring.disputes.states import ANSWERABLE, INQUIRY, DisputeStatus
from maalem.payments.context import Payments
from maalem.payments.errors import NotFound, Refused
from maalem.payments.rails.ports import Declined, Done, Outcome, Representment, Unknown
from maalem.payments.records import changed
from maalem.payments.units import Keep, Unit


@dataclass(frozen=True, slots=True)
class Answered:
    """The dispute after an answer; unchanged while the network has not said that it took it."""

    case: Case
    answer: DisputeAnswer
    refusal: Refused | None = None


async def answer(
    payments: Payments,
    *,
    dispute: Dispute,
    evidence: dict[str, str],
    metadata: dict[str, str] | None = None,
    accept: bool = False,
    request_id: str | None = None,
    idempotency_key: str | None = None,
    keep: Keep | None = None,
) -> Answered:
    """Hand in `evidence` (all of it), or give in. Raises `Refused` where it is too late for it."""
    check_open(dispute)
    now = payments.clock.now()
    said = DisputeAnswer(
        id=new_id("dsa"),
        dispute_id=dispute.id,
        kind="accept" if accept else "evidence",
        stage=dispute.stage,
        evidence=evidence,
        request_id=request_id,
        idempotency_key=idempotency_key,
        created_at=now,
        asked_at=now,
    )
    staged = changed(
        dispute,
        evidence=evidence,
        metadata=dispute.metadata if metadata is None else metadata,
    )
    unit = Unit().put(staged, said)
    unit.claim = keep.hold(said.id) if keep else None
    await payments.writer.commit(unit)
    return await go_on(payments, said, keep=keep)


async def go_on(payments: Payments, said: DisputeAnswer, *, keep: Keep | None = None) -> Answered:
    """Ask the network with an answer that is recorded, and record what it says. Safe to repeat."""
    outcome: Outcome | None = None
    if said.status in ("sent", "unknown"):
        outcome = await _ask(payments, said, case=await _case(payments, said))

    async def decide(said: DisputeAnswer) -> tuple[Unit, Answered]:
        case = await _case(payments, said)
        if outcome is None or said.status not in ("sent", "unknown"):
            return Unit(), Answered(case, said, refusal=_refusal(said))
        return await _judged(payments, said, case=case, outcome=outcome)

    return await kept(payments, said, decide, keep=keep)


async def resume(payments: Payments, answer_id: str, *, keep: Keep | None = None) -> Answered:
    """Finish the answer that a dead request had begun."""
    said = await store.get(payments.pool, DisputeAnswer, answer_id)
    if said is None:
        raise NotFound.of("dispute", answer_id)
    return await go_on(payments, said, keep=keep)


def check_open(dispute: Dispute) -> None:
    """Raise `Refused` unless the merchant may still say something."""
    if dispute.status in ANSWERABLE:
        return
    if dispute.closed_at is not None:
        raise Refused(f"Dispute {dispute.id} is closed: it has a status of {dispute.status}.")
    raise Refused(
        f"The evidence of dispute {dispute.id} has been submitted; it can't be changed any more."
    )


async def _ask(payments: Payments, said: DisputeAnswer, *, case: Case) -> Outcome:
    wanted = Representment(
        reference=said.id,
        case=case.dispute.case_reference,
        texts=saying.texts(said.evidence),
        documents=saying.documents(said.evidence),
    )
    desk = payments.rails.disputes
    verb = desk.accept if said.kind == "accept" else desk.submit
    return await verb(wanted, deadline_s=payments.config.rail_deadline_s)


async def _judged(
    payments: Payments, said: DisputeAnswer, *, case: Case, outcome: Outcome
) -> tuple[Unit, Answered]:
    if isinstance(outcome, Unknown):
        if said.status == "unknown":
            return Unit(), Answered(case, said)
        unknown = changed(said, status="unknown")
        return Unit().put(unknown), Answered(case, unknown)
    if isinstance(outcome, Declined):
        declined = changed(said, status="declined")
        # What was laid by for it stays in the dispute, and nobody was told yet.
        unit = _told(payments, said, before=case, after=case).put(declined)
        return unit, Answered(case, declined, refusal=_refusal(declined))
    assert isinstance(outcome, Done)
    done = changed(said, status="done")
    if case.dispute.status not in ANSWERABLE or case.dispute.stage != said.stage:
        # The network's notice of what came of it was here first.
        unit, after = _counted(payments, said, case=case)
    elif said.kind == "accept":
        inquiry = case.dispute.stage == INQUIRY
        end = DisputeStatus.WARNING_CLOSED if inquiry else DisputeStatus.LOST
        unit, after = await cases.ended(payments, case, status=end)
    else:
        unit, after = _under_review(payments, said, case=case)
    return unit.put(done), Answered(after, done)


def _under_review(payments: Payments, said: DisputeAnswer, *, case: Case) -> tuple[Unit, Case]:
    due_by = case.dispute.due_by
    inquiry = case.dispute.stage == INQUIRY
    dispute = changed(
        case.dispute,
        status=DisputeStatus.WARNING_UNDER_REVIEW if inquiry else DisputeStatus.UNDER_REVIEW,
        submission_count=case.dispute.submission_count + 1,
        past_due=due_by is not None and said.created_at > due_by,
    )
    after = Case(dispute, case.charge, case.lines)
    return _told(payments, said, before=case, after=after).put(dispute), after


def _counted(payments: Payments, said: DisputeAnswer, *, case: Case) -> tuple[Unit, Case]:
    if said.kind == "accept":
        return Unit(), case
    dispute = changed(case.dispute, submission_count=case.dispute.submission_count + 1)
    after = Case(dispute, case.charge, case.lines)
    return _told(payments, said, before=case, after=after).put(dispute), after


def _told(payments: Payments, said: DisputeAnswer, *, before: Case, after: Case) -> Unit:
    unit = Unit()
    unit.events.append(
        cases.told(
            "charge.dispute.updated",
            after,
            at=payments.clock.now(),
            before=before,
            request_id=said.request_id,
            idempotency_key=said.idempotency_key,
        )
    )
    return unit


def _refusal(said: DisputeAnswer) -> Refused | None:
    if said.status != "declined":
        return None
    return Refused("The card network no longer takes an answer to this dispute.")


async def _case(payments: Payments, said: DisputeAnswer) -> Case:
    dispute = await store.get(payments.pool, Dispute, said.dispute_id)
    assert dispute is not None
    return await cases.load(payments.pool, dispute)


def shown(answered: Answered) -> dict[str, Any]:
    """The dispute as the answer left it."""
    return answered.case.shown()
