"""One list of rules, two ways to post: a chain alone, and chains in bulk. They say the same."""

import asyncio
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import asyncpg
import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maalem.payments import db
from maalem.payments.ledger import bulk
from maalem.payments.ledger.records import LedgerTransfer
from maalem.payments.ledger.tests.book import Book

pytestmark = pytest.mark.xdist_group("ledger")
Leg = dict[str, Any]


class BulkBook(Book):
    """A book whose chains go by the bulk path."""

    def post(self, *legs: Leg) -> None:
        words = self.many(list(legs))
        refused = [word for word in words if word not in ("created", "exists")]
        if refused:
            raise Refused(next(word for word in refused if word != "linked_event_failed"))

    def refused(self, *legs: Leg) -> str:
        with pytest.raises(Refused) as problem:
            self.post(*legs)
        return str(problem.value)

    def many(self, *chains: list[Leg]) -> list[str]:
        """The word for each transfer."""
        legs = [leg for chain in chains for leg in chain]
        numbers = [number for number, chain in enumerate(chains) for _ in chain]
        row = self.connection.execute(
            "SELECT ledger.post_many((SELECT array_agg(t) FROM"
            " jsonb_populate_recordset(NULL::ledger.transfers, %s) t), %s)",
            [json.dumps(legs), numbers],
        ).fetchone()
        assert row is not None
        return row[0]


class Refused(Exception):
    """The word of the first transfer that was refused by itself."""


@pytest.fixture(params=[Book, BulkBook], ids=["alone", "in bulk"])
def book(payments_dsn: Any, request: pytest.FixtureRequest) -> Iterator[Book]:
    with psycopg.connect(payments_dsn.app, autocommit=True) as connection:
        yield request.param(connection)


@pytest.fixture
def many(payments_dsn: Any) -> Iterator[BulkBook]:
    with psycopg.connect(payments_dsn.app, autocommit=True) as connection:
        yield BulkBook(connection)


class Rule(NamedTuple):
    """After `before`, `then` is refused by `word`."""

    word: str
    then: Callable[[Book, list[Leg]], Leg]
    before: Callable[[Book], list[Leg]] = lambda book: []


def hold(book: Book, **fields: Any) -> Leg:
    return book.leg(book.till, book.merchant, 300, kind="pending", **fields)


def plain(book: Book, **fields: Any) -> Leg:
    return {**book.leg(book.till, book.merchant, 500), **fields}


def resolve(book: Book, held: Leg, kind: str = "post", **fields: Any) -> Leg:
    amount = 300 if kind == "post" else 0
    leg = book.leg(book.till, book.merchant, amount, kind=kind, pending_id=held["id"])
    return {**leg, **fields}


def resolved(kind: str) -> Callable[[Book], list[Leg]]:
    def both(book: Book) -> list[Leg]:
        held = hold(book)
        return [held, resolve(book, held, kind)]

    return both


RULES = [
    *(
        Rule(
            f"exists_with_different_{field}",
            lambda book, before, change=change: {**before[0], **change(book)},
            lambda book: [plain(book)],
        )
        for field, change in {
            "kind": lambda book: {"kind": "pending"},
            "debit_account": lambda book: {"debit_account": book.other},
            "credit_account": lambda book: {"credit_account": book.other},
            "amount": lambda book: {"amount": 501},
            "currency": lambda book: {"currency": "eur"},
            "timeout": lambda book: {"timeout_s": 5},
            "code": lambda book: {"code": "other"},
            "source": lambda book: {"source": "test_2"},
        }.items()
    ),
    Rule(
        "exists_with_different_pending_id",
        lambda book, before: {**before[1], "pending_id": str(uuid.uuid4())},
        resolved("post"),
    ),
    Rule("account_not_found", lambda book, before: plain(book, credit_account=str(uuid.uuid4()))),
    Rule("account_not_found", lambda book, before: plain(book, debit_account=str(uuid.uuid4()))),
    Rule("accounts_differ", lambda book, before: plain(book, credit_account=book.till)),
    Rule("amount_positive", lambda book, before: plain(book, amount=0)),
    Rule("amount_positive", lambda book, before: plain(book, amount=-1)),
    Rule("resolves_something", lambda book, before: plain(book, kind="post")),
    Rule("transfers_code_check", lambda book, before: plain(book, code="A-1")),
    Rule("transfers_timeout_s_check", lambda book, before: plain(book, timeout_s=-1)),
    Rule("debit_account_currency", lambda book, before: plain(book, currency="eur")),
    Rule("exceeds_credits", lambda book, before: book.leg(book.merchant, book.other, 1)),
    Rule(
        "exceeds_credits",
        lambda book, before: book.leg(book.merchant, book.other, 501),
        lambda book: [plain(book)],
    ),
    Rule(
        "exceeds_credits",
        lambda book, before: book.leg(book.merchant, book.other, 1),
        lambda book: [
            plain(book),
            book.leg(book.merchant, book.other, 500, kind="pending"),
        ],
    ),
    Rule(
        "pending_transfer_not_found",
        lambda book, before: resolve(book, {"id": str(uuid.uuid4())}),
    ),
    Rule(
        "pending_transfer_not_pending",
        lambda book, before: resolve(book, before[0]),
        lambda book: [plain(book)],
    ),
    Rule(
        "pending_transfer_has_different_accounts",
        lambda book, before: resolve(book, before[0], credit_account=book.other),
        lambda book: [hold(book)],
    ),
    Rule(
        "pending_transfer_has_different_currency",
        lambda book, before: resolve(book, before[0], currency="eur"),
        lambda book: [hold(book)],
    ),
    Rule(
        "exceeds_pending_transfer_amount",
        lambda book, before: resolve(book, before[0], amount=301),
        lambda book: [hold(book)],
    ),
    *(
        Rule(word, lambda book, before: resolve(book, before[0]), resolved(kind))
        for kind, word in {
            "post": "pending_transfer_already_posted",
            "void": "pending_transfer_already_voided",
            "expire": "pending_transfer_expired",
        }.items()
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.word)
def test_both_ways_refuse_by_the_same_word(book, rule):
    before = rule.before(book)
    for leg in before:
        book.post(leg)
    counters = book.counters(book.merchant)
    assert book.refused(rule.then(book, before)) == rule.word
    assert book.counters(book.merchant) == counters


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.word)
def test_in_one_batch_it_is_as_one_after_the_other(many, rule):
    """What makes the transfer wrong is in the same batch, and a neighbour goes through."""
    before = rule.before(many)
    bystander = many.leg(many.till, many.other, 7)
    words = many.many(*([leg] for leg in before), [rule.then(many, before)], [bystander])
    assert words == [*("created" for _ in before), rule.word, "created"]
    assert many.counters(many.other)[1] == 7


