"""The T-accounts of docs/money.md are what the recipes post: the same accounts, sides and sums."""

import inspect
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from maalem.cli.pages import money
from maalem.payments.ledger import recipes
from maalem.payments.ledger.recipes import Chain, Share, Taken

OWNER, SELLER = "acct_platform", "acct_fadma"
Sums = Counter[tuple[str, str, str]]
# Figures that no sum of others equals, so that none can stand for another.
FIGURES: dict[str, Any] = {
    "amount": 10_000,
    "back_from": SELLER,
    "bucket": "pending",
    "by": "card",
    "currency": "mad",
    "fee": 181,
    "held_by": "ch_1",
    "interchange": 67,
    "net": 7_003,
    "of": "interchange",
    "owes": 555,
    "owner": OWNER,
    "paid_by": SELLER,
    "payer_bucket": "available",
    "rest": 2_011,
    "scheme": 29,
    "shares": [Share(OWNER, "pending", 127), Share(SELLER, "available", 877)],
    "source": "src_1",
    "timeout_s": 60,
    "to": SELLER,
    "to_bucket": "available",
}
# What is otherwise for one recipe, by its name.
OTHERWISE: dict[str, dict[str, Any]] = {
    "dispute_withdrawn": {"amount": Taken(1_000, 300, 37), "fee": Taken(0, 11, 52)},
    "raise_hold": {"amount": 15_000},
}
HELD = recipes.hold(
    "ch_1", owner=OWNER, by="card", amount=12_011, currency="mad", bucket="pending", timeout_s=60
)
# What is said in words, by the recipe: the figure that it is of these.
SAID: dict[str, dict[str, int]] = {
    "dispute_withdrawn": {
        "amount + fee, if there": 1_000,
        "then from here": 311,
        "what is missing": 89,
        "amount": 1_337,
        "fee": 63,
    },
    "dispute_reinstated": {"what is settled": 555},
    "raise_hold": {"what was held": 12_011},
    "release": {"amount": 12_011},
    "shared_freed": {"sum of them": 1_185},
    "shared_reserve": {"sum of them": 1_185},
}
# A figure that may be below zero turns its lines round.
TURNED: dict[str, dict[str, int]] = {
    "availability": {"net": -7_003},
    "borne": {"amount": -10_000},
    "difference_accepted": {"amount": -10_000},
    "explained": {"amount": -10_000},
    "network_settled": {"net": -7_003, "interchange": -67},
    "suspended": {"amount": -10_000},
}
RECIPES = [each for module in money.chapters() for each in money.recipes_of(module)]
CASES = [(each, {}) for each in RECIPES] + [
    (each, TURNED[each.__name__]) for each in RECIPES if each.__name__ in TURNED
]


def asked(recipe: Callable[..., Chain], **turned: int) -> dict[str, Any]:
    """The figures that the recipe wants."""
    given = FIGURES | OTHERWISE.get(recipe.__name__, {}) | turned
    return {name: given[name] for name in inspect.signature(recipe).parameters}


def promised(recipe: Callable[..., Chain], figures: dict[str, Any]) -> Chain:
    """What was held before, where the recipe speaks of something that is."""
    before = {
        "refund": recipes.refund_reserve,
        "refund_failed": recipes.refund_reserve,
        "shared_freed": recipes.shared_reserve,
    }.get(recipe.__name__)
    return before(**figures) if before else HELD


def posted(chain: Chain, before: Chain) -> Sums:
    """The sums of a chain by (account, side, column). A hold that is given up counts below zero;
    one that becomes final is told by what was final."""
    names = {each.id: f"{each.owner} {each.kind}" for each in chain.accounts}
    held = {each.id: each.amount for each in before.transfers}
    sums: Sums = Counter()
    for each in chain.transfers:
        amount = each.amount
        if each.kind == "void":
            assert each.pending_id is not None
            amount = -held[each.pending_id]
        final = each.kind in ("posted", "post")
        for side, account in (("debit", each.debit_account), ("credit", each.credit_account)):
            sums[names[account], side, "final" if final else "pending"] += amount
    return Counter({key: amount for key, amount in sums.items() if amount})


def written(recipe: Callable[..., Chain], figures: dict[str, Any]) -> Sums:
    """The sums that the recipe's table says."""
    head, _, *rows = ([cell.strip() for cell in row.split("|")[1:-1]] for row in table(recipe))
    column = "pending" if head[1].endswith("pending") else "final"
    assert [word.split()[0] for word in head] == ["account", "debit", "credit"]
    sums: Sums = Counter()
    for label, *cells in rows:
        for account, own in accounts(label, figures):
            for side, cell in zip(("debit", "credit"), cells, strict=True):
                now, _, later = cell.partition("(held:")
                sums[account, side, column] += figure(now, recipe, own)
                sums[account, side, "pending"] += figure(later.rstrip(") "), recipe, own)
    return Counter({key: amount for key, amount in sums.items() if amount})


