"""The files themselves: what we write is valid, what we read is read strictly."""

import contextlib
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.kit.ids import new_id
from maalem.payments.config import SIMULATED_ACCOUNT
from maalem.payments.rails.bank import papers
from maalem.payments.rails.bank.orders import understand
from maalem.payments.rails.bank.papers import Entry, Ours, Verdict
from maalem.payments.settlement.bank import camt, pain002
from maalem.payments.settlement.bank.letters import latin
from maalem.payments.settlement.bank.pain001 import (
    MESSAGES,
    Instruction,
    Order,
    Payer,
    id_of,
    reference,
    write,
)
from maalem.payments.settlement.bank.reading import FileRefused, message, minor
from maalem.payments.settlement.bank.tests.bank_world import rib
from maalem.payments.settlement.bank.tests.schemas import problems

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PAYER = Payer("Maalem Paiements & Cie", SIMULATED_ACCOUNT, "BSIMMAMC")
OURS = Ours(SIMULATED_ACCOUNT, "mad")
ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
names = st.one_of(
    st.text(max_size=200), st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويءئأإآىة ", max_size=60)
)


def order(*payments: tuple[int, str], name: str = "Fadma Aït Baha") -> Order:
    return Order(
        message_id=reference(new_id("pob")),
        created_at=AT,
        pay_on=AT.date(),
        currency="mad",
        instructions=[
            Instruction(reference(new_id("po")), amount, name, rib(number).iban, "Vente nº 7")
            for amount, number in payments
        ],
    )


@pytest.mark.parametrize("version", list(MESSAGES))
@given(name=names, amounts=st.lists(st.integers(1, 10**13), min_size=1, max_size=5))
def test_a_payment_order_is_valid_whatever_the_names(version, name, amounts):
    """P19: the payment file is valid by the official schema, its sums are its lines."""
    made = order(*((amount, str(n)) for n, amount in enumerate(amounts)), name=name)
    content = write(made, PAYER, version=version)
    assert problems(content, MESSAGES[version]) == []
    assert f"<NbOfTxs>{len(amounts)}</NbOfTxs>".encode() in content
    total = sum(amounts)
    assert content.count(f"<CtrlSum>{total // 100}.{total % 100:02d}</CtrlSum>".encode()) == 2
    for text in re.findall(r"<(?:Nm|Ustrd)>([^<]*)<", content.decode()):
        assert ALLOWED.fullmatch(text.replace("&amp;", "&")), text


def test_the_same_order_is_the_same_bytes():
    made = order((100, "1"), (200, "2"))
    assert write(made, PAYER) == write(made, PAYER)


def test_the_bank_understands_our_order():
    made = order((12_345, "1"), (1, "2"))
    found = understand(write(made, PAYER), iban=SIMULATED_ACCOUNT, currency="mad")
    assert found.message_id == made.message_id
    assert [(p.end_to_end_id, p.amount, p.iban) for p in found.payments] == [
        (one.end_to_end_id, one.amount, one.iban) for one in made.instructions
    ]


def test_an_id_survives_the_bank():
    for _ in range(50):
        payout = new_id("po")
        assert len(reference(payout)) <= 35
        assert id_of(reference(payout), prefix="po") == payout
    assert id_of("NOTPROVIDED", prefix="po") is None
    assert id_of("po_1", prefix="po") is None


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("Fadma Aït Baha", "Fadma Ait Baha"),
        ("Œuvre & Fils — Safi", "OEuvre + Fils - Safi"),
        ("فاطمة أيت باها", "Fatma Ait Baha"),
        ("ⴼⴰⴹⵎⴰ", "fadma"),
        ("//Tifawin//Azilal/", "Tifawin/Azilal"),
        ("Coopérative n°\u00a012 <tag>", "Cooperative no 12 tag"),
        ("٣٤", "34"),
        ("日本", ""),
    ],
)
def test_names_are_spelled_as_banks_take_them(written, spelled):
    assert latin(written, longest=70) == spelled


@given(text=st.text(max_size=300), longest=st.integers(1, 140))
def test_whatever_is_written_comes_out_in_the_banks_letters(text, longest):
    made = latin(text, longest=longest)
    assert ALLOWED.fullmatch(made)
    assert len(made) <= longest
    assert "//" not in made
    assert made == made.strip("/ ")


def entry(number: int, amount: int, **fields: object) -> Entry:
    kind = fields.pop("kind", "payout" if amount < 0 else "network")
    return Entry(
        number=number,
        kind=str(kind),
        amount=amount,
        booked_on=AT.date(),
        end_to_end_id=str(fields.get("end_to_end_id", f"PO{number}")),
        reason=fields.get("reason"),  # type: ignore[arg-type]
        iban=rib("77").iban,
        counterparty="FADMA AIT BAHA",
        remittance="MAALEM",
    )


ENTRIES = [entry(1, 10_000), entry(2, -2_500), entry(3, 2_500, kind="return", reason="AC04")]
STATEMENT = papers.statement(7, ours=OURS, entries=ENTRIES, opening=-300, day=AT.date(), at=AT)
NOTIFICATION = papers.notification("NTF1", ours=OURS, entries=ENTRIES, at=AT)
STATUS = papers.status_report(
    "PSR1",
    order="POB1",
    status="PART",
    at=AT,
    verdicts=[Verdict("PO1", "ACSC"), Verdict("PO2", "RJCT", "AC06")],
)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (STATEMENT, papers.STATEMENT),
        (NOTIFICATION, papers.NOTIFICATION),
        (STATUS, papers.STATUS),
        (papers.status_report("P", order="X", status="RJCT", at=AT, reason="DUPL"), papers.STATUS),
    ],
)
def test_the_simulated_bank_writes_valid_files(content, kind):
    """P19: the mock bank speaks the official messages too."""
    assert problems(content, kind) == []


