"""What a payer's bank says, and the answer to it: typed once, seen once more, sent for good."""

import csv
import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from maalem.kit.typography import french
from maalem.platform.ground.gateway.records import Movement, Told
from maalem.platform.market.till.models import Deed
from maalem.platform.market.till.tests.test_pages import officer, sold, text, visit  # noqa: F401
from tests.cast import NOBODY, OFFICER, POTTER, WEAVER

pytestmark = pytest.mark.django_db
PHOTO = b"\xff\xd8\xff\xe0 a carrier's slip"


@pytest.fixture
def case(sold, visit):  # noqa: F811
    """A dispute about the carpet and the tagines, and the officer who may answer it."""
    officer("see_all_payments", "answer_disputes")
    found = sold.bank.dispute_it(sold.charge)

    def go(path="", member=OFFICER, **more):
        return visit(member, f"platform/disputes/{found.id}/{path}", **more)

    go.bank, go.id, go.world, go.visit = sold.bank, found.id, sold, visit
    return go


def standing(case):
    return case.bank.cases[""][0]


def another(case, **what):
    """One more dispute about the same payment."""
    return case.bank.dispute_it(case.bank.shelf[""][0], **what)


def token(page):
    return re.search(r'name="token" value="([^"]+)"', text(page))[1]


def fields(**more):
    return {"product_description": "Un tapis", "shipping_carrier": "Amana", **more}


def test_the_list_says_what_the_bank_says_and_how_long_is_left(case, visit):  # noqa: F811
    page = text(visit(OFFICER, "platform/disputes/"))
    assert french("« Rien n’est arrivé. »") in page
    assert "encore 9 jours" in page
    assert "À répondre" in page


def test_what_we_know_is_filled_in(case):
    page = text(case())
    assert "Amana" not in page
    for known in ("Tapis de Taznakht", "Claire Martin", "12 rue de la République"):
        assert known in page


@pytest.mark.parametrize("path", ["", "{id}/", "{id}/hand-in/", "{id}/give-in/"])
@pytest.mark.parametrize("member", [WEAVER, POTTER, NOBODY])
def test_nobody_else_sees_it(case, visit, path, member):  # noqa: F811
    assert visit(member, "platform/disputes/" + path.format(id=case.id)).status_code == 404
    hers = visit(WEAVER, "fadma-ait-baha/disputes/" + path.format(id=case.id))
    assert hers.status_code == (404 if path else 200)


def test_an_officer_without_the_right_only_looks(case):
    officer("see_all_payments")
    assert "<form" not in text(case()).split("<main")[1].split("</main")[0]
    assert case(post=fields()).status_code == 404
    for path in ("hand-in/", "give-in/"):
        assert case(path, post={}).status_code == 404
    assert standing(case).evidence == {}


def test_a_draft_is_kept_and_nothing_is_sent(case):
    page = case(post=fields(), follow=True)
    assert "Rien n’est encore parti" in text(page)
    assert standing(case).evidence["shipping_carrier"] == "Amana"
    assert standing(case).status == "needs_response"
    assert "Amana" in text(case())
    case(post=fields(shipping_carrier=""))
    assert "shipping_carrier" not in standing(case).evidence


def test_photos_are_uploaded_shown_and_taken_out_again(case):
    slip = SimpleUploadedFile("bordereau.jpg", PHOTO, content_type="image/jpeg")
    case(post=fields(shipping_documentation=slip))
    kept = standing(case).evidence["shipping_documentation"]
    assert kept.startswith("file_")
    assert "bordereau.jpg" in text(case())
    case(post=fields(drop_shipping_documentation="on"))
    assert "shipping_documentation" not in standing(case).evidence


def test_what_is_no_photo_is_refused_with_what_was_typed_still_there(case):
    text_file = SimpleUploadedFile("notes.txt", b"hello", content_type="text/plain")
    page = text(case(post=fields(shipping_documentation=text_file, customer_name="Itto")))
    assert "Seuls les photos (JPEG, PNG) et les PDF" in page
    assert 'value="Itto"' in page
    big = SimpleUploadedFile("big.jpg", PHOTO + b"0" * (5 * 2**20), content_type="image/jpeg")
    assert "jusqu’à 5 Mo" in text(case(post=fields(shipping_documentation=big)))
    assert standing(case).evidence == {}


