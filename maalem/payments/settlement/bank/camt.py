"""What the bank booked: ISO 20022 camt.053 (a day's statement) and camt.054 (as it happens).

A statement is taken whole or refused whole: opening balance and entries must make the closing
balance, every entry must have a reference of the bank's own, by which it is known for ever.
"""

from dataclasses import dataclass
from datetime import date

from maalem.payments.rails.bank.xml import Node
from maalem.payments.settlement.bank.reading import (
    FileRefused,
    amount,
    day,
    need,
    need_node,
    sign,
    want,
)

ROOTS = {"BkToCstmrStmt": "Stmt", "BkToCstmrDbtCdtNtfctn": "Ntfctn"}


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of the account: minor units, positive where money came in."""

    bank_reference: str
    amount: int
    booked_on: date
    value_on: date
    code: str
    end_to_end_id: str | None
    return_reason: str | None
    counterparty: str | None
    text: str | None

    @property
    def is_return(self) -> bool:
        """Whether the bank gives a payment of ours back."""
        return self.return_reason is not None or self.code.endswith("RRTN")


@dataclass(frozen=True, slots=True)
class Account:
    """What one file says of one account. `opening` and `closing` only a statement has."""

    statement_id: str
    iban: str
    number: int | None
    opening: int | None
    closing: int | None
    day: date | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A file: `is_statement`, and what it says of each account."""

    message_id: str
    is_statement: bool
    accounts: tuple[Account, ...]


def read(body: Node, *, ours: frozenset[str], currency: str) -> Told:
    """The file below `Document`. `ours` are our account numbers (IBAN). Raises `FileRefused`."""
    of_account = ROOTS.get(body.name)
    if of_account is None:
        raise FileRefused("not_a_bank_file", body.name[:40])
    is_statement = of_account == "Stmt"
    accounts = tuple(
        _account(node, ours=ours, currency=currency, is_statement=is_statement)
        for node in body.all(of_account)
    )
    if not accounts:
        raise FileRefused("element_missing", of_account)
    known = [(a.iban, line.bank_reference) for a in accounts for line in a.lines]
    if len(set(known)) != len(known):
        raise FileRefused("reference_used_twice")
    return Told(need(body, "GrpHdr/MsgId", longest=35), is_statement, accounts)


def _account(node: Node, *, ours: frozenset[str], currency: str, is_statement: bool) -> Account:
    iban = (want(node, "Acct/Id/IBAN", longest=34) or "").replace(" ", "").upper()
    if iban not in ours:
        raise FileRefused("not_our_account", iban or "no IBAN")
    told = want(node, "Acct/Ccy", longest=3)
    if told is not None and told.lower() != currency:
        raise FileRefused("currency_differs", told)
    lines = tuple(line for entry in node.all("Ntry") for line in _entry(entry, currency=currency))
    opening = closing = closed_on = None
    if is_statement:
        opening, _ = _balance(node, ("OPBD", "PRCD"), currency=currency)
        closing, closed_on = _balance(node, ("CLBD",), currency=currency)
        moved = sum(line.amount for line in lines)
        if opening + moved != closing:
            raise FileRefused("balances_do_not_add_up", f"{opening} + {moved} is not {closing}")
    return Account(
        statement_id=need(node, "Id", longest=35),
        iban=iban,
        number=_number(want(node, "ElctrncSeqNb", longest=18)),
        opening=opening,
        closing=closing,
        day=closed_on,
        lines=lines,
    )


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal():
        raise FileRefused("bad_value", "ElctrncSeqNb")
    return int(text)


def _balance(node: Node, codes: tuple[str, ...], *, currency: str) -> tuple[int, date]:
    for balance in node.all("Bal"):
        if balance.get("Tp/CdOrPrtry/Cd") in codes:
            there = amount(need_node(balance, "Amt"), currency=currency) * sign(balance)
            return there, day(balance, "Dt")
    raise FileRefused("element_missing", f"Bal {codes[0]}")


def _entry(entry: Node, *, currency: str) -> list[Line]:
    status = entry.get("Sts/Cd") or entry.get("Sts")
    if status != "BOOK":
        # What is only announced may still not happen; it is told again when it did.
        if status in ("PDNG", "INFO", "FUTR"):
            return []
        raise FileRefused("bad_value", f"Ntry/Sts {(status or 'missing')[:20]}")
    whole = amount(need_node(entry, "Amt"), currency=currency) * sign(entry)
    booked_on = day(entry, "BookgDt")
    value_on = day(entry, "ValDt") if entry.find("ValDt") else booked_on
    known = want(entry, "AcctSvcrRef", longest=35) or want(entry, "NtryRef", longest=35)
    details = list(entry.all("NtryDtls/TxDtls"))
    alone = len(details) <= 1
    lines = []
    for number, detail in enumerate(details or [entry], start=1):
        part = whole if alone else _part(detail, currency=currency)
        own = want(detail, "Refs/AcctSvcrRef", longest=35)
        at_bank = (known or own) if alone else (own or (known and f"{known}/{number}"))
        if not at_bank:
            raise FileRefused("entry_without_reference", f"{booked_on} {whole}")
        lines.append(
            Line(
                bank_reference=at_bank,
                amount=part,
                booked_on=booked_on,
                value_on=value_on,
                code=_code(entry),
                end_to_end_id=want(detail, "Refs/EndToEndId", longest=35),
                return_reason=_return_reason(detail),
                counterparty=_counterparty(detail, incoming=part > 0),
                text=want(detail, "RmtInf/Ustrd") or want(entry, "AddtlNtryInf"),
            )
        )
    if sum(line.amount for line in lines) != whole:
        raise FileRefused("details_do_not_add_up", known or "")
    if any(line.amount == 0 for line in lines):
        raise FileRefused("bad_amount", "an entry of nothing")
    return lines


def _part(detail: Node, *, currency: str) -> int:
    return amount(need_node(detail, "Amt"), currency=currency) * sign(detail)


def _code(entry: Node) -> str:
    """The bank transaction code as `PMNT/ICDT/RRTN`, or the bank's own word."""
    domain = entry.find("BkTxCd/Domn")
    if domain is None:
        return want(entry, "BkTxCd/Prtry/Cd", longest=35) or ""
    parts = (domain.get("Cd"), domain.get("Fmly/Cd"), domain.get("Fmly/SubFmlyCd"))
    return "/".join((part or "")[:4] for part in parts)


def _return_reason(detail: Node) -> str | None:
    return want(detail, "RtrInf/Rsn/Cd", longest=4) or want(detail, "RtrInf/Rsn/Prtry", longest=35)


def _counterparty(detail: Node, *, incoming: bool) -> str | None:
    side = "Dbtr" if incoming else "Cdtr"
    return want(detail, f"RltdPties/{side}/Pty/Nm") or want(detail, f"RltdPties/{side}/Nm")
