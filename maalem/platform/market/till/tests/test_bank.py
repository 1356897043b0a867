"""The officer's morning in the browser: clients' money, what waits, what the bank told."""

import re
from datetime import UTC, date, datetime, time, timedelta
from html import unescape

import pytest
from django.utils import timezone

from maalem.platform.ground.gateway.bank_records import (
    BankDay,
    BankFile,
    BankLine,
    Morning,
    Otherwise,
    Proof,
    Term,
    Thing,
    Waiting,
)
from maalem.platform.market.till.bank import days
from maalem.platform.market.till.tests.test_pages import officer, person, text, visit
from tests.cast import BUYER, NOBODY, OFFICER, WEAVER

pytestmark = pytest.mark.django_db
__all__ = ["visit"]
PATHS = [
    "platform/bank/",
    "platform/bank/files/",
    "platform/bank/files/bfl_0000001/",
    "platform/bank/proofs/sgp_0000001/",
    "platform/bank/proofs/sgp_0000001/pdf/",
]


def proof(day: date, *, minor: int = 90_000, difference: int = 0, number: int = 1) -> Proof:
    terms = (Term("owners_available", minor), Term("our_own", 1_000))
    otherwise = (Otherwise("owners_available", minor, minor - difference),) if difference else ()
    return Proof(
        id=f"sgp_{number:07}",
        day=day,
        counted_at=datetime.combine(day, time(6), UTC),
        there_minor=minor + 1_000 + difference,
        owed_minor=minor + 1_000,
        difference_minor=difference,
        there=(Term("bank_account", minor + 1_000 + difference),),
        owed=terms,
        otherwise=otherwise,
        links={
            name: f"http://pay.test/proof-{name}" for name in ("csv", "pdf-fr", "pdf-ar", "pdf-en")
        },
    )


@pytest.fixture
def bank(world):
    """The institution as it is on a quiet morning: proved, one file, nothing that waits."""
    yesterday = timezone.localdate() - timedelta(days=1)
    fake = world.bank
    fake.proved = [proof(yesterday - timedelta(days=1)), proof(yesterday, number=2)]
    fake.waits = Morning(proof=fake.proved[-1])
    fake.arrived = [
        BankFile(
            "bfl_0000001",
            "CAMT053-0001.xml",
            timezone.now(),
            message="camt.053.001.08",
            count=1,
            days=(BankDay(yesterday, opening_minor=0, closing_minor=91_000, count=1),),
        )
    ]
    fake.booked = [
        BankLine(
            "bln_0000001",
            91_000,
            yesterday,
            "B1",
            file="bfl_0000001",
            matched_as="network",
            matched_to="nst_1",
        )
    ]
    officer("see_all_payments", "watch_bank")
    return fake


