"""Two officers are two: each has a key of her own, and no other word makes anybody an officer."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import errors

from maalem.payments.accounts.tests.officers import key_of, officer
from maalem.payments.api.tests.callers import made
from maalem.payments.settlement import making
from maalem.payments.settlement.tests.cast import bank_account, rib
from maalem.payments.settlement.tests.stage import again, approve, fund, pay_out, settle_in
from maalem.payments.settlement.tests.test_payouts_sdk import earn, seller
from maalem.payments.tests.service import Service
from maalem.payments.tests.world import World, world
from maalem.payments.units import UnitRefused

pytestmark = pytest.mark.xdist_group("payments-service")
NAIMA, YOUSSEF = "Naïma Oubella", "Youssef Benjelloun"


class Large:
    """A large payout that waits, and everybody who asks for something about it."""

    def __init__(self, service: Service) -> None:
        v1: Any = service.client().v1
        self.service = service
        self.account = seller(v1, external_account=bank_account(rib().digits))
        earn(v1, self.account, 6_000_000)
        named: Any = {"stripe_account": self.account.id}
        self.id = v1.payouts.create({"amount": 5_000_001, "currency": "mad"}, named).id

    def ask(self, key: str, path: str = "approve", *, method: str = "POST", **sent: str) -> Any:
        return httpx.request(
            method,
            f"{self.service.url}/v1/payouts/{self.id}/{path}".rstrip("/"),
            auth=(key, ""),
            headers={"Stripe-Account": self.account.id},
            data=sent or None,
        )

    def given(self) -> int:
        return int(self.ask(self.service.key, "", method="GET").json()["approvals"]["given"])


@pytest.fixture
def large(service: Service) -> Large:
    return Large(service)


def code(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json()["error"].get("code")


def test_a_large_payout_needs_two_different_officers(large, service):
    """P24: nobody sends a large payout alone, and nobody counts twice."""
    hers, his = key_of(service, NAIMA), key_of(service, YOUSSEF)
    assert large.ask(his).json()["approvals"] == {"needed": 2, "given": 1}
    assert code(large.ask(his)) == (400, "payout_already_approved")
    with pytest.raises(Exception, match="approved_by_enough"):
        service.rows(
            "UPDATE payouts SET status = 'in_transit', batch_id = 'x', sent_at = now()"
            " WHERE id = %s",
            large.id,
        )
    assert large.ask(hers).json()["approvals"]["given"] == 2
    told = large.ask(hers, "approvals", method="GET").json()["data"]
    assert [one["approver"] for one in told] == [NAIMA, YOUSSEF]
    assert all(one["key"] and one["officer"] and one["created"] for one in told)


def test_the_platforms_stolen_key_is_no_officer_and_makes_none(large, service):
    """P24: whoever has the platform's secret key says yes to nothing, whatever names she knows."""
    assert code(large.ask(service.key)) == (403, "officer_key_required")
    assert code(large.ask(service.key, approver=YOUSSEF)) == (403, "officer_key_required")
    _, narrow = made(service.client(), type="restricted", permissions={"payout": "write"})
    assert code(large.ask(narrow)) == (403, "officer_key_required")
    asked = {"type": "restricted", "name": YOUSSEF}
    url, own = f"{service.url}/v1/api_keys", (service.key, "")
    for wanted in ({"permissions[payout_approval]": "write"}, {"officer": "off_x"}):
        assert httpx.post(url, auth=own, data={**asked, **wanted}).status_code == 400
    his = key_of(service, YOUSSEF)
    listed = httpx.get(url, auth=own, params={"limit": "100"}).json()["data"]
    key = next(one for one in listed if one["redacted"][-4:] == his[-4:])
    assert (key["officer"][:4], key["name"]) == ("off_", YOUSSEF)
    for path in ("/roll", "/revoke", ""):
        refused = httpx.post(f"{url}/{key['id']}{path}", auth=own, data=None)
        assert code(refused) == (400, "officers_key"), path
    assert large.given() == 0


def test_one_stolen_officers_key_says_one_yes(large, service):
    """P24: not a second one in another's name, no payout, no key, no refund."""
    his = key_of(service, YOUSSEF)
    refused = large.ask(his, approver=NAIMA)
    assert (code(refused), refused.json()["error"]["param"]) == (
        (400, "parameter_unknown"),
        "approver",
    )
    assert large.ask(his).status_code == 200
    assert code(large.ask(his)) == (400, "payout_already_approved")
    headers, url = {"Stripe-Account": large.account.id}, service.url
    for path, sent in (
        ("payouts", {"amount": "100", "currency": "mad"}),
        ("transfers", {"amount": "100", "currency": "mad", "destination": large.account.id}),
        ("refunds", {"charge": "ch_x"}),
        ("api_keys", {"type": "secret"}),
        (f"payouts/{large.id}/cancel", {}),
    ):
        answer = httpx.post(f"{url}/v1/{path}", auth=(his, ""), data=sent, headers=headers)
        assert answer.status_code == 403, path
    assert large.given() == 1


