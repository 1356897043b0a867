"""Money on its way out, over the wire: payouts, what they carry, bank accounts, statements; and
the queue of payments that a person should look at."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from .plain import bank_of, movement_of, payout_of, review_of, statement_of, whose, yes_of
from .records import Bank, Movement, Payout, Payouts, Review, Statement, Yes


class Banking:
    """The part of the live gateway that looks after what leaves. `account` is empty for our own."""

    reading: Any
    writing: Any
    guard: Callable[[], AbstractContextManager[None]]
    write_guard: Callable[[], AbstractContextManager[None]]
    _raw: Callable[..., Any]

    def payouts(
        self, account: str, *, limit: int, after: str = "", since: int = 0, until: int = 0
    ) -> Payouts:
        wanted: dict[str, Any] = {"limit": limit}
        if after:
            wanted["starting_after"] = after
        made = {"gte": since or None, "lt": until or None}
        if any(made.values()):
            wanted["created"] = {name: at for name, at in made.items() if at}
        with self.guard():
            found = self.reading.v1.payouts.list(wanted, whose(account)).to_dict()
            payouts = tuple(payout_of(one) for one in found["data"])
            return Payouts(payouts, next_after=payouts[-1].id if found["has_more"] else "")

    def payout(self, payout: str, *, account: str) -> Payout:
        with self.guard():
            return payout_of(self.reading.v1.payouts.retrieve(payout, {}, whose(account)).to_dict())

    def pay_out(self, account: str, *, amount_minor: int, key: str) -> Payout:
        with self.write_guard():
            found = self.writing.v1.payouts.create(
                {"amount": amount_minor, "currency": "mad"},
                {"idempotency_key": key, **whose(account)},
            )
            return payout_of(found.to_dict())

    def call_back(self, payout: str, *, account: str, key: str) -> Payout:
        with self.write_guard():
            found = self.writing.v1.payouts.cancel(
                payout, {}, {"idempotency_key": key, **whose(account)}
            )
            return payout_of(found.to_dict())

    def yeses(self, payout: str, *, account: str) -> tuple[Yes, ...]:
        with self.guard():
            found = self._raw(f"/v1/payouts/{payout}/approvals", account)
            return tuple(yes_of(one) for one in reversed(found["data"]))

    def agree(self, payout: str, *, account: str, officer_key: str, key: str) -> Payout:
        # Hers in the place of ours, for this one request.
        with self.write_guard():
            path = f"/v1/payouts/{payout}/approve"
            return payout_of(self._post(path, account, key=key, api_key=officer_key))

    def carried(
        self, payout: str, *, account: str, source: str, after: str, limit: int
    ) -> tuple[tuple[Movement, ...], str]:
        wanted: dict[str, Any] = {"payout": payout, "limit": limit}
        wanted |= {"source": source} if source else {}
        wanted |= {"starting_after": after} if after else {}
        with self.guard():
            found = self.reading.v1.balance_transactions.list(wanted, whose(account)).to_dict()
            lines = tuple(movement_of(one) for one in found["data"])
            return lines, lines[-1].id if found["has_more"] and lines else ""

    def banks(self, account: str) -> tuple[Bank, ...]:
        with self.guard():
            found = self.reading.v1.accounts.external_accounts.list(
                account, {"object": "bank_account", "limit": 100}
            ).to_dict()
            return tuple(bank_of(one) for one in found["data"])

    def change_bank(self, account: str, *, number: str, holder: str, key: str) -> Bank:
        wanted = {
            "external_account": {
                "object": "bank_account",
                "country": "MA",
                "currency": "mad",
                "account_number": number,
                "account_holder_name": holder,
            },
            "default_for_currency": True,
        }
        with self.write_guard():
            found = self.writing.v1.accounts.external_accounts.create(
                account, wanted, {"idempotency_key": key}
            )
            return bank_of(found.to_dict())

    def prefer_bank(self, account: str, bank: str, *, key: str) -> Bank:
        with self.write_guard():
            found = self.writing.v1.accounts.external_accounts.update(
                account, bank, {"default_for_currency": True}, {"idempotency_key": key}
            )
            return bank_of(found.to_dict())

    def drop_bank(self, account: str, bank: str, *, key: str) -> None:
        with self.write_guard():
            self.writing.v1.accounts.external_accounts.delete(
                account, bank, {}, {"idempotency_key": key}
            )

    def statement(self, account: str, *, first: date, last: date, key: str) -> Statement:
        said = {"period_start": first.isoformat(), "period_end": last.isoformat()}
        with self.write_guard():
            found = self._post("/v1/statements", account, key=key, **said)
            return statement_of(found)

    def reviews(self, account: str) -> tuple[Review, ...]:
        with self.guard():
            found = self.reading.v1.reviews.list({"limit": 100}, whose(account)).to_dict()
            return tuple(review_of(one) for one in found["data"])

    def review(self, review: str, *, account: str) -> Review:
        with self.guard():
            return review_of(self.reading.v1.reviews.retrieve(review, {}, whose(account)).to_dict())

    def approve(self, review: str, *, account: str, key: str) -> Review:
        with self.write_guard():
            found = self.writing.v1.reviews.approve(
                review, {}, {"idempotency_key": key, **whose(account)}
            )
            return review_of(found.to_dict())

    def _post(self, path: str, account: str, *, key: str, **params: Any) -> Any:
        """What the SDK has no method for, through its own client."""
        said = self.writing.raw_request(
            "post", path, idempotency_key=key, **params, **whose(account)
        )
        return self.writing.deserialize(said, api_mode="V1").to_dict()
