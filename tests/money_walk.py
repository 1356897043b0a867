"""The walks that docs/money.md shows: run for real, booking by booking, as T-accounts."""

from collections.abc import Awaitable, Callable

from maalem.payments import store
from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.connect.tests.shared import destination
from maalem.payments.acquiring.disputes import chores as disputes
from maalem.payments.acquiring.disputes.records import Dispute
from maalem.payments.acquiring.disputes.tests.stories import comes_back, say
from maalem.payments.acquiring.increment import increment
from maalem.payments.acquiring.records import Charge
from maalem.payments.acquiring.refund import refund
from maalem.payments.acquiring.transfer import transfer
from maalem.payments.ledger.balances import release_available
from maalem.payments.settlement import reserves
from maalem.payments.settlement.bank import networks, safeguarding
from maalem.payments.settlement.bank.safeguarding import MEANING, OWED, THERE
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, rib
from maalem.payments.settlement.bank.tests.test_desk import by_two, strange

FLEXIBLE = {
    "card": {
        "request_multicapture": "if_available",
        "request_incremental_authorization": "if_available",
    }
}
_MOVED = """
SELECT t.id, t.pending_id, t.number, t.kind::text, t.amount, p.amount AS held,
    d.owner AS debit_owner, d.kind AS debit_kind, c.owner AS credit_owner, c.kind AS credit_kind
FROM ledger.transfers t JOIN ledger.accounts d ON d.id = t.debit_account
JOIN ledger.accounts c ON c.id = t.credit_account
LEFT JOIN ledger.transfers p ON p.id = t.pending_id
WHERE t.number > $1 ORDER BY t.number
"""
_HELD = """
SELECT a.owner, a.kind,
    sum(CASE a.id WHEN t.debit_account THEN t.amount ELSE -t.amount END)::bigint AS net
FROM ledger.accounts a JOIN ledger.transfers t ON a.id IN (t.debit_account, t.credit_account)
WHERE t.kind IN ('posted', 'post') GROUP BY 1, 2
"""
_ORDER = (
    *("bank", "rail_card", "owed", "interchange", "scheme", "bank_costs", "pending", "available"),
    *("reserved", "payouts", "interchange_due", "scheme_due", "suspense", "fees"),
)


class Walk:
    """Takes down what was booked since the last look."""

    def __init__(self, b: BankWorld) -> None:
        self.b, self.w, self.payments = b, b.w, b.payments
        self.tables: dict[str, str] = {}
        self._seen = 0
        self._names = {b.w.platform.id: "platform", b.w.seller.id: "weaver"}

    async def skip(self) -> None:
        """What was booked so far is no part of what is shown."""
        last = await self.payments.pool.fetchval("SELECT max(number) FROM ledger.transfers")
        self._seen = last or 0

    async def show(self, name: str) -> None:
        """The T-account of everything booked since, under `name`."""
        sides: dict[str, tuple[list[str], list[str]]] = {}
        rows = await self.payments.pool.fetch(_MOVED, self._seen)
        # What was held and taken, or held and let go, within the same step says no more.
        passing = {row["pending_id"] for row in rows} & {
            row["id"] for row in rows if row["kind"] == "pending"
        }
        for row in rows:
            self._seen = row["number"]
            said = plain(row["amount"])
            if row["kind"] == "pending":
                said = "" if row["id"] in passing else f"held {said}"
            elif row["kind"] == "void":
                said = "" if row["pending_id"] in passing else f"let go {plain(row['held'])}"
            if not said:
                continue
            for place, side in enumerate(("debit", "credit")):
                account = self._account(row[f"{side}_owner"], row[f"{side}_kind"])
                sides.setdefault(account, ([], []))[place].append(said)
        lines = ["| | debit | credit |", "|---|---:|---:|"]
        lines += [
            f"| {account} | {' + '.join(debit)} | {' + '.join(credit)} |".replace("|  |", "| |")
            for account, (debit, credit) in sides.items()
        ]
        self.tables[name] = "\n".join(lines)

    async def balance(self, name: str) -> None:
        """The trial balance: what every account holds, and that both sides are the same."""
        rows = [dict(row) for row in await self.payments.pool.fetch(_HELD) if row["net"]]
        rows.sort(key=lambda row: (_ORDER.index(row["kind"]), row["owner"]))
        lines = ["| | debit | credit |", "|---|---:|---:|"]
        for row in rows:
            account = self._account(row["owner"], row["kind"])
            cells = (plain(row["net"]), "") if row["net"] > 0 else ("", plain(-row["net"]))
            lines.append(f"| {account} | {cells[0]} | {cells[1]} |".replace("|  |", "| |"))
        both = [sum(max(sign * row["net"], 0) for row in rows) for sign in (1, -1)]
        lines.append(f"| **both sides** | **{plain(both[0])}** | **{plain(both[1])}** |")
        self.tables[name] = "\n".join(lines)

    async def proof(self, name: str) -> None:
        """The safeguarding proof of this moment, term by term."""
        made = await safeguarding.prove(self.payments)
        lines = ["| | there | owed |", "|---|---:|---:|"]
        for terms, cells in ((THERE, "| {} | |"), (OWED, "| | {} |")):
            lines += [
                f"| {MEANING[term]} {cells.format(plain(made.terms[term]))}"
                for term in terms
                if made.terms[term]
            ]
        lines.append(f"| **both sides** | **{plain(made.there)}** | **{plain(made.owed)}** |")
        self.tables[name] = "\n".join(lines)

    def _account(self, owner: str, kind: str) -> str:
        return kind if owner == "house" else f"{self._names[owner]}, {kind}"

    async def charge(self, charge: Charge) -> Charge:
        found = await store.get(self.payments.pool, Charge, charge.id)
        assert found is not None
        return found

    async def pass_on(self, charge: Charge, amount: int) -> None:
        passed = await transfer(
            self.payments,
            giver=self.w.platform,
            destination=self.w.seller.id,
            amount=amount,
            currency="mad",
            source_charge=charge,
        )
        await self.payments.writer.commit(passed.unit)