def told(content: bytes, *, ours: str = SIMULATED_ACCOUNT) -> camt.Told:
    return camt.read(message(content)[1], ours=frozenset({ours}), currency="mad")


def test_a_statement_is_read_line_by_line():
    (account,) = told(STATEMENT).accounts
    assert (account.opening, account.closing, account.day) == (-300, 9_700, date(2026, 3, 2))
    assert [line.amount for line in account.lines] == [10_000, -2_500, 2_500]
    assert [line.is_return for line in account.lines] == [False, False, True]
    assert account.lines[2].return_reason == "AC04"
    assert account.lines[1].end_to_end_id == "PO2"
    assert account.lines[1].bank_reference == papers.bank_reference(ENTRIES[1])
    (notified,) = told(NOTIFICATION).accounts
    assert notified.lines == account.lines
    assert notified.opening is None


def test_a_status_report_is_read_payment_by_payment():
    report = pain002.read(message(STATUS)[1])
    assert (report.order, report.status, report.duplicate) == ("POB1", "PART", False)
    assert [(said.end_to_end_id, said.status, said.reason) for said in report.payments] == [
        ("PO1", "ACSC", None),
        ("PO2", "RJCT", "AC06"),
    ]


def swap(old: str, new: str) -> bytes:
    assert old.encode() in STATEMENT
    return STATEMENT.replace(old.encode(), new.encode(), 1)


REFUSED = {
    "balances_do_not_add_up": swap("100.00", "100.01").replace(b">100.00<", b">100.01<"),
    "not_our_account": swap(SIMULATED_ACCOUNT, rib("1").iban),
    "currency_differs": swap("<Ccy>MAD</Ccy>", "<Ccy>EUR</Ccy>"),
    "bad_amount": swap("100.00", "1OO.00"),
    "bad_day": swap("2026-03-02</Dt>", "2026-02-31</Dt>"),
    "element_missing": swap("OPBD", "XPCD"),
    "reference_used_twice": STATEMENT.replace(b"BK2603020000000002", b"BK2603020000000001"),
    "entry_without_reference": re.sub(
        rb"<NtryRef>1</NtryRef>|<AcctSvcrRef>BK2603020000000001</AcctSvcrRef>", b"", STATEMENT
    ),
    "details_do_not_add_up": re.sub(
        rb"(<TxDtls>.*?</TxDtls>)", rb"\1\1", STATEMENT, count=1, flags=re.DOTALL
    ),
    "not_xml": STATEMENT[:-20],
    "forbidden_construct": STATEMENT.replace(
        b"<Document", b'<!DOCTYPE Document [<!ENTITY a "b">]><Document', 1
    ),
    "not_a_bank_file": STATEMENT.replace(b"BkToCstmrStmt", b"RsltnOfInvstgtn"),
    "bad_value": swap("BOOK", "DONE"),
}


@pytest.mark.parametrize("word", list(REFUSED))
def test_a_file_that_is_not_right_is_refused_by_name(word):
    """P20: opening and entries make the closing balance, or the file is refused whole."""
    with pytest.raises(FileRefused) as refused:
        read_whole(REFUSED[word])
    assert refused.value.word == word


def test_entities_do_not_grow():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "%s">]><a>&b;</a>' % (b"x" * 1000)
    with pytest.raises(FileRefused) as refused:
        message(bomb)
    assert refused.value.word == "forbidden_construct"
    deep = b"<a>" * 100 + b"</a>" * 100
    with pytest.raises(FileRefused) as refused:
        message(deep)
    assert refused.value.word == "too_large"


@pytest.mark.parametrize(
    ("text", "amount"), [("1", 100), ("0.5", 50), ("12.340", 1234), (" 7.01 ", 701)]
)
def test_amounts_are_whole_minor_units(text, amount):
    """P10: no float comes near a bank's file."""
    assert minor(text) == amount


@pytest.mark.parametrize("text", ["", "-1", "1,50", "1.005", "1e3", "٣", "NaN", "1" * 16])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(FileRefused):
        minor(text)


def read_whole(content: bytes) -> None:
    kind, body = message(content)
    if kind.startswith("pain.002"):
        pain002.read(body)
    else:
        camt.read(body, ours=frozenset({SIMULATED_ACCOUNT}), currency="mad")


mutation = st.tuples(st.integers(0, 10**6), st.integers(0, 3), st.binary(min_size=1, max_size=6))


@given(
    content=st.sampled_from([STATEMENT, NOTIFICATION, STATUS]),
    mutations=st.lists(mutation, min_size=1, max_size=8),
)
def test_mutated_files_are_read_or_refused_by_name(content, mutations):
    """P20: whatever bytes come, the answer is a file that adds up or a named refusal."""
    changed = bytearray(content)
    for place, kind, piece in mutations:
        at = place % max(len(changed), 1)
        if kind == 0:
            changed[at : at + len(piece)] = piece
        elif kind == 1:
            changed[at:at] = piece
        elif kind == 2:
            del changed[at : at + 40]
        else:
            changed[at:at] = changed[at : at + 60]
    with contextlib.suppress(FileRefused):  # which takes no word but those of REFUSALS
        read_whole(bytes(changed))


@given(content=st.binary(max_size=200))
def test_noise_is_refused_by_name(content):
    with pytest.raises(FileRefused):
        read_whole(content)
