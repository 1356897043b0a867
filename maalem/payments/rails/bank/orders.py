"""How the simulated bank reads a payment order (pain.001), and what makes it refuse one."""

from dataclasses import dataclass

from maalem.payments.rails.bank.xml import Node, NotReadable, read

_SPACES = tuple(f"urn:iso:std:iso:20022:tech:xsd:pain.001.001.{n}" for n in ("03", "09"))
UNNAMED = "NOTPROVIDED"


class OrderRefused(Exception):
    """The whole order is refused; `reason` is a code of ISO 20022."""

    def __init__(self, message_id: str, reason: str) -> None:
        super().__init__(reason)
        self.message_id = message_id
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of an order; `amount` in minor units."""

    end_to_end_id: str
    amount: int
    iban: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """An order that was understood."""

    message_id: str
    payments: tuple[Payment, ...]


def understand(content: bytes, *, iban: str, currency: str) -> PaymentOrder:
    """The order in `content`, on the account `iban`. Raises `OrderRefused`."""
    try:
        root = read(content)
    except NotReadable:
        raise OrderRefused(UNNAMED, "FF01") from None
    body = root.find("CstmrCdtTrfInitn")
    message_id = (body.get("GrpHdr/MsgId") if body else None) or UNNAMED
    if body is None or root.space not in _SPACES or message_id == UNNAMED:
        raise OrderRefused(message_id, "FF01")
    blocks = list(body.all("PmtInf"))
    if any(block.get("DbtrAcct/Id/IBAN") != iban for block in blocks):
        raise OrderRefused(message_id, "AC02")
    payments = tuple(
        _payment(one, message_id=message_id, currency=currency)
        for block in blocks
        for one in block.all("CdtTrfTxInf")
    )
    total = sum(one.amount for one in payments)
    for part, of in ((body.find("GrpHdr"), payments), *_sums(blocks, payments)):
        if part is None or part.get("NbOfTxs") != str(len(of)):
            raise OrderRefused(message_id, "AM18")
        if part.get("CtrlSum") != f"{total // 100}.{total % 100:02d}":
            raise OrderRefused(message_id, "AM10")
    if len({one.end_to_end_id for one in payments}) != len(payments):
        raise OrderRefused(message_id, "DU04")
    return PaymentOrder(message_id, payments)


def _sums(
    blocks: list[Node], payments: tuple[Payment, ...]
) -> list[tuple[Node, tuple[Payment, ...]]]:
    # Ours have one block; of an order with several only the whole is counted.
    return [(blocks[0], payments)] if len(blocks) == 1 else []


def _payment(one: Node, *, message_id: str, currency: str) -> Payment:
    amount = one.find("Amt/InstdAmt")
    iban, known = one.get("CdtrAcct/Id/IBAN"), one.get("PmtId/EndToEndId")
    if amount is None or iban is None or known is None:
        raise OrderRefused(message_id, "FF01")
    if amount.attributes.get("Ccy") != currency.upper():
        raise OrderRefused(message_id, "AM03")
    whole, _, part = amount.text.strip().partition(".")
    if not (whole + part).isdecimal() or len(part) != 2 or not (whole + part).strip("0"):
        raise OrderRefused(message_id, "AM12")
    return Payment(
        end_to_end_id=known,
        amount=int(whole + part),
        iban=iban,
        name=one.get("Cdtr/Nm") or "",
        text=one.get("RmtInf/Ustrd") or "",
    )
