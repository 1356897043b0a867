"""The paths of officers: what they do at the desk with what the bank told, and whom they let pay.

An officer has no idempotency key either. One whose terminal broke off reads what was done about it
(`maalem history`), and does what is missing.
"""

from dataclasses import replace
from datetime import timedelta

from maalem.cli.officers import end_key
from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.accounts.tests.officers import officer, owners, with_key
from maalem.payments.compose import opened
from maalem.payments.settlement.bank import batches, desk
from maalem.payments.settlement.bank import jobs as bank
from maalem.payments.settlement.bank.findings import find
from maalem.payments.settlement.bank.records import BankLine, Finding
from maalem.payments.tests.crash.hands import Hands
from maalem.payments.tests.crash.paths import AT_ONCE, Path, Work, asking, paid, paid_out, with_bank

NAIMA, YOUSSEF = "Naïma Oubella", "Youssef Benjelloun"
A_DAY = timedelta(days=1)
LARGE = 6_000_000
AIMED = frozenset({"give", "match", "offset", "accept"})
# The kinds of deeds that are done on some path.
TRIED: set[str] = set()


async def _officers(h: Hands) -> None:
    for name in (NAIMA, YOUSSEF):
        await officer(h.payments, name)


async def _told(h: Hands, amount: int) -> str:
    """The bank tells a movement that nothing explains; the line's id."""
    await h.payments.pool.execute(
        "INSERT INTO simulator.bank_entries (kind, amount, booked_on, end_to_end_id, iban,"
        " counterparty, remittance) VALUES ('other', $1, $2, 'NOTPROVIDED', '', 'X', 'Y')",
        amount,
        h.clock.now().date(),
    )
    h.later(h.clock.now() + A_DAY)
    await bank.receive(h.payments)
    known = "amount = $1 AND status = 'unmatched' ORDER BY id DESC"
    line = await store.first(h.payments.pool, BankLine, known, amount)
    assert line is not None
    return line.id


def strange(amount: int) -> Work:
    """A line that nobody can explain, and two officers."""

    async def prepare(h: Hands) -> None:
        await _officers(h)
        h.state["about"] = await _told(h, amount)

    return prepare


def put_aside(prepare: Work) -> Work:
    """The line was put aside before."""

    async def both(h: Hands) -> None:
        await prepare(h)
        await done("suspend")(h)

    return both


async def _undone(h: Hands) -> None:
    """Money came and went again."""
    await _officers(h)
    h.state["target"] = await _told(h, 900)
    h.state["about"] = await _told(h, -900)


async def _somebodys(h: Hands) -> None:
    await strange(700)(h)
    h.state["target"] = (await h.ask("accounts", type="custom"))["id"]


async def _lost_reference(h: Hands) -> None:
    """The bank has paid a payout and names it by nothing; its file was never answered for."""
    await _officers(h)
    await paid_out()(h)
    h.later(h.clock.now() + A_DAY)
    await _bank(h, down=True)
    await batches.send_due(h.payments)
    await _bank(h, down=False)
    h.state["about"] = await _told(h, -4_000)
    await _bank(h, down=True)
    h.state["target"] = h.state["po"]


async def _bank(h: Hands, *, down: bool) -> None:
    await h.payments.pool.execute("UPDATE simulator.bank_conduct SET down = $1", down)


def kept_otherwise(of: str) -> Work:
    """A network kept more than its payments say, for itself and for the issuers."""

    async def prepare(h: Hands) -> None:
        await _officers(h)
        await h.payments.pool.execute(
            "UPDATE simulator.bank_conduct SET scheme_bps = 20, interchange_bps = 60"
        )
        await paid(**{**AT_ONCE, "payment_method": "pm_card_ma"})(h)
        h.later(h.clock.now() + A_DAY)
        await bank.receive(h.payments)
        h.state["about"] = (await h.row("SELECT id FROM network_settlements"))[0]
        h.state["target"] = of

    return prepare


async def _frozen(h: Hands) -> None:
    """A payout that waits, because something about its owner has to be looked at."""
    await _officers(h)
    await paid_out()(h)
    owner = await store.first(h.payments.pool, Account, "kind = 'platform'")
    assert owner is not None
    await find(h.payments, "not_settled", about="x", detail="y", account_id=owner.id, freezes=True)
    finding = await store.first(h.payments.pool, Finding, "freezes")
    assert finding is not None
    h.state["about"] = finding.id


def done(*kinds: str) -> Work:
    """Each deed is proposed by one officer and, where that takes two, approved by the other."""

    TRIED.update(kinds)

    async def act(h: Hands) -> None:
        for kind in kinds:
            await _by_two(h, kind, target=h.state["target"] if kind in AIMED else None)

    return act


async def _by_two(h: Hands, kind: str, *, target: str | None) -> None:
    about = h.state["about"]
    first, second = [await officer(h.payments, name) for name in (NAIMA, YOUSSEF)]
    said = await desk.history(h.payments, about)
    deed = next((one for one in said if (one.kind, one.target) == (kind, target)), None)
    if deed is None:
        deed = await desk.propose(
            h.payments, kind, about, by=first, note="asked the bank", target=target
        )
    if deed.status == "proposed":
        await desk.approve(h.payments, deed.id, by=second)


async def _large(h: Hands) -> None:
    """A payout that takes two officers, and their keys."""
    await with_bank()(h)
    await h.ask("payment_intents", **{**AT_ONCE, "amount": LARGE})
    h.state["po"] = (await h.ask("payouts", amount=LARGE, currency="mad"))["id"]
    for place, name in (("first", NAIMA), ("second", YOUSSEF)):
        h.state[place], _ = await with_key(h.payments, name)


async def _approved(h: Hands) -> None:
    for place in ("first", "second"):
        await h.ask(f"payouts/{h.state['po']}/approve", by=h.state[place])


async def _once_approved(h: Hands) -> None:
    await _large(h)
    await h.ask(f"payouts/{h.state['po']}/approve", by=h.state["first"])


async def _shop(h: Hands) -> None:
    """A connected account with money, and a place where it would be paid out to."""
    h.state["seller"] = (await h.ask("accounts", type="custom"))["id"]
    await h.ask("payment_intents", of=h.state["seller"], **AT_ONCE)


async def _key_ended(h: Hands) -> None:
    """At the terminal, as the owner of the books: the service can't end an officer's key."""
    config = replace(h.payments.config, database_url=owners(h.payments.config.database_url))
    async with opened(config, clock=h.clock, pool_size=2) as payments:
        await end_key(payments, NAIMA)


BY_HAND = {
    "line put aside": Path(strange(700), done("suspend"), A_DAY),
    "line given to its owner": Path(_somebodys, done("give"), A_DAY),
    "line given after it was put aside": Path(put_aside(_somebodys), done("give"), A_DAY),
    "line borne by the house": Path(strange(-1_200), done("bear"), A_DAY),
    "lines that undo each other": Path(_undone, done("offset"), 2 * A_DAY),
    # The bank stays away: what it would say of the file is what the line says before.
    "line matched by hand": Path(
        put_aside(_lost_reference), done("match"), 2 * A_DAY, waits=frozenset({"payout_batches"})
    ),
    "scheme's difference accepted": Path(kept_otherwise("scheme"), done("accept"), A_DAY),
    "interchange's difference accepted": Path(kept_otherwise("interchange"), done("accept"), A_DAY),
    "finding taken and closed": Path(_frozen, done("take", "close")),
    "large payout approved": Path(_large, _approved),
    "officer's key ended": Path(_once_approved, _key_ended),
    "account rejected": Path(_shop, asking("accounts/{seller}/reject", reason="fraud")),
}
