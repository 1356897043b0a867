"""`maalem`: everything an operator types."""

import argparse
import asyncio
import sys
from collections.abc import Callable


def main(argv: list[str] | None = None) -> None:
    """Read the words after `maalem`, do them, and leave with the verb's exit status."""
    parser = argparse.ArgumentParser(prog="maalem", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    for name, (does, about, options) in VERBS.items():
        verb = verbs.add_parser(name, help=about, description=about)
        verb.set_defaults(does=does)
        for flag, keywords in options:
            verb.add_argument(flag, **keywords)  # type: ignore[arg-type]
    words = parser.parse_args(argv)
    sys.exit(words.does(words))


def _up(words: argparse.Namespace) -> int:
    from maalem.cli.up import up

    return up(demo=not words.empty)


def _prepare(_words: argparse.Namespace) -> int:
    from maalem.cli.prepare import prepare

    prepare()
    return 0


def _demo(_words: argparse.Namespace) -> int:
    from maalem.cli.prepare import load_demo

    load_demo()
    return 0


def _doctor(words: argparse.Namespace) -> int:
    from maalem.cli.doctor import doctor

    return doctor(browser=words.browser)


def _verify(words: argparse.Namespace) -> int:
    from maalem.cli.verify import verify

    return verify(published=words.seal)


def _balance(words: argparse.Namespace) -> int:
    from maalem.cli.balance import balance

    return balance(words.owner, at=words.at)


def _clearing(_words: argparse.Namespace) -> int:
    from maalem.cli.bank import clearing

    return clearing()


def _safeguarding(words: argparse.Namespace) -> int:
    from maalem.cli.bank import safeguarding

    return safeguarding(day=words.date, save=words.save, language=words.language, live=words.live)


def _bank(words: argparse.Namespace) -> int:
    from maalem.cli import bank, desk

    if words.deed == "list":
        return bank.bank()
    return desk.history(words) if words.deed == "history" else desk.deed(words)


def _findings(words: argparse.Namespace) -> int:
    from maalem.cli import desk

    return desk.findings(words) if words.deed == "list" else desk.deed(words)


def _officers(words: argparse.Namespace) -> int:
    from maalem.cli import officers

    return officers.officers(words)


def _reserves(words: argparse.Namespace) -> int:
    from maalem.cli import reserves

    return reserves.reserves(words)


def _rates(words: argparse.Namespace) -> int:
    from maalem.cli import rates

    return rates.rates(words)


def _ended(words: argparse.Namespace) -> int:
    from maalem.cli import desk

    return desk.end(words)


def _disputes(words: argparse.Namespace) -> int:
    from maalem.cli import desk

    return desk.disputes(words)


def _parked(words: argparse.Namespace) -> int:
    from maalem.cli import desk

    return desk.parked(words)


def _morning(_words: argparse.Namespace) -> int:
    from maalem.cli.morning import morning

    return morning()


def _fees(words: argparse.Namespace) -> int:
    from maalem.cli import fees

    if words.deed == "list":
        return fees.show(day=words.on)
    return fees.announce(vars(words)) if words.deed == "announce" else fees.end(vars(words))


def _story(words: argparse.Namespace) -> int:
    from maalem.cli.story import story

    return story(words.word, as_json=words.json)


def _seal(_words: argparse.Namespace) -> int:
    from maalem.cli.verify import print_seal

    return print_seal()


def _texts(_words: argparse.Namespace) -> int:
    from maalem.cli.texts import compile_texts

    print(f"{compile_texts()} translations compiled")
    return 0


def _pages(_words: argparse.Namespace) -> int:
    from maalem.cli import pages

    print("\n".join(pages.write()) or "every page is as the code says")
    return 0


def _link(_words: argparse.Namespace) -> int:
    from maalem.cli.link import link

    return link()


def _databases(words: argparse.Namespace) -> int:
    from maalem.cli.databases import lend

    return lend(words.dsn, live=words.live)


def _migrate(words: argparse.Namespace) -> int:
    from maalem.cli.prepare import books
    from maalem.payments import db

    for dsn in [words.dsn] if words.dsn else books():
        asyncio.run(db.migrate(dsn))
    return 0


Option = tuple[str, dict[str, object]]
Verb = tuple[Callable[[argparse.Namespace], int], str, list[Option]]

_KEY: Option = ("--key", {"default": "", "help": "the file with the officer's own key"})
_SECOND: list[Option] = [
    _KEY,
    ("--live", {"action": "store_true", "help": "in the live books"}),
]
_OFFICER: list[Option] = [
    _KEY,
    ("--note", {"default": "", "help": "why; it is kept for ever"}),
    _SECOND[1],
]
_AT_THE_BANK = ["list", "match", "suspend", "give", "bear", "offset", "accept", "history"]

VERBS: dict[str, Verb] = {
    "up": (
        _up,
        "start everything and stay until Ctrl-C",
        [("--empty", {"action": "store_true", "help": "without the demo's data"})],
    ),
    "doctor": (
        _doctor,
        "say what is wrong with this machine",
        [("--browser", {"action": "store_true", "help": "also what the tests need"})],
    ),
    "verify": (
        _verify,
        "recompute the books from primary rows",
        [("--seal", {"default": "", "help": "NUMBER:HASH or live@NUMBER:HASH, noted earlier"})],
    ),
    "seal": (_seal, "print the newest seal of the books, to be noted elsewhere", []),
    "story": (
        _story,
        "all that happened to a payment, in order",
        [
            ("word", {"help": "a receipt number, an object's id, or the shop's order number"}),
            ("--json", {"action": "store_true", "help": "for a program"}),
        ],
    ),
    "balance": (
        _balance,
        "what an account's owner has, or had at any moment",
        [
            ("owner", {"help": "an account's id, such as acct_…, or house"}),
            ("--at", {"default": "", "help": "2026-03-02, or 2026-03-02T09:00:00+01:00; else now"}),
        ],
    ),
    "clearing": (_clearing, "what stands on each clearing account, and why", []),
    "safeguarding": (
        _safeguarding,
        "the proof that clients' money is there",
        [
            ("--date", {"default": "", "help": "2026-03-02; else the newest"}),
            ("--save", {"default": "", "help": "write it to this .pdf or .csv instead"}),
            ("--language", {"choices": ["fr", "ar", "en"], "default": "fr", "help": "of a PDF"}),
            ("--live", {"action": "store_true", "help": "save it of the live books"}),
        ],
    ),
    "morning": (_morning, "what waits for a person today, and what to type about it", []),
    "findings": (
        _findings,
        "what was found for a person: list, take, close",
        [
            ("deed", {"nargs": "?", "choices": ["list", "take", "close"], "default": "list"}),
            ("about", {"nargs": "?", "help": "the finding"}),
            *_OFFICER,
        ],
    ),
    "bank": (
        _bank,
        "what the bank's side has for a person; match, suspend, give, bear or offset a line",
        [
            ("deed", {"nargs": "?", "choices": _AT_THE_BANK, "default": "list"}),
            ("about", {"nargs": "?", "help": "the line; accept: a network's day"}),
            ("target", {"nargs": "?", "help": "the payout, day, account or other line"}),
            *_OFFICER,
        ],
    ),
    "officers": (
        _officers,
        "whose yes counts, and their keys: list, add, revoke",
        [
            ("deed", {"nargs": "?", "choices": ["list", "add", "revoke"], "default": "list"}),
            ("name", {"nargs": "?", "default": "", "help": "the officer's name"}),
            ("--to", {"default": "", "help": "add: a new file for her key; else it is printed"}),
            _SECOND[1],
        ],
    ),
    "approve": (
        _ended,
        "say yes to what another officer proposed, or to a large payout",
        [("id", {}), *_SECOND],
    ),
    "withdraw": (_ended, "take back what was proposed", [("id", {}), *_SECOND]),
    "disputes": (
        _disputes,
        "what the network told of disputes and waits for something: list, retry",
        [
            ("deed", {"nargs": "?", "choices": ["list", "retry"], "default": "list"}),
            ("--live", {"action": "store_true", "help": "in the live books"}),
        ],
    ),
    "parked": (
        _parked,
        "work that failed each time and was set aside: list, retry",
        [
            ("deed", {"nargs": "?", "choices": ["list", "retry"], "default": "list"}),
            ("item", {"nargs": "?", "help": "retry: only this; else all of it"}),
            ("--live", {"action": "store_true", "help": "in the live books"}),
        ],
    ),
    "fees": (
        _fees,
        "what payments cost and earn, day by day: list, announce, end",
        [
            ("deed", {"nargs": "?", "choices": ["list", "announce", "end"], "default": "list"}),
            ("--on", {"default": "", "help": "list: as they are that day; else all of them"}),
            ("--id", {"default": "", "help": "the rate's name; end: which one"}),
            ("--line", {"choices": ["service", "dispute", "interchange", "scheme"]}),
            ("--plan", {"help": "whose price: a plan's; standard is everybody's"}),
            ("--rail", {"choices": ["card", "wallet"]}),
            ("--origin", {"choices": ["domestic", "foreign"]}),
            ("--funding", {"choices": ["debit", "credit", "prepaid"]}),
            ("--merchant-kind", {}),
            ("--currency", {}),
            ("--bps", {"type": int, "default": 0, "help": "share in hundredths of a percent"}),
            ("--fixed", {"type": int, "default": 0, "help": "minor units of --currency"}),
            ("--cap", {"type": int, "help": "at most so much, in minor units"}),
            ("--on-refund", {"choices": ["kept", "returned"], "default": "kept"}),
            ("--from", {"dest": "first", "help": "the first day, 2026-03-02"}),
            ("--until", {"help": "the first day on which it is over"}),
            ("--source", {"default": "", "help": "the contract, circular or decision behind it"}),
            ("--live", {"action": "store_true", "help": "in the live books"}),
        ],
    ),
    "reserves": (
        _reserves,
        "the rules by which money may be kept back: list, publish, withdraw",
        [
            ("deed", {"nargs": "?", "choices": ["list", "publish", "withdraw"], "default": "list"}),
            ("rule", {"nargs": "?", "default": "", "help": "the rule's name"}),
            ("--reason", {"default": "", "help": "publish: what whoever it is about reads"}),
            ("--measure", {"default": "", "help": "disputed_share_bps, delivery_days, …"}),
            ("--more-than", {"type": int, "help": "above which the rule applies"}),
            ("--window", {"type": int, "help": "of a share: over how many days"}),
            ("--bps", {"type": int, "default": 0, "help": "share kept back, 100 are 1 %%"}),
            ("--days", {"type": int, "default": 0, "help": "how long it is kept back"}),
            ("--from", {"dest": "first", "default": "", "help": "its first day; else today"}),
            ("--until", {"default": "", "help": "the first day on which it is over"}),
            *_OFFICER,
        ],
    ),
    "rates": (
        _rates,
        "the exchange rates that prices are shown by: list, import",
        [
            ("deed", {"nargs": "?", "choices": ["list", "import"], "default": "list"}),
            ("file", {"nargs": "?", "default": "", "help": "import: CSV with date, currency, mad"}),
            ("--source", {"default": "", "help": "import: who published them; pages name it"}),
            ("--by", {"default": "", "help": "import: who takes them in; else who is logged in"}),
            ("--examples", {"action": "store_true", "help": "invented ones: pages say so"}),
        ],
    ),
    "demo": (_demo, "load the demo into a running installation", []),
    "prepare": (_prepare, "migrate, compile texts, collect static files", []),
    "databases": (
        _databases,
        "make the databases and roles on your own PostgreSQL, with new passwords",
        [
            (
                "dsn",
                {"help": "a superuser's URL, such as postgresql://postgres:word@db.lan/postgres"},
            ),
            ("--live", {"action": "store_true", "help": "with the live mode's database"}),
        ],
    ),
    "migrate": (
        _migrate,
        "bring the payments databases to this version",
        [("--dsn", {"help": "the owner's URL; else MAALEM_PAYMENTS_ADMIN_DATABASE_URL"})],
    ),
    "texts": (_texts, "compile the translations", []),
    "pages": (_pages, "make the pages of docs/ that follow from the code", []),
    "link": (_link, "put the maalem command into this environment", []),
}


if __name__ == "__main__":
    main()
