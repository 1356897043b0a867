"""A till and two purses of a test's own, and the ledger's functions by their names."""

import json
import uuid
from typing import Any

import psycopg
import pytest


class Book:
    """A till, a merchant who may not go below zero, and a word for each of their accounts."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.till, self.merchant, self.other = (str(uuid.uuid4()) for _ in range(3))
        self.owner = uuid.uuid4().hex
        accounts = [
            {"id": self.till, "kind": "till", "owner": self.owner, "currency": "mad"},
            *(
                {
                    "id": account,
                    "kind": kind,
                    "owner": self.owner,
                    "currency": "mad",
                    "debits_must_not_exceed_credits": True,
                }
                for account, kind in ((self.merchant, "purse"), (self.other, "purse2"))
            ),
        ]
        self.connection.execute("SELECT ledger.open(%s)", [json.dumps(accounts)])

    def leg(self, debit: str, credit: str, amount: int, /, **fields: Any) -> dict[str, Any]:
        return {
            "id": str(uuid.uuid4()),
            "debit_account": debit,
            "credit_account": credit,
            "amount": amount,
            "currency": "mad",
            "code": "test",
            "source": "test_1",
            **fields,
        }

    def post(self, *legs: dict[str, Any]) -> None:
        self.connection.execute("SELECT ledger.post(%s)", [json.dumps(legs)])

    def refused(self, *legs: dict[str, Any]) -> str:
        with pytest.raises(psycopg.Error) as problem, self.connection.transaction():
            self.post(*legs)
        diagnosis = problem.value.diag
        return diagnosis.constraint_name or diagnosis.message_primary or ""

    def counters(self, account: str) -> tuple[int, int, int, int]:
        """Debits posted, credits posted, debits pending, credits pending."""
        row = self.connection.execute(
            "SELECT debits_posted, credits_posted, debits_pending, credits_pending"
            " FROM ledger.accounts WHERE id = %s",
            [account],
        ).fetchone()
        assert row is not None
        return row
