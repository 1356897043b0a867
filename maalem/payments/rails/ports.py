"""What is asked of a card network or a mobile switch, and every answer there is.

One payment attempt has one `reference`, made by us. Asking again with the same reference is
asking about the same payment: whoever stands behind a port never moves its money twice. A call
that finds no answer before its deadline gives `Unknown`, never a decline: `lookup` asks later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from maalem.payments.rails.bank.port import Bank, Clearing

DEADLINE_S = 10.0


class Check(StrEnum):
    """What the issuer said of a card security code."""

    PASS = "pass"
    FAIL = "fail"
    UNAVAILABLE = "unavailable"
    UNCHECKED = "unchecked"


class ChallengeKind(StrEnum):
    """How the payer proves who she is."""

    CODE = "code"  # a one-time code of the issuer
    APP = "app"  # approval in the bank's app, out of band
    CHOICE = "choice"  # which channel, or which fact, then a code
    WALLET = "wallet"  # the secret number of a mobile wallet


class ChallengeState(StrEnum):
    """Where a challenge stands; only `open` can still change."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    ABANDONED = "abandoned"


class CardDetails(Protocol):
    """A card in clear, as the vault lends it for the length of one call."""

    @property
    def number(self) -> str: ...
    @property
    def exp_month(self) -> int: ...
    @property
    def exp_year(self) -> int: ...


@dataclass(frozen=True, slots=True)
class CardPayment:
    """Ask the issuer for `amount` minor units of `currency` (ISO 4217, lower case).

    An amount of nothing asks whether the card is good. `force_challenge` asks for 3-D Secure even
    where the card only supports it. `off_session` says that the payer is not there to answer;
    `agreement` is then the network's reference of the time when she agreed to it. `capture` says
    that the money is wanted now.
    """

    reference: str
    amount: int
    currency: str
    merchant: str
    cvc_check: Check = Check.UNCHECKED
    capture: bool = True
    force_challenge: bool = False
    off_session: bool = False
    agreement: str | None = None


@dataclass(frozen=True, slots=True)
class WalletPayment:
    """Ask the switch for `amount` from the mobile wallet of `phone` (E.164)."""

    reference: str
    amount: int
    currency: str
    merchant: str
    phone: str


@dataclass(frozen=True, slots=True)
class Followup:
    """A capture, a release, a rise or a refund of the payment `original`, under its own
    reference. `amount` is what is taken, given back or added."""

    reference: str
    original: str
    amount: int


@dataclass(frozen=True, slots=True)
class Authorised:
    """The money is promised (or moved, when it was captured at once)."""

    reference: str
    network_reference: str
    authorisation_code: str
    available_at_once: bool = False
    authenticated: bool = False
    cvc_check: Check = Check.UNCHECKED
    risk_level: str = "normal"


@dataclass(frozen=True, slots=True)
class Declined:
    """A definite no. `code` and `decline_code` are Stripe's words; `network_code` is ISO 8583's.

    `advice` is what the network recommends: `try_again_later`, `confirm_card_data`,
    `do_not_try_again`, or None.
    """

    reference: str
    code: str
    decline_code: str | None = None
    network_code: str | None = None
    advice: str | None = None
    authenticated: bool = False
    cvc_check: Check = Check.UNCHECKED
    risk_level: str = "normal"


