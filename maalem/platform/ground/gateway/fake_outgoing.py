"""Payouts by hand, of the institution in memory."""

from dataclasses import replace
from datetime import timedelta

from maalem.kit.ids import new_id

from .errors import Refused
from .records import Holdings, Payout

# Above it two officers have to agree.
LARGE_MINOR = 10_000_000


class FakeOutgoing:
    """The part of the stand-in that sends money to a bank when somebody asks for it."""

    def pay_out(self, account: str, *, amount_minor: int, key: str) -> Payout:
        def do() -> Payout:
            has = self.holds.get(account, Holdings(0, 0, 0))
            if amount_minor > has.available_minor:
                raise Refused("not so much", code="balance_insufficient")
            if not has.bank_last4:
                raise Refused("nowhere to", code="payouts_not_allowed")
            one = Payout(
                new_id("po"),
                *("pending", amount_minor, "MAD"),
                arrives_on=self.now().date() + timedelta(days=1),
                created_at=self.now(),
                missing=2 if amount_minor > LARGE_MINOR else 0,
            )
            self._free(account, -amount_minor)
            self.bank[account] = (one, *self.bank.get(account, ()))
            return one

        words = (account, amount_minor)
        return self._write("pay_out", key, words=words, do=do)  # type: ignore[no-any-return]

    def call_back(self, payout: str, *, account: str, key: str) -> Payout:
        def do() -> Payout:
            old = self.payout(payout, account=account)
            if old.status != "pending":
                raise Refused("it has left", code="payout_unexpected_state")
            new = replace(old, status="canceled")
            rows = self.bank[account]
            self.bank[account] = tuple(new if one is old else one for one in rows)
            self._free(account, old.amount_minor)
            return new

        return self._write("call_back", key, words=(payout, account), do=do)  # type: ignore[no-any-return]

    def _free(self, account: str, by: int) -> None:
        has = self.holds[account]
        self.holds[account] = replace(has, available_minor=has.available_minor + by)
