"""A safeguarding proof at the terminal: saved as a paper or a sheet; loud where money is gone."""

import asyncio
import contextlib

import pytest

from maalem.cli import __main__ as cli
from maalem.cli import bank as operator
from maalem.payments.settlement.bank import safeguarding
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world, tampered


def run(dsn, story):
    async def whole():
        async with bank_world(dsn.app) as b:
            return await story(b)

    return asyncio.run(whole())


@pytest.fixture
def dsn(fresh_payments_dsn, monkeypatch):
    """A terminal at this test's books."""

    @contextlib.contextmanager
    def books(_place):
        yield {"test": fresh_payments_dsn.admin}

    monkeypatch.setattr(operator, "books_of", books)
    return fresh_payments_dsn


def typed(capsys, *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(["safeguarding", *words])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out


def test_the_terminal_saves_a_days_proof(dsn, tmp_path, capsys):
    async def story(b: BankWorld) -> str:
        await b.seller(amount=10_000)
        return (await safeguarding.prove(b.payments)).day.isoformat()

    pdf, sheet = tmp_path / "proof.pdf", tmp_path / "proof.csv"
    assert typed(capsys, "--save", str(pdf)) == (1, "there is no proof of that day\n")
    day = run(dsn, story)
    status, said = typed(capsys, "--date", day, "--save", str(pdf), "--language", "ar")
    assert (status, said) == (0, f"{pdf}: the proof of {day}, difference 0\n")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert typed(capsys, "--save", str(sheet))[0] == 0
    assert f"{day}," in sheet.read_text(encoding="utf-8")
    assert typed(capsys, "--save", str(tmp_path / "proof.docx"))[0] == 2
    assert typed(capsys, "--save", str(pdf), "--live")[0] == 1


def test_the_terminal_ends_loudly_where_money_is_missing(dsn, tmp_path, capsys):
    async def story(b: BankWorld) -> None:
        await b.seller(amount=10_000)
        tampered(dsn)
        await safeguarding.prove(b.payments)

    run(dsn, story)
    path = tmp_path / "proof.csv"
    status, said = typed(capsys, "--save", str(path))
    assert (status, "difference -1,000" in said) == (1, True)
    assert ",difference,-10.00," in path.read_text(encoding="utf-8")
