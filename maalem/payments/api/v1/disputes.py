"""/v1/disputes: what payers' banks complain about, and what the merchant answers."""

from typing import Any

import msgspec

from maalem.payments import store
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.disputes import answer as answering
from maalem.payments.acquiring.disputes import case as cases
from maalem.payments.acquiring.disputes import evidence as saying
from maalem.payments.acquiring.disputes.case import Case
from maalem.payments.acquiring.disputes.records import Dispute
from maalem.payments.acquiring.records import Charge
from maalem.payments.api.call import Answered, Call, NoParams, Object, StepKeep
from maalem.payments.api.expand import loader
from maalem.payments.api.idempotency import encode
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.api.v1.files import the_file
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.files.keep import EVIDENCE
from maalem.payments.records import changed
from maalem.payments.units import Unit

Evidence = msgspec.defstruct(
    "Evidence", [(key, str | None, None) for key in saying.KEYS], forbid_unknown_fields=True
)


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    evidence: Evidence | None = None  # type: ignore[valid-type]
    submit: bool | None = None
    metadata: dict[str, str] | str | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    charge: str | None = None
    payment_intent: str | None = None


async def _resume(call: Call, _params: Any, answer_id: str) -> Answered:
    keep = StepKeep(call, render=_shown, encode=encode)
    await answering.resume(call.payments, answer_id, keep=keep)
    assert keep.answer is not None
    return keep.answer


@route("GET", "/v1/disputes/{id}")
async def retrieve(call: Call, params: NoParams, dispute_id: str) -> Object:
    """A dispute."""
    return (await _the_case(call, dispute_id)).shown()


@route("GET", "/v1/disputes", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's disputes, newest first."""
    where = {
        "account_id": call.account.id,
        "charge_id": params.charge,
        "intent_id": params.payment_intent,
    }
    answer = await page(call, Dispute, params, where=where, show=lambda found: {"is": found})
    return {**answer, "data": await _many(call, [item["is"] for item in answer["data"]])}


# 150,000 characters of Arabic are 900 kB on the wire, where each byte is written as three.
@route("POST", "/v1/disputes/{id}", Update, steps=True, resume=_resume, body_max=2_000_000)
async def update(call: Call, params: Update, dispute_id: str) -> Answered:
    """Lay evidence by or, unless `submit` is false, hand it in. Metadata alone hands in nothing."""
    case = await _the_case(call, dispute_id)
    given: dict[str, str] = {}
    if params.evidence is not None:
        told = msgspec.structs.asdict(params.evidence)
        given = {key: value for key, value in told.items() if value is not None}
    evidence = saying.merged(case.dispute.evidence, given)
    metadata = merged(case.dispute.metadata, params.metadata)
    for key in saying.FILES:
        if given.get(key):
            await _evidence(call, given[key], param=f"evidence[{key}]")
    wants = params.submit if params.submit is not None else bool(given)
    if given or wants:
        answering.check_open(case.dispute)
    if not wants:
        return await _laid_by(call, case, evidence=evidence, metadata=metadata)
    if not evidence:
        raise BadRequest("There is no evidence to submit yet.", param="evidence")
    return await _answered(call, case.dispute, evidence=evidence, metadata=metadata)


@route("POST", "/v1/disputes/{id}/close", steps=True, resume=_resume)
async def close(call: Call, params: NoParams, dispute_id: str) -> Answered:
    """Give in: the dispute is lost (an inquiry closed), and can't be contested any more."""
    dispute = (await _the_case(call, dispute_id)).dispute
    return await _answered(call, dispute, evidence=dispute.evidence, accept=True)


async def _evidence(call: Call, file_id: str, *, param: str) -> None:
    """Raise unless that is a document of the caller's, sent in as evidence."""
    found = await the_file(call, file_id, param=param)
    if found.purpose != EVIDENCE:
        raise BadRequest(
            f"The file {file_id} was uploaded for the purpose {found.purpose}: evidence needs the"
            f" purpose {EVIDENCE}.",
            param=param,
        )


async def _answered(call: Call, dispute: Dispute, **traits: Any) -> Answered:
    keep = StepKeep(call, render=_shown, encode=encode)
    await answering.answer(
        call.payments,
        dispute=dispute,
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
        keep=keep,
        **traits,
    )
    assert keep.answer is not None
    return keep.answer


async def _laid_by(
    call: Call, case: Case, *, evidence: dict[str, str], metadata: dict[str, str]
) -> Answered:
    after = Case(
        changed(case.dispute, evidence=evidence, metadata=metadata), case.charge, case.lines
    )
    unit = Unit().put(after.dispute)
    unit.events.append(call.event("charge.dispute.updated", after.shown(), before=case.shown()))
    unit.claim = call.claim("whole", status=200)
    body = await encode(call, after.shown())
    await call.payments.writer.commit(unit, answer=body)
    return Answered(200, body)


async def _shown(answered: answering.Answered) -> tuple[int, Object, tuple[Object, ...]]:
    if answered.refusal is not None:
        return answered.refusal.status, answered.refusal.body(), ()
    return 200, answered.case.shown(), (wire.charge(answered.case.charge),)


async def _the_case(call: Call, dispute_id: str) -> Case:
    pool = call.payments.pool
    found = await store.get(pool, Dispute, dispute_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("dispute", dispute_id, param="dispute")
    return await cases.load(pool, found)


async def _many(call: Call, found: list[Dispute]) -> list[Object]:
    """Several disputes with what belongs to them, in two readings."""
    pool = call.payments.pool
    lines = {item.id: item for item in await cases.lines_of(pool, found)}
    ids = [dispute.charge_id for dispute in found]
    charges = {item.id: item for item in await store.select(pool, Charge, "id = ANY ($1)", ids)}
    return [
        Case(
            dispute,
            charges[dispute.charge_id],
            [lines[place] for place in dispute.balance_transaction_ids],
        ).shown()
        for dispute in found
    ]


@loader("dp")
async def _expand(call: Call, dispute_id: str) -> Object | None:
    try:
        return (await _the_case(call, dispute_id)).shown()
    except NotFound:
        return None
