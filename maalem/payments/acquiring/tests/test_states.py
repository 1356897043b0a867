"""Every status against every other in the database, and against every verb."""

import asyncio
from itertools import product
from typing import Any

import psycopg
import pytest

from maalem.kit.ids import new_id
from maalem.payments.acquiring.cancel import cancel
from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.confirm import confirm
from maalem.payments.acquiring.setup.states import SETUP_ATTEMPT_NEXT, SETUP_INTENT_NEXT
from maalem.payments.acquiring.states import (
    ATTEMPT_NEXT,
    INTENT_NEXT,
    REFUND_NEXT,
    IntentStatus,
)
from maalem.payments.errors import Refused
from maalem.payments.records import changed
from maalem.payments.tests.world import World, world
from maalem.payments.units import Unit, UnitRefused


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("intent", INTENT_NEXT),
        ("attempt", ATTEMPT_NEXT),
        ("refund", REFUND_NEXT),
        ("setup_intent", SETUP_INTENT_NEXT),
        ("setup_attempt", SETUP_ATTEMPT_NEXT),
    ],
)
def test_the_database_holds_the_same_table(payments_dsn, name, table):
    with psycopg.connect(payments_dsn.app) as connection:
        for now, then in product(table, table):
            row = connection.execute(f"SELECT {name}_may_move(%s, %s)", [now, then]).fetchone()
            assert row == (then in table[now],), f"{now} to {then}"


def test_the_trigger_refuses_a_move_that_is_not_in_the_table(payments_dsn):
    async def story() -> None:
        async with world(payments_dsn.app) as w:
            done = (await w.pay()).intent
            back = changed(done, status=IntentStatus.REQUIRES_PAYMENT_METHOD, amount_received=0)
            with pytest.raises(UnitRefused) as refused:
                await w.payments.writer.commit(Unit().put(back))
            assert refused.value.word == "status_may_not_move"

    asyncio.run(story())


async def _in_status(w: World, status: IntentStatus) -> Any:
    """An intent that came to `status` by the verbs themselves."""
    match status:
        case IntentStatus.REQUIRES_PAYMENT_METHOD:
            return await w.intent()
        case IntentStatus.REQUIRES_CONFIRMATION:
            method = await w.method()
            return await w.intent(status=status, payment_method_id=method.id)
        case IntentStatus.REQUIRES_ACTION:
            return (await w.pay(card="pm_card_threeDSecure2Required")).intent
        case IntentStatus.PROCESSING:
            intent, method = await w.intent(), await w.method()
            asked = changed(
                intent,
                status=status,
                attempt_id=new_id("att"),
                payment_method_id=method.id,
            )
            await w.payments.writer.commit(Unit().put(asked))
            return asked
        case IntentStatus.REQUIRES_CAPTURE:
            return (await w.pay(capture_method="manual")).intent
        case IntentStatus.SUCCEEDED:
            return (await w.pay()).intent
        case IntentStatus.CANCELED:
            return (await cancel(w.payments, intent=await w.intent())).intent


MAY = {
    "confirm": {
        IntentStatus.REQUIRES_PAYMENT_METHOD,
        IntentStatus.REQUIRES_CONFIRMATION,
        IntentStatus.REQUIRES_ACTION,
    },
    "capture": {IntentStatus.REQUIRES_CAPTURE},
    "cancel": {
        IntentStatus.REQUIRES_PAYMENT_METHOD,
        IntentStatus.REQUIRES_CONFIRMATION,
        IntentStatus.REQUIRES_ACTION,
        IntentStatus.REQUIRES_CAPTURE,
    },
}


async def _do(w: World, verb: str, *, intent: Any) -> None:
    match verb:
        case "confirm":
            await confirm(w.payments, intent=intent, method=await w.method())
        case "capture":
            await capture(w.payments, intent=intent)
        case "cancel":
            await cancel(w.payments, intent=intent)


@pytest.mark.parametrize("status", list(IntentStatus))
@pytest.mark.parametrize("verb", list(MAY))
def test_each_verb_in_each_status(payments_dsn, verb, status):
    async def story() -> None:
        async with world(payments_dsn.app) as w:
            intent = await _in_status(w, status)
            assert intent.status == status
            if status in MAY[verb]:
                await _do(w, verb, intent=intent)
                return
            with pytest.raises(Refused) as refused:
                await _do(w, verb, intent=intent)
            assert refused.value.code == "payment_intent_unexpected_state"
            assert refused.value.fields["payment_intent"]["status"] == status
            assert (await w.fresh(intent)).status == status

    asyncio.run(story())
