"""A key whose holder has died is taken over by whoever retries first, and by who comes with him."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest

from maalem.payments.acquiring.confirm import confirm
from maalem.payments.api.endpoint import Api
from maalem.payments.api.idempotency import fingerprint
from maalem.payments.api.params import pairs_of
from maalem.payments.bootstrap import PLATFORM
from maalem.payments.context import Modes
from maalem.payments.tests.crash.hands import post
from maalem.payments.tests.service import open_platform
from maalem.payments.tests.world import world
from maalem.payments.units import Claim

NOBODY = 999_999
ASKED = {"payment_method": "pm_card_visa_chargeDeclined"}


class Dying:
    """The keep of a process that is gone once the rail has answered."""

    def __init__(self, key: str, print_: str) -> None:
        self._key, self._print = key, print_

    def hold(self, object_id: str) -> Claim:
        """Claimed by nobody who lives."""
        named: dict[str, Any] = {"key": self._key, "fingerprint": self._print}
        return Claim(
            use="hold",
            account_id=PLATFORM,
            request_id="req_gone",
            holder=NOBODY,
            object_id=object_id,
            **named,
        )

    async def finish(self, outcome: Any) -> Any:
        """It does not come to that."""
        raise ConnectionAbortedError


def test_two_who_take_over_at_once_get_the_same_bytes(fresh_payments_dsn):
    """P3 P4: in two processes, both of which find the holder dead and both finish its work."""
    open_platform(fresh_payments_dsn.app)

    async def story() -> None:
        async with world(fresh_payments_dsn.app) as w, world(fresh_payments_dsn.app) as other:
            for n in range(8):
                intent = await w.intent(1_000, account_id=PLATFORM)
                path = f"payment_intents/{intent.id}/confirm"
                asked = pairs_of(urlencode(ASKED).encode())
                print_ = fingerprint(f"/v1/{path}", asked, key=w.payments.config.fingerprint_key)
                with pytest.raises(ConnectionAbortedError):
                    await confirm(
                        w.payments,
                        intent=intent,
                        method=await w.method(ASKED["payment_method"]),
                        keep=Dying(f"k{n}", print_),
                    )
                apis = [Api(), Api()]
                for api, one in zip(apis, (w, other), strict=True):
                    api.modes = Modes(one.payments)
                key = {"idempotency-key": f"k{n}"}
                answers = await asyncio.gather(*(post(api, path, ASKED, **key) for api in apis))
                answers.append(await post(apis[0], path, ASKED, **key))
                assert {status for status, _ in answers} == {402}
                assert len(set(answers)) == 1
                for api in apis:
                    await api.close()

    asyncio.run(story())