def test_the_list_of_words_is_closed(payments_dsn):
    """Each word that the ledger's functions and constraints can say is in `Word`, and no other."""
    with psycopg.connect(payments_dsn.admin) as connection:
        rows = connection.execute(
            "SELECT prosrc FROM pg_proc WHERE pronamespace = 'ledger'::regnamespace AND proname IN"
            " ('difference', 'fault', 'decide_many', 'check_resolution', 'lock_accounts')"
        ).fetchall()
    said = {
        word for (source,) in rows for word in re.findall(r"'([a-z_]{9,})'", source) if "_" in word
    }
    assert said == set(bulk.Word)


def test_linked_transfers_stand_or_fall_together(many):
    first, bad, last = (
        many.leg(many.till, many.merchant, 100),
        many.leg(many.merchant, many.other, 102),
        many.leg(many.till, many.merchant, 0),
    )
    before, after = (many.leg(many.till, many.merchant, amount) for amount in (1, 2))
    assert many.many([before], [first, bad], [after]) == [
        *("created", "linked_event_failed", "exceeds_credits", "created")
    ]
    assert many.many([first, last]) == ["linked_event_failed", "amount_positive"]
    assert many.counters(many.merchant) == (0, 3, 0, 0)
    assert many.many([first, {**bad, "amount": 100}]) == ["created", "created"]
    assert many.counters(many.merchant) == (100, 103, 0, 0)


def test_what_a_refused_chain_did_is_undone_for_those_after_it(many):
    held = hold(many)
    many.post(held)
    many.post(plain(many))
    spend = many.leg(many.merchant, many.other, 500)
    too_much = many.leg(many.merchant, many.other, 10_000)
    assert many.many([resolve(many, held), spend, too_much], [resolve(many, held)], [spend]) == [
        *("linked_event_failed", "linked_event_failed", "exceeds_credits", "created", "created")
    ]
    assert many.counters(many.merchant) == (500, 800, 0, 0)


def test_the_same_twice_in_a_batch_is_posted_once(many):
    leg = plain(many)
    assert many.many([leg], [leg], [{**leg, "amount": 1}]) == [
        *("created", "exists", "exists_with_different_amount")
    ]
    assert many.many([leg]) == ["exists"]
    assert many.counters(many.merchant) == (0, 500, 0, 0)


def test_a_chain_that_has_the_same_twice_is_refused(many):
    leg = plain(many)
    refused = ["linked_event_failed", "transfers_pkey"]
    assert many.many([leg, leg], [plain(many)]) == [*refused, "created"]
    assert many.many([leg]) == ["created"]
    # What was posted before is no second one.
    assert many.many([leg, leg]) == ["exists", "exists"]


AMOUNTS = st.integers(1, 60)
MOVES = st.tuples(
    st.sampled_from(["sale", "spend", "hold", "post", "void", "again"]), AMOUNTS, st.integers(0, 9)
)