def table(recipe: Callable[..., Chain]) -> list[str]:
    """The recipe's table as it stands on the page."""
    page = money.PAGE.read_text(encoding="utf-8")
    begins = page.partition(f"**`{recipe.__name__}`** ")[2]
    return re.findall(r"^\|.*\|$", re.split(r"\n(?:\*\*`|### |<!--)", begins)[0], re.M)


def accounts(label: str, figures: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The accounts that a row is about, each with the figures that it means."""
    whose, _, kind = label.partition("'s ")
    if whose == "each share":
        shares = figures["shares"]
        return [(f"{each.owner} {each.bucket}", {"amount": each.amount}) for each in shares]
    if kind:
        kind = kind.strip("`")
        owner = SELLER if whose == "seller" else OWNER
        return [(f"{owner} {figures.get(kind, kind)}", figures)]
    kind = label.replace("`of`", str(figures.get("of")))
    return [(f"house {'rail_card' if kind == 'rail' else kind}", figures)]


def figure(cell: str, recipe: Callable[..., Chain], figures: dict[str, Any]) -> int:
    """The sum in a cell: its words are figures, with plus and minus between them."""
    words = {**figures, **SAID.get(recipe.__name__, {})}
    text = cell.replace("−", "-").replace(", +", " +")
    for word in sorted(words, key=len, reverse=True):
        if isinstance(words[word], int):
            text = re.sub(rf"\b{re.escape(word)}(?!\w)", str(words[word]), text)
    assert re.fullmatch(r"[\d\s()+-]*", text), cell
    signed = re.findall(r"([+-]*)(\d+)", re.sub(r"[\s()]", "", opened(text)))
    return sum(-int(digits) if sign.count("-") % 2 else int(digits) for sign, digits in signed)


def opened(text: str) -> str:
    """Without brackets: a minus before them turns each sign in them round."""
    turned = str.maketrans("+-", "-+")
    return re.sub(
        r"-\(\s*([^)]*)\)", lambda found: "-" + found[1].translate(turned), text.replace(" ", "")
    )


def net(sums: Sums) -> dict[tuple[str, str], int]:
    """Credits less debits."""
    left: Counter[tuple[str, str]] = Counter()
    for (account, side, column), amount in sums.items():
        left[account, column] += amount if side == "credit" else -amount
    return {key: amount for key, amount in left.items() if amount}


@pytest.mark.parametrize(
    ("recipe", "turned"), CASES, ids=[f"{each.__name__}{'-' * bool(turn)}" for each, turn in CASES]
)
def test_a_recipe_posts_what_its_table_says(recipe: Callable[..., Chain], turned: dict[str, int]):
    figures = asked(recipe, **turned)
    chain = posted(recipe(**figures), promised(recipe, figures))
    assert chain
    if turned:
        assert net(written(recipe, figures)) == net(chain)
    else:
        assert written(recipe, figures) == chain


# The recipe behind each arrow of the table of payouts, and each line of the bank.
PAYOUTS = {
    "made, by her or by her schedule": recipes.payout,
    "canceled before it was sent": recipes.payout_canceled,
    "refused by the bank (pain.002)": recipes.payout_failed,
    "paid (camt.053)": recipes.payout_paid,
    "given back by her bank, also days after": recipes.payout_returned,
}
LINES = {
    "a payout goes out": recipes.payout_paid,
    "it comes back, days later, with a reason (AC04)": recipes.payout_returned,
    "a network pays a day, less what it keeps": recipes.network_settled,
    "nobody can explain it": recipes.suspended,
}


def test_the_arrows_of_the_payouts_are_the_recipes():
    rows = _rows("## Payouts", "| what happens | booked |")
    assert {row[0] for row in rows} == set(PAYOUTS)
    for what, booked, _ in rows:
        debit, credit = booked.split(" → ")
        assert _sides(PAYOUTS[what]) == ({debit}, {credit}), what


def test_the_lines_of_the_bank_are_the_recipes():
    rows = _rows("## To the bank and back", "| line of the bank |")
    assert {row[0] for row in rows} == set(LINES)
    for what, debit, credit in rows:
        said = credit.replace("owner, ", "").replace("rail_card or rail_wallet", "rail_card")
        assert _sides(LINES[what]) == (set(debit.split(", ")), {said}), what


def _rows(chapter: str, begins: str) -> list[list[str]]:
    page = money.PAGE.read_text(encoding="utf-8").partition(f"{chapter}\n")[2]
    lines = page.partition(begins)[2].partition("\n\n")[0].split("\n")[2:]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def _sides(recipe: Callable[..., Chain]) -> tuple[set[str], set[str]]:
    sums = posted(recipe(**asked(recipe)), HELD)
    debit, credit = (
        {account.split()[1] for account, side, _ in sums if side == wanted}
        for wanted in ("debit", "credit")
    )
    return debit, credit