def words(page) -> str:
    """What the page says, without its tags."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", "", text(page), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def test_a_quiet_morning_is_told_calmly(bank, visit):
    page = visit(OFFICER, "platform/bank/")
    said = words(page)
    assert "L’argent des clients est là, au centime près" in said
    assert "900,00" in said
    assert "Rien ne vous attend." in said
    assert "Relevé du jour Chaque ligne est expliquée." in said
    assert "proof--differs" not in text(page)
    assert 'role="alert"' not in text(page)


def test_a_difference_is_told_loudly_with_its_term_and_its_command(bank, visit):
    day = timezone.localdate() - timedelta(days=1)
    bank.proved.append(proof(day, difference=-1_000, number=3))
    unproved = Thing("sgp_0000003", kind="differs", amount_minor=-1_000)
    bank.waits = Morning(proof=bank.proved[-1], waiting=(Waiting("proof", 1, (unproved,)),))
    page = visit(OFFICER, "platform/bank/")
    assert "proof--differs" in text(page)
    assert 'role="alert"' in text(page)
    said = words(page)
    assert "Argent des clients : les deux côtés diffèrent" in said
    assert "\u221210,00" in said or "-10,00" in said
    assert "maalem verify" in said
    assert "au centime près" not in said
    whole = words(visit(OFFICER, "platform/bank/proofs/sgp_0000003/"))
    assert "Là où le grand livre dit autre chose" in whole
    plain = whole.replace("\xa0", " ")
    assert "disponible Par les lignes 900,00 MAD Au grand livre 910,00 MAD" in plain


def test_what_waits_is_told_in_words_with_its_place_and_what_to_do(bank, visit, world):
    account = world.weaver.payments_account
    finding = Thing(
        "fin_1",
        kind="not_settled",
        about="att_9",
        says="ch_1 is in no report",
        amount_minor=5_000,
        account=account,
        officer="Naïma",
        freezes=True,
        since=timezone.now(),
    )
    line = Thing("bln_7", kind="no_reference", about="B7", amount_minor=700, file="bfl_0000001")
    payout = Thing(
        "po_123456", says="1/2", amount_minor=9_000_000, account=account, officer="Naïma"
    )
    bank.waits = Morning(
        proof=bank.proved[-1],
        waiting=(
            Waiting("findings", 1, (finding,)),
            Waiting("bank_lines", 3, (line,)),
            Waiting("payouts", 1, (payout,)),
        ),
    )
    page = visit(OFFICER, "platform/bank/")
    said = words(page)
    assert "Un paiement ne figure dans aucun rapport de son réseau" in said
    assert "ch_1 is in no report" in said
    assert "Rien n’est versé à ce compte tant que ce n’est pas fermé." in said
    assert "Naïma s’en occupe" in said
    assert "Fadma Aït Baha" in said
    assert "Elle ne porte aucune référence à nous et n’est pas l’argent d’un réseau." in said
    assert "et 2 autres" in said
    assert "Agents d’accord : 1/2 · Naïma" in said
    for place in (
        "/fr/payments/platform/bank/files/bfl_0000001/",
        "/fr/payments/fadma-ait-baha/money/po_123456/",
    ):
        assert f'href="{place}"' in text(page)
    assert "Rien ne vous attend." not in said


def test_before_anything_has_happened_the_page_says_so(bank, visit):
    bank.waits, bank.proved, bank.arrived = Morning(), [], []
    said = words(visit(OFFICER, "platform/bank/"))
    assert "Pas encore de preuve" in said
    assert "La banque n’a encore rien envoyé." in said
    assert "les 30 derniers jours" not in said
    assert "La banque n’a encore rien envoyé." in words(visit(OFFICER, "platform/bank/files/"))


def test_a_file_shows_what_nobody_has_explained_before_the_rest(bank, visit):
    strange = BankLine(
        "bln_0000002",
        700,
        timezone.localdate(),
        "B2",
        file="bfl_0000001",
        counterparty="Omar F.",
        text="cadeau",
        reason="no_reference",
    )
    bank.booked.append(strange)
    bank.arrived[0] = BankFile(
        **{**vars(bank.arrived[0]), "count": 2, "unmatched": 1},
    )
    said = words(visit(OFFICER, "platform/bank/files/bfl_0000001/"))
    assert said.index("Elle ne porte aucune référence") < said.index("La journée d’un réseau")
    assert "Omar F. cadeau" in said
    assert "Solde de clôture 910,00 MAD" in said.replace("\xa0", " ")
    assert "1 ligne sans explication" in words(visit(OFFICER, "platform/bank/"))
    assert visit(OFFICER, "platform/bank/files/bfl_0000009/").status_code == 404


def test_a_refused_file_says_why_and_that_nothing_was_taken(bank, visit):
    refused = BankFile(
        "bfl_0000002",
        "strange.xml",
        timezone.now(),
        refusal="not_our_account",
        detail="MA64…",
    )
    bank.arrived.append(refused)
    said = words(visit(OFFICER, "platform/bank/files/bfl_0000002/"))
    assert "Le fichier parle d’un compte qui n’est pas le nôtre. Rien n’en a été repris." in said
    assert "Aucune ligne" not in said


def test_older_files_are_a_page_away(bank, visit):
    bank.arrived = [BankFile(f"bfl_{n:07}", f"F{n}", timezone.now()) for n in range(1, 41)]
    assert "Tous les fichiers" in words(visit(OFFICER, "platform/bank/"))
    page = text(visit(OFFICER, "platform/bank/files/"))
    (after,) = re.findall(r'rel="next" href="\?after=(bfl_\d+)"', page)
    rest = text(visit(OFFICER, f"platform/bank/files/?after={after}"))
    assert "F1<" in rest
    assert "F40<" not in rest


@pytest.mark.parametrize(("language", "kind"), [("fr", "pdf"), ("ar", "pdf"), ("en", "csv")])
def test_a_proof_is_fetched_in_the_pages_language(bank, visit, language, kind):
    answer = visit(OFFICER, f"platform/bank/proofs/sgp_0000002/{kind}/", language=language)
    name = kind if kind == "csv" else f"pdf-{language}"
    assert (answer.status_code, answer["Location"]) == (302, f"http://pay.test/proof-{name}")
    assert visit(OFFICER, "platform/bank/proofs/sgp_0000002/docx/").status_code == 404
    assert visit(OFFICER, "platform/bank/proofs/sgp_0000009/pdf/").status_code == 404


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("member", [WEAVER, BUYER, NOBODY])
def test_the_bank_is_the_officers(bank, visit, member, path):
    assert visit(member, path).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_an_officer_needs_the_right_by_name(bank, visit, path):
    officer("see_all_payments")
    assert visit(OFFICER, path).status_code == 404
    assert "Ce matin" not in words(visit(OFFICER, "platform/money/"))
    officer("watch_bank")
    assert visit(OFFICER, path).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_no_workshop_has_a_bank_of_its_own_here(bank, visit, path):
    place = path.replace("platform", "fadma-ait-baha")
    assert visit(OFFICER, place).status_code == 404
    assert visit(WEAVER, place).status_code == 404


def test_nothing_is_done_here(bank, visit):
    for path in PATHS:
        assert visit(OFFICER, path, post={"sure": "1"}).status_code == 405


def test_a_stranger_signs_in_first(client, bank):
    assert client.get("/fr/payments/platform/bank/").status_code == 302
    assert person(OFFICER).is_staff


def test_a_silent_institution_is_told_as_such(bank, visit):
    bank.trouble = "down"
    assert visit(OFFICER, "platform/bank/").status_code == 503


def test_the_newest_proof_of_a_day_counts_and_a_gap_is_seen():
    today = timezone.localdate()
    first = today - timedelta(days=29)
    old = proof(today - timedelta(days=5), difference=-100, number=1)
    again = Proof(
        **{
            **vars(old),
            "id": "sgp_0000002",
            "difference_minor": 0,
            "counted_at": old.counted_at + timedelta(hours=1),
        }
    )
    shown = days([again, old, proof(today - timedelta(days=3), minor=45_000)], first=first)
    kinds = {(today - one.on).days: one.kind for one in shown.days}
    assert [kinds[back] for back in (6, 5, 4, 3, 2, 1, 0)] == [
        *("open", "even", "none", "even", "none", "open", "open")
    ]
    tall = {(today - one.on).days: one.height for one in shown.days}
    assert (tall[5], tall[3]) == (120, 60)
    assert (shown.proved, shown.differing, shown.missing) == (2, 0, 2)