def test_it_goes_once_after_it_was_seen_once_more(case):
    page = case(post=fields(go_on="1"), follow=True)
    assert "Envoyer ceci à la banque" in text(page)
    assert "Amana" in text(page)
    assert standing(case).status == "needs_response"
    press = {"token": token(page)}
    answer = case("hand-in/", post=press, follow=True)
    assert "La banque a votre réponse" in text(answer)
    assert (standing(case).status, standing(case).answers) == ("under_review", 1)
    case("hand-in/", post=press)
    assert standing(case).answers == 1
    deed = Deed.objects.get(kind="dispute_answered")
    assert (deed.about, deed.by.phone) == (case.id, OFFICER.phone)
    assert "A répondu à la banque" in text(case())
    assert case(post=fields()).status_code == 404


def test_silence_keeps_what_was_typed(case):
    page = case(post=fields(go_on="1"), follow=True)
    case.bank.trouble = "lost"
    typed = case(post=fields(shipping_carrier="Poste"))
    assert typed.status_code == 503
    assert "Poste" in typed.content.decode()
    lost = case("hand-in/", post={"token": token(page)})
    assert lost.status_code == 302
    case.bank.trouble = ""
    assert standing(case).status == "under_review"


def test_giving_in_ends_it(case):
    page = case("give-in/")
    assert "Laisser" in text(page)
    assert standing(case).status == "needs_response"
    case("give-in/", post={"token": token(page)})
    assert standing(case).status == "lost"
    assert Deed.objects.get().kind == "dispute_conceded"
    assert "On ne peut plus rien y faire" in text(case())


def test_the_payments_story_tells_of_the_dispute_to_its_end(case, visit):  # noqa: F811
    page = case(post=fields(go_on="1"), follow=True)
    case("hand-in/", post={"token": token(page)})
    charge = case.world.charge.id
    story = text(visit(OFFICER, f"platform/{charge}/"))
    assert "La banque a reçu la réponse" in story
    assert f"/fr/payments/platform/disputes/{case.id}/" in story
    won = case.bank.decide(case.id, status="won")
    closed = Told("evt_1", "charge.dispute.closed", won.id, created_at=case.bank.now())
    whole = case.bank.story(charge, account="", told=True)
    case.bank.stories[charge] = replace(whole, told=(closed,))
    assert "La contestation est gagnée" in text(visit(OFFICER, f"platform/{charge}/"))


def test_a_seller_answers_for_her_own_payments(sold, visit):  # noqa: F811
    account = sold.weaver.payments_account
    charge = sold.bank.put(64_000, account=account, id="ch_hersalone")
    found = sold.bank.dispute_it(charge, account=account, reason="fraudulent")
    path = f"fadma-ait-baha/disputes/{found.id}/"
    assert french("« Ce n’est pas moi qui ai payé. »") in text(visit(WEAVER, path))
    visit(WEAVER, path, post={"product_description": "Un tapis"})
    assert sold.bank.cases[account][0].evidence == {"product_description": "Un tapis"}
    assert visit(POTTER, path).status_code == 404


def test_all_disputes_are_had_as_a_file(case, visit):  # noqa: F811
    lost = Movement(
        *("txn_lost", "adjustment", -120_000, 20_000, -140_000),
        created_at=case.bank.now(),
        available_at=case.bank.now(),
    )
    older = another(case, status="lost", movements=(lost,), reason="odd")
    page = visit(OFFICER, "platform/disputes.csv")
    assert re.search(
        r'filename="platform-disputes-\d{4}-\d\d-\d\d.csv"', page["Content-Disposition"]
    )
    head, *rows = csv.reader(b"".join(page.streaming_content).decode("utf-8-sig").splitlines())
    assert head[:3] == ["Contestation", "Date", "État"]
    assert [row[0] for row in rows] == [older.id, case.id]
    assert (rows[0][2], rows[0][3], rows[0][5]) == (
        *("Perdue", "La banque n’a pas donné de raison."),
        "200.00",
    )
    assert (rows[1][3], rows[1][8]) == (french("« Rien n’est arrivé. »"), case.world.charge.id)
    for member in (WEAVER, NOBODY):
        assert visit(member, "platform/disputes.csv").status_code == 404


def test_a_file_of_disputes_is_read_to_its_end_and_says_where_it_could_not_be(case, visit):  # noqa: F811
    for _ in range(101):
        another(case)
    path = "platform/disputes.csv"
    whole = b"".join(visit(OFFICER, path).streaming_content).decode()
    assert whole.count("\n") == 1 + 102
    case.bank.trouble = "down"
    assert "Fichier incomplet" in b"".join(visit(OFFICER, path).streaming_content).decode()
