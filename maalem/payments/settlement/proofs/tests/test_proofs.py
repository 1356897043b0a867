"""A safeguarding proof on paper: what the books kept, in three languages, always the same."""

import asyncio
import csv
import io
from datetime import UTC, date, datetime

import pypdfium2
import pytest

from maalem.payments.settlement.bank import safeguarding
from maalem.payments.settlement.bank.records import Proof
from maalem.payments.settlement.bank.safeguarding import OWED, THERE
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world
from maalem.payments.settlement.proofs.files import file, made
from maalem.payments.settlement.proofs.words import SAID
from maalem.payments.settlement.statements.links import BadLink, Wanted


def proof(*, bank: int = 39_245, **changes) -> Proof:
    terms = dict.fromkeys((*THERE, *OWED), 0)
    terms |= {"bank_account": bank, "owners_available": 38_500, "our_own": 745}
    given = {
        "id": "sgp_01m7yh8qk0s5n9v2x3c4",
        "day": date(2026, 3, 2),
        "currency": "mad",
        "terms": terms,
        "there": 39_245,
        "owed": 39_245,
        "difference": 0,
        "explained": [],
        "created_at": datetime(2026, 3, 3, 0, 5, tzinfo=UTC),
    }
    return Proof(**{**given, **changes})


def differing() -> Proof:
    otherwise = {"term": "owners_available", "by_rows": 38_500, "by_ledger": 37_500}
    return proof(bank=38_245, there=38_245, difference=-1_000, explained=[otherwise])


def printed(one: Proof, language: str) -> str:
    body = asyncio.run(made(one, Wanted(one.id, "pdf", language, bom=False))).body
    pages = pypdfium2.PdfDocument(body)
    assert len(pages) == 1
    # Spaces that don't break and a longer minus are how a text is set, not what it is.
    text = pages[0].get_textpage().get_text_range()
    return " ".join(text.replace("\u2212", "-").split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["Preuve de cantonnement", "Journée du 2 mars 2026", "392,45", "385,00", "7,45"]),
        (
            "en",
            ["Safeguarding proof", "For 2 March 2026", "392.45", "385.00", "Difference", "0.00"],
        ),
    ],
)
def test_the_paper_says_whether_it_is_there_and_of_what_it_is_made(language, said):
    text = printed(proof(), language)
    for words in (*said, SAID[language]["equal"], "sgp_01m7yh8qk0s5n9v2x3c4"):
        assert words in text
    for term in (*THERE, *OWED):
        assert SAID[language][term] in text
    assert SAID[language]["otherwise"] not in text


def test_the_arabic_paper_keeps_its_figures_whole():
    """Letters come out of a PDF in the order of their shapes; figures run one way."""
    text = printed(proof(), "ar")
    for figure in ("392,45", "385,00", "7,45", "00:05", "103-12"):
        assert figure in text


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_difference_is_said_with_the_term_that_the_ledger_has_otherwise(language):
    text = printed(differing(), language)
    amounts = ("-10.00", "10.00") if language == "en" else ("-10,00", "10,00")
    for amount in amounts:
        assert amount in text
    if language != "ar":
        assert SAID[language]["equal"] not in text
        assert SAID[language]["otherwise"] in text


def test_every_language_says_everything():
    assert SAID["fr"].keys() == SAID["ar"].keys() == SAID["en"].keys()
    assert set(SAID["fr"]) >= {*THERE, *OWED}


def test_the_sheet_adds_up_to_the_proof():
    body = asyncio.run(made(differing(), Wanted("", "csv", "", bom=True))).body
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["term"] for row in rows] == [*THERE, "total", *OWED, "total", "difference"]
    assert {row["day"] for row in rows} == {"2026-03-02"}
    found = {(row["side"], row["term"]): row["amount"] for row in rows}
    assert found["there", "total"] == "382.45"
    assert found["", "difference"] == "-10.00"
    (told,) = [row for row in rows if row["by_ledger"]]
    assert (told["term"], told["amount"], told["by_ledger"]) == (
        "owners_available",
        "385.00",
        "375.00",
    )


def run(dsn, story):
    async def whole():
        async with bank_world(dsn.app) as b:
            return await story(b)

    return asyncio.run(whole())


def test_a_kept_proof_gives_the_same_bytes_whatever_has_happened_since(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        kept = await safeguarding.prove(b.payments)
        wanted = [
            Wanted(kept.id, kind, language, bom=False)
            for kind, language in (("csv", ""), ("pdf", "fr"))
        ]
        first = [(await file(b.payments.pool, one)).body for one in wanted]
        await b.sale(seller, 7_000)
        b.clock.move(days=40)
        await safeguarding.prove(b.payments)
        assert [(await file(b.payments.pool, one)).body for one in wanted] == first
        with pytest.raises(BadLink):
            await file(b.payments.pool, Wanted("sgp_nobody", "csv", "", bom=False))

    run(fresh_payments_dsn, story)
