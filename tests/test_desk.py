"""The operator's desk at the terminal: the morning's list, deeds by two, notices that wait."""

import asyncio
import contextlib

import pytest

from maalem.cli import __main__ as cli
from maalem.cli import bank, desk, morning
from maalem.payments import bootstrap, db
from maalem.payments.settlement.bank.tests.bank_world import bank_world
from maalem.payments.settlement.bank.tests.test_desk import strange


@pytest.fixture
def dsn(fresh_payments_dsn, monkeypatch, tmp_path):
    """A terminal at this test's books, in which one line of the bank has no explanation."""

    @contextlib.contextmanager
    def of(_place):
        yield {"test": fresh_payments_dsn.admin}

    for module in (bank, desk, morning):
        monkeypatch.setattr(module, "books_of", of)
    monkeypatch.setenv("MAALEM_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    asyncio.run(_with_platform(fresh_payments_dsn.admin))
    return fresh_payments_dsn


async def _with_platform(dsn: str) -> None:
    pool = await db.connect(dsn, size=1)
    try:
        await bootstrap.ensure_platform(
            pool, secret_key="sk_test_desk", webhook_url=None, webhook_secret="whsec_nowhere"
        )
    finally:
        await pool.close()


@pytest.fixture
def two(dsn, capsys) -> tuple[tuple[str, str], tuple[str, str]]:
    """What Naïma and Youssef type to show their keys."""
    for name, file in (("Naïma", "naima.key"), ("Youssef", "youssef.key")):
        assert typed(capsys, "officers", "add", name, "--to", file)[0] == 0
    return ("--key", "naima.key"), ("--key", "youssef.key")


def told(dsn, story) -> str:
    async def whole() -> str:
        async with bank_world(dsn.app) as b:
            return await story(b)

    return asyncio.run(whole())


@pytest.fixture
def line(dsn):
    async def story(b) -> str:
        return (await strange(b, 700)).id

    return told(dsn, story)


def typed(capsys, *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(list(words))
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out + said.err


def test_a_line_goes_aside_and_finds_its_way_by_two(two, line, capsys):
    naima, youssef = two
    why = (*naima, "--note", "nobody knows")
    assert typed(capsys, "bank", "suspend", line) == (
        2,
        "maalem … suspend WHAT --key YOUR_KEY_FILE --note WHY\n",
    )
    assert typed(capsys, "bank", "suspend", line, *why)[0] == 0
    status, shown = typed(capsys, "bank")
    assert status == 1
    assert "lines that were put aside: 1" in shown
    assert "Naïma: nobody knows" in shown
    status, shown = typed(capsys, "bank", "bear", line, *naima, "--note", "interest")
    assert status == 0
    deed = shown.split()[0]
    assert f"maalem approve {deed} --key" in shown
    assert "deeds that wait for a second officer: 1" in typed(capsys, "bank")[1]
    assert typed(capsys, "approve", deed, *naima)[0] == 1
    assert typed(capsys, "approve", deed, *youssef) == (
        0,
        f"{deed} (bear {line}) is done.\n",
    )
    status, shown = typed(capsys, "bank", "history", line)
    assert [row.split()[4] for row in shown.splitlines()] == ["suspend", "bear"]
    assert "Naïma, Youssef: interest" in shown
    assert typed(capsys, "bank")[0] == 0
    assert typed(capsys, "bank", "history", "bln_unknown")[0] == 1


def test_what_was_not_said_is_asked_for(two, capsys):
    who = (*two[0], "--note", "x")
    status, said = typed(capsys, "bank", "give", "bln_x", *who)
    assert (status, "say whose it is too" in said) == (2, True)
    status, said = typed(capsys, "bank", "suspend", "bln_x", *who)
    assert (status, said) == (1, "Not done: there is no line bln_x.\n")
    assert typed(capsys, "withdraw", "dsk_x", *two[0])[0] == 1
    assert typed(capsys, "bank", "suspend", "bln_x", "--live", *who)[0] == 1


def test_findings_are_taken_and_closed(dsn, two, capsys):
    naima, _ = two

    async def story(b) -> str:
        from maalem.payments.settlement.bank.findings import find, open_findings

        await find(b.payments, "statement_missing", about="no. 7", detail="where is it", amount=5)
        (found,) = await open_findings(b.payments)
        return found.id

    finding = told(dsn, story)
    status, shown = typed(capsys, "findings")
    assert (status, "where is it" in shown) == (1, True)
    assert typed(capsys, "findings", "take", finding, *naima, "--note", "mine")[0] == 0
    assert "with Naïma" in typed(capsys, "findings")[1]
    assert "(with Naïma)" in typed(capsys, "bank")[1]
    closing = ("findings", "close", finding, *naima, "--note", "it came by post")
    assert typed(capsys, *closing)[0] == 0
    assert typed(capsys, "findings") == (0, "nothing is open\n")
    status, said = typed(capsys, *closing)
    assert (status, said) == (1, f"Not done: {finding} was closed by Naïma: it came by post.\n")


def test_the_morning_names_what_waits_and_what_to_type(dsn, two, line, capsys):
    status, shown = typed(capsys, "morning")
    assert status == 1
    assert "no proof was made yet" in shown
    assert "lines of the bank without an explanation: 1   (maalem bank)" in shown

    async def story(b) -> str:
        from maalem.payments.settlement.bank import jobs

        await b.payments.pool.execute("SELECT 1")
        await jobs.prove(b.payments)
        return ""

    told(dsn, story)
    who = (*two[0], "--note", "interest")
    deed = typed(capsys, "bank", "bear", line, *who)[1].split()[0]
    shown = typed(capsys, "morning")[1]
    assert f"{deed}  bear  {line}  by Naïma" in shown
    assert "no proof" not in shown
    typed(capsys, "approve", deed, *two[1])
    status, shown = typed(capsys, "morning")
    assert (status, "nothing waits for you" in shown) == (0, True), shown


def test_a_notice_that_waits_is_shown_with_its_reason_and_tried_again(dsn, capsys):
    async def story(b) -> str:
        await b.payments.pool.execute(
            "INSERT INTO dispute_notices (id, version, case_reference, original, kind, amount,"
            " currency, reason, told_at, status, created_at) SELECT 'n' || k, 1, 'case' || k,"
            " 'att_unknown', k, 500, 'mad', 'fraudulent', now(), 'waiting', now()"
            " FROM unnest(ARRAY['opened', 'lost']) AS k"
        )
        return ""

    told(dsn, story)
    status, shown = typed(capsys, "disputes")
    assert status == 1
    assert "we know no charge of that payment" in shown
    assert "its beginning has not been told" in shown
    assert typed(capsys, "disputes", "retry")[0] == 1


def test_work_that_was_set_aside_is_shown_and_tried_again(dsn, capsys):
    """P31: an operator sees why, and has it tried again."""

    async def story(b) -> str:
        from maalem.payments import parked

        for _ in range(parked.MAX_TRIES):
            await parked.failed(b.payments, "holds that end", "pi_x", problem=ValueError("poison"))
        return ""

    assert typed(capsys, "parked") == (0, "nothing is set aside\n")
    told(dsn, story)
    status, shown = typed(capsys, "parked")
    assert status == 1
    assert "pi_x  holds that end  10 times since" in shown
    assert "ValueError: poison" in shown
    shown = typed(capsys, "morning")[1]
    assert "work that failed each time and was set aside: 1   (maalem parked)" in shown
    assert typed(capsys, "parked", "retry", "pi_y")[0] == 1
    assert typed(capsys, "parked", "retry", "pi_x") == (0, "1 will be tried again at once\n")
    assert typed(capsys, "parked") == (0, "nothing is set aside\n")
