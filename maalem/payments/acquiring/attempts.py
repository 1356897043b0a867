"""An attempt, wherever it is kept: in a row of its own, or by the charge that it came to at once.

Before a rail is asked, every attempt has its row. An answer that comes at once ends it: the charge
is written and the row goes, in one commit (sql/1400_attempts_that_end.sql). What a payer was asked
about, what the rail was asked twice and what came to nothing keep theirs.
"""

from maalem.payments import store
from maalem.payments.acquiring.records import Attempt, Charge
from maalem.payments.acquiring.states import AttemptStatus
from maalem.payments.db import Connection, Pool


def charge_id(attempt_id: str) -> str:
    """The id of the charge that an attempt comes to: its own with another prefix."""
    return "ch_" + attempt_id.removeprefix("att_")


def ends_with_its_charge(attempt: Attempt) -> bool:
    """Whether its charge says all of it once there is an answer, as `of_charge` reads it back."""
    is_plain = attempt.token is None and not attempt.off_session
    return attempt.version == 1 and attempt.rail == "card" and is_plain


async def find(source: Pool | Connection, attempt_id: str) -> Attempt | None:
    """The attempt of that id: its row, or what its charge says."""
    attempt = await store.get(source, Attempt, attempt_id)
    if attempt is not None:
        return attempt
    charge = await store.get(source, Charge, charge_id(attempt_id))
    return None if charge is None or charge.attempt_id != attempt_id else _of(charge)


async def of_charge(source: Pool | Connection, charge: Charge) -> Attempt:
    """The attempt that `charge` came of; its id is what the rail knows the payment by."""
    return await store.get(source, Attempt, charge.attempt_id) or _of(charge)


def _of(charge: Charge) -> Attempt:
    has_failed = charge.status == "failed"
    return Attempt(
        id=charge.attempt_id,
        version=2,
        intent_id=charge.intent_id,
        payment_method_id=charge.payment_method_id,
        rail="card",
        amount=charge.amount,
        currency=charge.currency,
        status=AttemptStatus.DECLINED if has_failed else AttemptStatus.AUTHORISED,
        authorisation_code=(charge.details.get("card") or {}).get("authorization_code"),
        network_reference=charge.network_reference,
        decline_code=charge.decline_code or charge.failure_code,
        resolved_at=charge.created_at,
        created_at=charge.created_at,
        asked_at=charge.created_at,
        risk=charge.risk,
    )