def plain(minor: int) -> str:
    sign, whole = ("−", -minor) if minor < 0 else ("", minor)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


async def from_sale_to_bank(walk: Walk) -> None:
    b, w = walk.b, walk.w
    paid = await w.pay(100_000, card="pm_card_ma")
    await walk.show("sale")
    await walk.pass_on(paid.charge, 90_000)
    await walk.show("passed-on")
    b.clock.move(days=3)
    await release_available(walk.payments)
    await walk.show("available")
    await walk.payments.rails.bank.pass_time()
    await networks.collect(walk.payments)
    await walk.show("cleared")
    await b.receive()
    await walk.show("paid-in")
    await b.payout(w.seller, 60_000, place=await b.place(w.seller, number=rib("0104")))
    await walk.show("payout")
    await b.exchange()
    await walk.show("paid-out")
    await walk.balance("trial-balance")
    await walk.proof("proof")
    for _ in range(4):
        await b.day()
    await walk.show("returned")


async def held(walk: Walk) -> None:
    w = walk.w
    options = {"capture_method": "manual", "payment_method_options": FLEXIBLE}
    promised = await w.pay(10_000, **options)
    await walk.show("hold")
    raised = await increment(walk.payments, intent=promised.intent, amount=15_000)
    await walk.show("raised")
    part = await capture(walk.payments, intent=raised.intent, amount=3_000, final=False)
    await walk.show("part")
    await capture(walk.payments, intent=part.intent, amount=5_000)
    await walk.show("final-part")


async def given_back(walk: Walk) -> None:
    paid = await walk.w.pay(100_000)
    await walk.skip()
    given = await refund(walk.payments, charge=paid.charge, amount=20_000)
    await walk.show("refund")
    await comes_back(walk.payments, given.refund.id)
    await disputes.look_after(walk.payments)
    await walk.show("refund-returned")


async def disputed(walk: Walk) -> None:
    w = walk.w
    paid = await w.pay(100_000, card="pm_card_createDispute")
    await walk.pass_on(paid.charge, 90_000)
    walk.b.clock.move(days=3)
    await release_available(walk.payments)
    await walk.skip()
    await disputes.look_after(walk.payments)
    await walk.show("dispute")
    dispute = await store.first(walk.payments.pool, Dispute, "true")
    assert dispute is not None
    await say(w, dispute, "winning_evidence")
    await disputes.look_after(walk.payments)
    await walk.show("dispute-won")


async def shared(walk: Walk) -> None:
    w = walk.w
    paid = await w.pay(100_000, **destination(w, fee=12_000))
    await walk.show("destination")
    await refund(walk.payments, charge=paid.charge, reverse_transfer=True, refund_fee=True)
    await walk.show("destination-refunded")


async def advanced(walk: Walk) -> None:
    w = walk.w
    await w.pay(100_000, **destination(w, passed=100_000))
    await walk.show("advance")


async def fees(walk: Walk) -> None:
    paid = await walk.w.pay(10_000, card="pm_card_ma")
    await walk.show("fees")
    given = await refund(walk.payments, charge=paid.charge, amount=4_000)
    await walk.show("fees-refund")
    await comes_back(walk.payments, given.refund.id)
    await disputes.look_after(walk.payments)
    await walk.show("fees-refund-returned")


async def reserved(walk: Walk) -> None:
    b = walk.b
    await b.sale(walk.w.seller, 100_000)
    await b.ripen()
    await walk.skip()
    kept = await reserves.hold(
        walk.payments, account=walk.w.seller, rule_id="long_delivery", currency="mad"
    )
    await walk.payments.writer.commit(kept.unit)
    await walk.show("reserve")


async def by_hand(walk: Walk) -> None:
    b = walk.b
    charges = await strange(b, -1_200)
    await b.propose("suspend", charges.id)
    hers = await strange(b, 700)
    await b.propose("suspend", hers.id)
    await walk.show("suspended")
    await by_two(b, "bear", charges.id)
    await by_two(b, "give", hers.id, walk.w.seller.id)
    await walk.show("explained")


Scene = Callable[[Walk], Awaitable[None]]
# Each with the rates that hold while it runs: our share, the scheme's, our fee on a dispute.
SCENES: dict[Scene, dict[str, int]] = {
    from_sale_to_bank: {"service": 150, "scheme": 10},
    held: {},
    given_back: {},
    disputed: {"dispute": 1_500},
    shared: {},
    advanced: {"service": 250},
    fees: {"service": 250, "returned": 1},
    reserved: {},
    by_hand: {},
}
