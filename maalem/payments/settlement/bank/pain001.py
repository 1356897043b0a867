"""A batch of payouts as the order that a bank reads: ISO 20022 pain.001.

Written so that the same batch always gives the same bytes: whoever sends a file again sends the
file that was kept, and the bank sees that it has it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from maalem.payments.rails.bank.xml import Element, decimal, document, money, tag
from maalem.payments.settlement.bank.letters import latin

# The version of 2019, and the one of 2009 that some banks still ask for.
MESSAGES = {"09": "pain.001.001.09", "03": "pain.001.001.03"}
ID_MAX, NAME_MAX, TEXT_MAX = 35, 70, 140
_ID = re.compile(r"[A-Z0-9]{1,35}")


@dataclass(frozen=True, slots=True)
class Payer:
    """Our own side: the account at the bank that clients' money is kept on."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """One payment: `amount` minor units to the holder `name` of the account `iban`.

    `end_to_end_id` travels with the money to its end and back again; it is never used twice.
    """

    end_to_end_id: str
    amount: int
    name: str
    iban: str
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """A file: who pays, when, and every payment. `currency` is ISO 4217 in lower case."""

    message_id: str
    created_at: datetime
    pay_on: date
    currency: str
    instructions: Sequence[Instruction]

    @property
    def total(self) -> int:
        """The control sum, in minor units."""
        return sum(one.amount for one in self.instructions)


def reference(id: str, /) -> str:
    """An id of ours as a bank takes it: `po_01jd…` is `PO01JD…`. See `id_of`."""
    made = id.replace("_", "", 1).upper()
    assert _ID.fullmatch(made), id
    return made


def id_of(text: str, /, *, prefix: str) -> str | None:
    """The id that `reference` was made of, or None if it can't be one of kind `prefix`."""
    plain = text.strip()
    if not _ID.fullmatch(plain) or not plain.startswith(prefix.upper()):
        return None
    return f"{prefix}_{plain[len(prefix) :].lower()}"


def write(order: Order, payer: Payer, *, version: str = "09") -> bytes:
    """The file's bytes. `version` is a key of `MESSAGES`."""
    assert order.instructions, "a bank refuses an order without payments"
    assert len({one.end_to_end_id for one in order.instructions}) == len(order.instructions)
    root = tag(
        "CstmrCdtTrfInitn", _header(order, payer), _instruction(order, payer, version=version)
    )
    return document(MESSAGES[version], root)


def _header(order: Order, payer: Payer) -> Element:
    return tag(
        "GrpHdr",
        tag("MsgId", order.message_id),
        tag("CreDtTm", order.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")),
        tag("NbOfTxs", str(len(order.instructions))),
        tag("CtrlSum", decimal(order.total)),
        tag("InitgPty", tag("Nm", latin(payer.name, longest=NAME_MAX))),
    )


def _instruction(order: Order, payer: Payer, *, version: str) -> Element:
    day = order.pay_on.isoformat()
    return tag(
        "PmtInf",
        # One block in each file, so the file's own id with a letter is unique for ever too.
        tag("PmtInfId", f"{order.message_id}A"),
        tag("PmtMtd", "TRF"),
        # Each payment is a line of its own on our statement: a line can be matched, a sum can't.
        tag("BtchBookg", "false"),
        tag("NbOfTxs", str(len(order.instructions))),
        tag("CtrlSum", decimal(order.total)),
        tag("ReqdExctnDt", day if version == "03" else tag("Dt", day)),
        tag("Dbtr", tag("Nm", latin(payer.name, longest=NAME_MAX))),
        tag("DbtrAcct", _account(payer.iban), tag("Ccy", order.currency.upper())),
        tag("DbtrAgt", tag("FinInstnId", tag("BIC" if version == "03" else "BICFI", payer.bic))),
        tag("ChrgBr", "SLEV"),
        *(_transaction(one, order.currency) for one in order.instructions),
    )


def _transaction(one: Instruction, currency: str) -> Element:
    assert one.amount > 0
    text = latin(one.text, longest=TEXT_MAX)
    return tag(
        "CdtTrfTxInf",
        tag("PmtId", tag("InstrId", one.end_to_end_id), tag("EndToEndId", one.end_to_end_id)),
        tag("Amt", money(one.amount, currency, name="InstdAmt")),
        # In Morocco a bank is found by the first three digits of the account number.
        tag("CdtrAgt", tag("FinInstnId", tag("ClrSysMmbId", tag("MmbId", one.iban[4:7])))),
        tag("Cdtr", tag("Nm", latin(one.name, longest=NAME_MAX) or "TITULAIRE DU COMPTE")),
        tag("CdtrAcct", _account(one.iban)),
        tag("RmtInf", tag("Ustrd", text)) if text else None,
    )


def _account(iban: str) -> Element:
    return tag("Id", tag("IBAN", iban))
