"""What the simulated bank writes: pain.002, camt.054 and camt.053."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from maalem.payments.rails.bank.xml import Element, document, money, tag

# ISO 20022 external codes: domain, family and sub-family of what was booked.
CODES = {
    "payout": ("PMNT", "ICDT", "ESCT"),
    "return": ("PMNT", "ICDT", "RRTN"),
    "network": ("PMNT", "MCRD", "UPCT"),
    "other": ("PMNT", "RCDT", "ESCT"),
}
STATEMENT, NOTIFICATION, STATUS = "camt.053.001.08", "camt.054.001.08", "pain.002.001.10"


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement of the account, as the bank booked it."""

    number: int
    kind: str
    amount: int
    booked_on: date
    end_to_end_id: str
    reason: str | None
    iban: str
    counterparty: str
    remittance: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bank thinks of one payment of an order."""

    end_to_end_id: str
    status: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Ours:
    """The bank's customer: the account that it keeps for us."""

    iban: str
    currency: str


def status_report(
    message_id: str,
    *,
    order: str,
    status: str,
    at: datetime,
    reason: str | None = None,
    verdicts: Sequence[Verdict] = (),
) -> bytes:
    """pain.002: `status` of the whole order, and of each of its payments where there are any."""
    block = tag(
        "OrgnlPmtInfAndSts",
        tag("OrgnlPmtInfId", f"{order}A"[:35]),
        *(_verdict(one) for one in verdicts),
    )
    root = tag(
        "CstmrPmtStsRpt",
        tag("GrpHdr", tag("MsgId", message_id), tag("CreDtTm", _time(at))),
        tag(
            "OrgnlGrpInfAndSts",
            tag("OrgnlMsgId", order),
            tag("OrgnlMsgNmId", "pain.001.001.09"),
            tag("GrpSts", status),
            _why(reason),
        ),
        block if verdicts else None,
    )
    return document(STATUS, root)


def notification(message_id: str, *, ours: Ours, entries: Sequence[Entry], at: datetime) -> bytes:
    """camt.054: what was booked just now."""
    root = tag(
        "BkToCstmrDbtCdtNtfctn",
        tag("GrpHdr", tag("MsgId", message_id), tag("CreDtTm", _time(at))),
        tag(
            "Ntfctn",
            tag("Id", message_id),
            tag("CreDtTm", _time(at)),
            _account(ours),
            *(_entry(one, ours.currency) for one in entries),
        ),
    )
    return document(NOTIFICATION, root)


def statement(
    number: int, *, ours: Ours, entries: Sequence[Entry], opening: int, day: date, at: datetime
) -> bytes:
    """camt.053: everything booked up to `day` since the statement before."""
    closing = opening + sum(one.amount for one in entries)
    root = tag(
        "BkToCstmrStmt",
        tag("GrpHdr", tag("MsgId", f"STMT{number:08d}"), tag("CreDtTm", _time(at))),
        tag(
            "Stmt",
            tag("Id", f"{day:%Y}/{number:06d}"),
            tag("ElctrncSeqNb", str(number)),
            tag("CreDtTm", _time(at)),
            _account(ours),
            _balance("OPBD", opening, currency=ours.currency, day=day),
            _balance("CLBD", closing, currency=ours.currency, day=day),
            *(_entry(one, ours.currency) for one in entries),
        ),
    )
    return document(STATEMENT, root)


def bank_reference(entry: Entry, /) -> str:
    """The bank's own name of an entry."""
    return f"BK{entry.booked_on:%y%m%d}{entry.number:010d}"


def _verdict(one: Verdict) -> Element:
    return tag(
        "TxInfAndSts",
        tag("OrgnlInstrId", one.end_to_end_id),
        tag("OrgnlEndToEndId", one.end_to_end_id),
        tag("TxSts", one.status),
        _why(one.reason),
    )


def _why(reason: str | None) -> Element | None:
    if reason is None:
        return None
    kind = "Prtry" if reason == "DUPL" else "Cd"
    return tag("StsRsnInf", tag("Rsn", tag(kind, reason)))


def _account(ours: Ours) -> Element:
    return tag("Acct", tag("Id", tag("IBAN", ours.iban)), tag("Ccy", ours.currency.upper()))


def _balance(code: str, amount: int, *, currency: str, day: date) -> Element:
    return tag(
        "Bal",
        tag("Tp", tag("CdOrPrtry", tag("Cd", code))),
        money(abs(amount), currency),
        tag("CdtDbtInd", "CRDT" if amount >= 0 else "DBIT"),
        tag("Dt", tag("Dt", day.isoformat())),
    )


def _entry(entry: Entry, currency: str) -> Element:
    domain, family, sub = CODES[entry.kind]
    direction = "CRDT" if entry.amount > 0 else "DBIT"
    day = tag("Dt", entry.booked_on.isoformat())
    return tag(
        "Ntry",
        tag("NtryRef", str(entry.number)),
        money(abs(entry.amount), currency),
        tag("CdtDbtInd", direction),
        tag("Sts", tag("Cd", "BOOK")),
        tag("BookgDt", day),
        tag("ValDt", day),
        tag("AcctSvcrRef", bank_reference(entry)),
        tag(
            "BkTxCd",
            tag("Domn", tag("Cd", domain), tag("Fmly", tag("Cd", family), tag("SubFmlyCd", sub))),
        ),
        tag("NtryDtls", _details(entry, currency, direction=direction)),
    )


def _details(entry: Entry, currency: str, *, direction: str) -> Element:
    side = "Cdtr" if entry.kind in ("payout", "return") else "Dbtr"
    parties = tag(
        "RltdPties",
        tag(side, tag("Pty", tag("Nm", entry.counterparty or "INCONNU"))),
        tag(f"{side}Acct", tag("Id", tag("IBAN", entry.iban))) if entry.iban else None,
    )
    return tag(
        "TxDtls",
        tag(
            "Refs",
            tag("AcctSvcrRef", bank_reference(entry)),
            tag("EndToEndId", entry.end_to_end_id),
        ),
        money(abs(entry.amount), currency),
        tag("CdtDbtInd", direction),
        parties,
        tag("RmtInf", tag("Ustrd", entry.remittance)) if entry.remittance else None,
        tag("RtrInf", tag("Rsn", tag("Cd", entry.reason))) if entry.reason else None,
    )


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
