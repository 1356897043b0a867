"""What `settlement/bank/wire.py` renders."""

from typing import Literal, NotRequired, TypedDict

from maalem.payments.settlement.bank.states import BankLineStatus
from maalem.payments.settlement.shapes import Day, FileLink
from maalem.payments.shapes import Currency, Timestamp


class ProofTerm(TypedDict):
    amount: int
    term: str


class ProofExplanation(TypedDict):
    """A term that the ledger has otherwise than the rows: there a difference comes from."""

    by_ledger: int
    by_rows: int
    term: str


class SafeguardingProof(TypedDict):
    """Whether clients' money was there at the end of a day (ours). In a list it stands without its
    files."""

    id: str
    object: Literal["desk.safeguarding_proof"]
    created: Timestamp
    currency: Currency
    day: Day
    difference: int
    explained: list[ProofExplanation]
    files: NotRequired[list[FileLink]]
    livemode: bool
    owed: int
    owed_terms: list[ProofTerm]
    there: int
    there_terms: list[ProofTerm]


class FileLines(TypedDict):
    """How many movements a file was the first to tell, and how many of them are explained."""

    count: int
    matched: int
    unmatched: int


class FileStatement(TypedDict):
    """A day of our account at the bank, with both balances."""

    closing_balance: int
    currency: Currency
    day: Day
    id: str
    line_count: int
    number: int | None
    opening_balance: int


class BankFile(TypedDict):
    """A file that the bank gave us (ours): read, or refused whole."""

    id: str
    object: Literal["desk.bank_file"]
    created: Timestamp
    lines: FileLines
    livemode: bool
    message: str | None
    name: str
    received: Timestamp
    refusal: str | None
    refusal_detail: str | None
    refusal_message: str | None
    sha256: str
    statements: NotRequired[list[FileStatement]]
    status: Literal["read", "refused"]


class BankLine(TypedDict):
    """A movement of our account at the bank (ours): what it is, or why nobody knows."""

    id: str
    object: Literal["desk.bank_line"]
    amount: int
    bank_reference: str
    booked_on: Day
    code: str
    counterparty: str | None
    created: Timestamp
    currency: Currency
    end_to_end_id: str | None
    file: str
    livemode: bool
    matched_as: (
        Literal["payout", "return", "network", "suspense", "owner", "house", "offset", "offset_by"]
        | None
    )
    matched_at: Timestamp | None
    matched_to: str | None
    reason: str | None
    reason_message: str | None
    return_reason: str | None
    statement: str | None
    status: BankLineStatus
    text: str | None
    value_on: Day


class Finding(TypedDict):
    """What a person has to look at (ours)."""

    id: str
    object: Literal["desk.finding"]
    about: str
    account: str | None
    amount: int | None
    answer: str | None
    closed_at: Timestamp | None
    closed_by: str | None
    created: Timestamp
    currency: Currency | None
    detail: str
    freezes_payouts: bool
    kind: str
    livemode: bool
    status: Literal["open", "closed"]


class WaitingThing(TypedDict):
    """One thing; `officer` looks after it, proposed it or agreed, `says` is for a person."""

    about: str | None
    account: str | None
    amount: int | None
    currency: Currency | None
    file: str | None
    freezes_payouts: bool
    id: str | None
    kind: str | None
    officer: str | None
    says: str | None
    since: Timestamp | None


class WaitingKind(TypedDict):
    """How many of a kind there are, and the oldest of them."""

    kind: Literal[
        "proof",
        "findings",
        "bank_lines",
        "suspense",
        "deeds",
        "payouts",
        "payout_batches",
        "dispute_notices",
        "disputes",
        "payments",
        "refunds",
        "parked",
    ]
    count: int
    oldest: list[WaitingThing]


class Morning(TypedDict):
    """Everything that waits for a person (ours), and the newest proof."""

    object: Literal["desk.morning"]
    created: Timestamp
    livemode: bool
    proof: SafeguardingProof | None
    waiting: list[WaitingKind]
