import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from maalem.kit.clock import FixedClock
from maalem.payments import db
from maalem.payments.rails.simulator import simulated
from maalem.payments.vault.cards import Vault
from maalem.payments.vault.keys import VaultKeys, WrongKey
from maalem.payments.vault.records import CardRefused, ClearCard, NoSuchCard, TypedCard

PAN, CVC = "4242424242424242", "737"
KEYS = VaultKeys(b"m" * 32, fingerprint=b"f" * 32)

Story = Callable[[Vault, Any], Awaitable[None]]


@pytest.fixture
def in_vault(fresh_payments_dsn: Any) -> Callable[[Story], None]:
    """Run a story with a vault of its own."""

    def tell(story: Story) -> None:
        async def whole() -> None:
            pool = await db.connect(fresh_payments_dsn.app)
            clock = FixedClock()
            vault = Vault(pool, clock, keys=KEYS, rail=simulated(pool, clock).card)
            try:
                await story(vault, pool)
            finally:
                await pool.close()

        asyncio.run(whole())

    return tell


def typed(number: str = PAN, month: str = "12", year: str = "34", cvc: str = CVC) -> TypedCard:
    return TypedCard(number, month, year, cvc)


async def number_of(vault: Vault, token: str) -> str:
    async def use(card: ClearCard) -> str:
        return card.number

    return await vault.lend(token, why="test", use=use)


def test_it_takes_a_card_in_and_lends_it_to_one_call(in_vault):
    async def story(vault: Vault, pool: Any) -> None:
        stored = await vault.take_in(typed())
        assert (stored.brand, stored.last4, stored.exp_year) == ("visa", "4242", 2034)
        assert stored.cvc_check == "pass"
        assert await number_of(vault, stored.token) == PAN
        assert await vault.shown(stored.token) == stored

    in_vault(story)


@pytest.mark.parametrize(
    "number",
    ["4242 4242 4242 4242", "4242-4242-4242-4242", "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢", "۴۲۴۲۴۲۴۲۴۲۴۲۴۲۴۲"],
)
def test_it_reads_a_number_however_it_is_typed(in_vault, number):
    async def story(vault: Vault, pool: Any) -> None:
        stored = await vault.take_in(typed(number, month="١٢", year="٢٠٣٤", cvc="٧٣٧"))
        assert await number_of(vault, stored.token) == PAN

    in_vault(story)


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (typed("4242424242424241"), "incorrect_number"),
        (typed("4242"), "invalid_number"),
        (typed("4242x4242y42424242"), "invalid_number"),
        (typed(month="13"), "invalid_expiry_month"),
        (typed(year="2025"), "invalid_expiry_year"),
        (typed(month="02", year="2026"), "invalid_expiry_year"),
        (typed(cvc="12"), "invalid_cvc"),
        (typed("378282246310005", cvc="123"), "invalid_cvc"),
    ],
)
def test_it_names_the_field_that_is_wrong(in_vault, card, code):
    async def story(vault: Vault, pool: Any) -> None:
        with pytest.raises(CardRefused) as refused:
            await vault.take_in(card)
        assert refused.value.problem == code

    in_vault(story)


def test_it_keeps_no_card_that_could_be_somebodys_own(in_vault):
    async def story(vault: Vault, pool: Any) -> None:
        with pytest.raises(CardRefused) as refused:
            await vault.take_in(typed("4012888888881881"))
        assert refused.value.declined.decline_code == "test_mode_live_card"
        assert await pool.fetchval("SELECT count(*) FROM vault.shown") == 0

    in_vault(story)


def test_one_card_has_one_fingerprint_and_another_token_each_time(in_vault):
    async def story(vault: Vault, pool: Any) -> None:
        first, second = await vault.take_in(typed()), await vault.take_in(typed())
        other = await vault.take_in(typed("5555555555554444"))
        assert first.fingerprint == second.fingerprint != other.fingerprint
        assert first.token != second.token
        assert PAN not in first.fingerprint

    in_vault(story)


def test_a_forgotten_card_can_not_be_lent_again(in_vault):
    async def story(vault: Vault, pool: Any) -> None:
        stored = await vault.take_in(typed())
        await vault.forget(stored.token, why="test")
        with pytest.raises(NoSuchCard):
            await number_of(vault, stored.token)
        assert (await vault.shown(stored.token)).last4 == "4242"

    in_vault(story)


def test_the_service_itself_can_not_read_or_change_the_tables(in_vault):
    async def story(vault: Vault, pool: Any) -> None:
        await vault.take_in(typed())
        for query in (
            "SELECT sealed FROM vault.cards",
            "SELECT * FROM vault.data_keys",
            "DELETE FROM vault.access_log",
            "SET ROLE maalem_vault",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.execute(query)

    in_vault(story)


def test_each_loan_leaves_a_line_in_the_access_log(in_vault, fresh_payments_dsn):
    tokens: list[str] = []

    async def story(vault: Vault, pool: Any) -> None:
        stored = await vault.take_in(typed())
        tokens.append(stored.token)
        await vault.lend(stored.token, why="att_1", use=_nothing)
        connection = await asyncpg.connect(fresh_payments_dsn.superuser)
        rows = await connection.fetch("SELECT token, verb, why FROM vault.access_log")
        await connection.close()
        assert [tuple(row) for row in rows] == [(stored.token, "open", "att_1")]

    in_vault(story)


def test_a_sealed_number_moved_to_another_row_does_not_open(in_vault, fresh_payments_dsn):
    async def story(vault: Vault, pool: Any) -> None:
        first = await vault.take_in(typed())
        second = await vault.take_in(typed("5555555555554444"))
        connection = await asyncpg.connect(fresh_payments_dsn.superuser)
        await connection.execute(
            "UPDATE vault.cards SET sealed = (SELECT sealed FROM vault.cards WHERE token = $1)"
            " WHERE token = $2",
            first.token,
            second.token,
        )
        await connection.close()
        with pytest.raises(WrongKey):
            await number_of(vault, second.token)

    in_vault(story)


def test_another_master_key_opens_nothing(in_vault):
    async def story(vault: Vault, pool: Any) -> None:
        stored = await vault.take_in(typed())
        keys = VaultKeys(b"x" * 32, fingerprint=b"f" * 32)
        stranger = Vault(pool, FixedClock(), keys=keys, rail=simulated(pool, FixedClock()).card)
        with pytest.raises(WrongKey):
            await number_of(stranger, stored.token)

    in_vault(story)


def test_nothing_that_is_printed_holds_the_number(in_vault, capsys, caplog):
    async def story(vault: Vault, pool: Any) -> None:
        card = typed()
        stored = await vault.take_in(card)
        for thing in (card, stored, KEYS, ClearCard(PAN, 12, 2034)):
            assert PAN not in repr(thing)
            assert CVC not in repr(thing)
        with pytest.raises(CardRefused) as refused:
            await vault.take_in(typed("4242424242424241"))
        assert "42424242" not in repr(refused.value)

    with caplog.at_level("DEBUG"):
        in_vault(story)
    printed = capsys.readouterr()
    assert PAN not in printed.out + printed.err + caplog.text


async def _nothing(card: ClearCard) -> None:
    return None