def test_another_officers_repeat_of_the_same_request_is_not_answered_as_hers(large, service):
    url = f"{service.url}/v1/payouts/{large.id}/approve"
    sent = {"Stripe-Account": large.account.id, "Idempotency-Key": f"yes {large.id}"}
    first, again_, other = (
        httpx.post(url, auth=(key, ""), headers=sent)
        for key in (*[key_of(service, YOUSSEF)] * 2, key_of(service, NAIMA))
    )
    assert first.status_code == again_.status_code == 200
    assert other.status_code == 400
    assert other.json()["error"]["type"] == "idempotency_error"


def test_an_ended_key_says_nothing_even_where_it_is_still_believed(large, service):
    """P24: a process may believe a key for some seconds; the database does not."""
    his = key_of(service, YOUSSEF)
    assert large.ask(his, "", method="GET").status_code == 200
    service.rows("UPDATE api_keys SET revoked_at = now() WHERE hint LIKE %s", f"%{his[-4:]}")
    refused = large.ask(his)
    assert code(refused) in ((400, "officer_key_required"), (401, "api_key_invalid"))
    assert large.given() == 0


BY_THE_SERVICE = {
    "INSERT INTO officers SELECT 'off_x', 1, account_id, 'X', 'x', now() FROM officers": None,
    "UPDATE officers SET name = 'X'": None,
    "INSERT INTO api_keys (hash, account_id, hint, kind, officer_id) SELECT '\\x00', account_id,"
    " 'rk', 'restricted', id FROM officers LIMIT 1": "officers_are_made_by_operators",
    "UPDATE api_keys SET officer_id = (SELECT max(id) FROM officers)": "made_by_operators",
    "UPDATE api_keys SET hash = '\\x00' WHERE officer_id IS NOT NULL": "made_by_operators",
    "UPDATE api_keys SET revoked_at = NULL WHERE revoked_at IS NOT NULL": "made_by_operators",
    "UPDATE payout_approvals SET set_aside = true, version = 2": "append_only",
    "INSERT INTO payout_approvals SELECT 'poa_x', 1, account_id, payout_id, approver, NULL, now(),"
    " key_id, (SELECT max(id) FROM officers WHERE id <> officer_id), false FROM payout_approvals":
    "officer_stands",
    "INSERT INTO payout_approvals SELECT 'poa_x', 1, account_id, payout_id, 'Driss', NULL, now(),"
    " NULL, NULL, false FROM payout_approvals": "officer_stands",
    "INSERT INTO payout_approvals SELECT 'poa_x', 1, account_id, payout_id, 'Driss', NULL, now(),"
    " key_id, officer_id, false FROM payout_approvals": "approved_once",
}  # fmt: skip


@pytest.mark.parametrize("deed", BY_THE_SERVICE)
def test_the_database_lets_the_service_make_no_officer_and_no_second_yes(fresh_payments_dsn, deed):
    """P24: the last line of defence, against whoever took over the running service."""

    async def story() -> None:
        async with world(fresh_payments_dsn.app, payout_approval_above=50_000) as w:
            await _one_yes(w)
            await officer(w.payments, NAIMA)
            await officer(w.payments, "Driss Serghini")
            with psycopg.connect(fresh_payments_dsn.admin) as owner:
                owner.execute(
                    "UPDATE api_keys SET revoked_at = now() WHERE name = 'Driss Serghini'"
                )

    asyncio.run(story())
    said = BY_THE_SERVICE[deed]
    refused = errors.InsufficientPrivilege if said is None else psycopg.errors.IntegrityError
    with (
        psycopg.connect(fresh_payments_dsn.app) as thief,
        pytest.raises(refused, match=said or "officers"),
    ):
        thief.execute(deed)


def test_what_an_ended_key_said_yes_to_is_said_anew(fresh_payments_dsn):
    async def story() -> None:
        async with world(fresh_payments_dsn.app, payout_approval_above=50_000) as w:
            payout, by = await _one_yes(w), await officer(w.payments, YOUSSEF)
            stale = making.approve(
                w.payments, payout, officer=await officer(w.payments, NAIMA), given=[]
            )
            with psycopg.connect(fresh_payments_dsn.admin) as owner:
                owner.execute("UPDATE api_keys SET revoked_at = now() WHERE id = %s", [by.key_id])
            (_, unit) = await making.taken_back(w.payments, by.id)
            with pytest.raises(UnitRefused, match="append_only"):
                await w.payments.writer.commit(unit)  # the running service may not
            async with world(fresh_payments_dsn.superuser) as operator:
                await operator.payments.writer.commit(unit)
            assert (await again(w, payout)).approvals == 0
            with pytest.raises(UnitRefused):
                await w.payments.writer.commit(stale.unit)
            await approve(w, payout, YOUSSEF)
            assert (await approve(w, payout, NAIMA)).approvals == 2

    asyncio.run(story())


async def _one_yes(w: World) -> Any:
    await settle_in(w)
    await fund(w, 100_000)
    payout = await pay_out(w, 60_000)
    return await approve(w, payout, YOUSSEF)