def legs_of(book: Book, moves: list[tuple[str, int, int]]) -> list[Leg]:
    """Transfers, some of which can't be."""
    made: list[Leg] = []
    for kind, amount, which in moves:
        sides = (book.till, book.merchant) if kind == "sale" else (book.merchant, book.other)
        if kind in ("sale", "spend", "hold"):
            made.append(book.leg(*sides, amount, kind="pending" if kind == "hold" else "posted"))
        elif made and kind == "again":
            made.append({**made[which % len(made)], "amount": amount})
        elif made:
            at = made[which % len(made)]
            given = amount if kind == "post" else 0
            made.append(book.leg(*sides, given, kind=kind, pending_id=at["id"]))
    return made


@settings(max_examples=60)
@example(moves=[("sale", 1, 0), ("again", 1, 0)], links=[True] * 14)
@given(moves=st.lists(MOVES, min_size=1, max_size=14), links=st.lists(st.booleans(), min_size=14))
def test_a_batch_ends_as_the_same_chains_posted_one_by_one(payments_dsn, moves, links):
    """P22: whatever is in it, a batch's outcomes and counters are those of the single path."""
    with psycopg.connect(payments_dsn.app, autocommit=True) as connection:
        alone, bulky = Book(connection), BulkBook(connection)
        legs = legs_of(alone, moves)
        chains: list[list[int]] = []
        for number, linked in zip(range(len(legs)), links, strict=False):
            if linked and chains and legs[number]["kind"] == "posted":
                chains[-1].append(number)
            else:
                chains.append([number])
        expected = []
        for chain in chains:
            try:
                with connection.transaction():
                    alone.post(*(legs[number] for number in chain))
                expected.append(True)
            except psycopg.Error:
                expected.append(False)
        names = {alone.till: bulky.till, alone.merchant: bulky.merchant, alone.other: bulky.other}
        ids = {leg["id"]: str(uuid.uuid4()) for leg in legs}
        theirs = [
            {
                **leg,
                "id": ids[leg["id"]],
                "debit_account": names[leg["debit_account"]],
                "credit_account": names[leg["credit_account"]],
                "pending_id": ids.get(leg.get("pending_id", "")),
            }
            for leg in legs
        ]
        words = bulky.many(*([theirs[number] for number in chain] for chain in chains))
        found = [
            all(words[number] in ("created", "exists") for number in chain) for chain in chains
        ]
        assert found == expected, words
        for mine, other in names.items():
            assert alone.counters(mine) == bulky.counters(other)


def test_callers_share_a_commit_and_each_hears_its_own(payments_dsn):
    with psycopg.connect(payments_dsn.app, autocommit=True) as connection:
        book = Book(connection)

    def transfer(amount: int, debit: str, credit: str) -> LedgerTransfer:
        return LedgerTransfer(
            id=uuid.uuid4(),
            debit_account=uuid.UUID(debit),
            credit_account=uuid.UUID(credit),
            amount=amount,
            currency="mad",
            code="test",
            source="bulk_1",
        )

    async def story() -> list[Any]:
        pool = await db.connect(payments_dsn.app, size=2)
        poster = bulk.Poster(pool)
        one = transfer(5, book.till, book.merchant)
        done = await asyncio.gather(
            poster.post(one),
            *(poster.post(transfer(5, book.till, book.merchant)) for _ in range(50)),
            poster.post(transfer(10_000, book.merchant, book.other)),
            return_exceptions=True,
        )
        done.append(await poster.post(one))
        await pool.close()
        return done

    done = asyncio.run(story())
    assert done[:51] == [bulk.Done.CREATED] * 51
    assert isinstance(done[51], bulk.TransferRefused)
    assert done[51].word == bulk.Word.EXCEEDS_CREDITS
    assert done[52] == bulk.Done.EXISTS


def test_two_batches_at_once_on_the_same_accounts_end_right(payments_dsn):
    """P23: neither batch spends what the other has spent."""
    with psycopg.connect(payments_dsn.app, autocommit=True) as connection:
        book = BulkBook(connection)
        book.post(plain(book))
    batch = [book.leg(book.merchant, book.other, 10) for _ in range(40)]
    other = [book.leg(book.merchant, book.other, 10) for _ in range(40)]

    async def story() -> list[list[str]]:
        pool = await asyncpg.create_pool(payments_dsn.app, min_size=2, max_size=2)
        asked = "SELECT ledger.post_many(ARRAY(SELECT t FROM jsonb_populate_recordset(NULL::"
        asked += "ledger.transfers, $1) t), $2)"
        both = await asyncio.gather(
            *(pool.fetchval(asked, json.dumps(legs), list(range(40))) for legs in (batch, other))
        )
        await pool.close()
        return both

    words = [word for half in asyncio.run(story()) for word in half]
    assert words.count("created") == 50
    assert words.count("exceeds_credits") == 30