@dataclass(frozen=True, slots=True)
class ChallengeRequired:
    """The payer has to prove who she is at `challenge` before `expires_at`; then ask again."""

    reference: str
    challenge: str
    kind: ChallengeKind
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer in time: the payment may have happened or not. Ask `lookup`, pay nothing anew."""

    reference: str
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """A follow-up that was carried out."""

    reference: str
    network_reference: str


@dataclass(frozen=True, slots=True)
class NeverSeen:
    """The other side vouches that this reference never reached it, and never will be honoured."""

    reference: str


class NoticeKind(StrEnum):
    """What the network tells of a case."""

    OPENED = "opened"  # a chargeback: the money is taken back at once
    INQUIRY = "inquiry"  # the payer's bank only asks
    ESCALATED = "escalated"  # an inquiry became a chargeback
    WON = "won"  # for the merchant: the money comes again
    LOST = "lost"
    CLOSED = "closed"  # an inquiry that came to nothing
    FRAUD_REPORT = "fraud_report"  # the issuer calls the payment fraud; no money moves
    REFUND_RETURNED = "refund_returned"  # a refund found no account to go to: its money comes back


@dataclass(frozen=True, slots=True)
class CaseNotice:
    """One line of the network's feed; `number` is its place there, `notice` its own reference.

    `case` is the network's name for the case, `original` our reference of the payment, or of the
    refund that came back. A feed may tell a thing twice, and of an end before the beginning.
    """

    number: int
    notice: str
    case: str
    original: str
    kind: NoticeKind
    amount: int
    currency: str
    reason: str
    network_reason_code: str | None
    due_by: datetime | None
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Representment:
    """The merchant's answer in the case `case`: her words by what they are about, and how many
    documents go with them."""

    reference: str
    case: str
    texts: dict[str, str]
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What the network said about a card at tokenisation, where no money moves."""

    cvc_check: Check
    declined: Declined | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the page of the payer's bank or wallet shows: never more than four card digits."""

    challenge: str
    reference: str
    kind: ChallengeKind
    state: ChallengeState
    merchant: str
    amount: int
    currency: str
    hint: str
    tries_left: int
    expires_at: datetime


Answer = Authorised | Declined | ChallengeRequired | Unknown
Outcome = Done | Declined | Unknown
Found = Authorised | Declined | ChallengeRequired | Done | NeverSeen | Unknown


class CardRail(Protocol):
    """A card network as an acquirer sees it."""

    async def verify(
        self, card: CardDetails, *, cvc: str | None, deadline_s: float = DEADLINE_S
    ) -> Verification: ...

    async def authorise(
        self, payment: CardPayment, *, card: CardDetails, deadline_s: float = DEADLINE_S
    ) -> Answer: ...

    async def capture(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome: ...

    async def increment(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome: ...

    async def release(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome: ...

    async def refund(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome: ...

    async def lookup(self, reference: str, *, deadline_s: float = DEADLINE_S) -> Found: ...


class WalletRail(Protocol):
    """The national mobile switch: a payment waits until its payer approves it on her telephone."""

    async def request(
        self, payment: WalletPayment, *, deadline_s: float = DEADLINE_S
    ) -> Answer: ...

    async def refund(self, followup: Followup, *, deadline_s: float = DEADLINE_S) -> Outcome: ...

    async def lookup(self, reference: str, *, deadline_s: float = DEADLINE_S) -> Found: ...


class DisputeDesk(Protocol):
    """Where a card network tells of disputes, and takes the merchant's answer."""

    async def notices(
        self, *, after: int, limit: int = 100, deadline_s: float = DEADLINE_S
    ) -> Sequence[CaseNotice] | Unknown: ...

    async def submit(self, answer: Representment, *, deadline_s: float = DEADLINE_S) -> Outcome: ...

    async def accept(self, answer: Representment, *, deadline_s: float = DEADLINE_S) -> Outcome: ...


class ChallengeDesk(Protocol):
    """Where a payer answers: the issuer's access control server, or the wallet's own screen."""

    async def challenge(self, challenge: str) -> Challenge | None: ...

    async def respond(self, challenge: str, *, secret: str) -> Challenge | None: ...

    async def refuse(self, challenge: str) -> Challenge | None: ...


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the register is asked about her; `born` is year, month, day. `document` names a
    picture that has `document_size` bytes: none where it could not be read."""

    id_number: str | None = field(repr=False)
    born: Sequence[int] | None = field(repr=False)
    first_name: str | None
    last_name: str | None
    document: str | None
    document_size: int
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """`verified`, `pending` or `failed` for the identity and for the document, and why."""

    identity: str
    identity_code: str | None
    document: str
    document_code: str | None


class IdentityRegister(Protocol):
    """Where it is asked whether a person is who she says. A question changes nothing there."""

    async def check(self, identity: Identity) -> IdentityAnswer: ...


@dataclass(frozen=True, slots=True)
class Rails:
    """Every way out of the house."""

    card: CardRail
    wallet: WalletRail
    desk: ChallengeDesk
    disputes: DisputeDesk
    bank: "Bank"
    networks: "Clearing"
    identity: IdentityRegister
