"""Who may look into which till, what stands there, and how money goes back."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from maalem.platform.ground.gateway.records import Holdings, Payout, Reserve
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders.actions.asks import ask_release
from maalem.platform.market.orders.actions.parcels import confirm_delivery, dispatch
from maalem.platform.market.orders.models import Order
from maalem.platform.market.till.models import AskedRefund
from tests.cast import BUYER, NOBODY, OFFICER, POTTER, WEAVER, Member

pytestmark = pytest.mark.django_db
HERS = "fadma-ait-baha/"


def person(member: Member) -> Person:
    reach = {"phone": member.phone} if member is not BUYER else {"email": member.email}
    found, _ = Person.objects.get_or_create(**reach, defaults={"name": member.name})
    return found


def officer(*permissions: str) -> Person:
    """The officer as staff, with permissions of the till."""
    found = person(OFFICER)
    found.is_staff = True
    found.save()
    found.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return found


@pytest.fixture
def visit(client):
    """Open a page of the till as one of the cast."""

    def go(member, path="", *, post=None, language="fr", **more):
        client.force_login(person(member))
        url = f"/{language}/payments/{path}"
        return client.get(url, **more) if post is None else client.post(url, post, **more)

    return go


@pytest.fixture
def sold(world):
    """A carpet of the weaver's and two tagines, paid; the carpet arrived and its money is hers."""
    world.group = world.paid()
    world.sale = Order.objects.get(group=world.group, artisan=world.weaver)
    dispatch(world.sale.number, by="test")
    confirm_delivery(world.sale.number)
    ask_release(f"release-{world.sale.number}")
    (world.charge,) = world.bank.shelf[""]
    (world.part,) = world.bank.shelf[world.weaver.payments_account]
    return world


def text(page):
    assert page.status_code == 200
    return page.content.decode()


def test_the_weaver_sees_what_was_passed_on_and_for_which_piece(sold, visit):
    page = text(visit(WEAVER, HERS))
    assert "Tapis de Taznakht" in page
    assert sold.sale.number in page
    assert "Claire" in page
    assert "Martin" not in page


@pytest.mark.parametrize("member", [POTTER, BUYER, OFFICER, NOBODY])
@pytest.mark.parametrize("path", ["", "money/", "payments.csv", "{part}/", "{part}/give-back/"])
def test_nobody_else_opens_her_till(sold, visit, member, path):
    assert visit(member, HERS + path.format(part=sold.part.id)).status_code == 404


def test_another_tills_payment_is_not_found_in_hers(sold, visit):
    assert visit(WEAVER, f"{HERS}{sold.charge.id}/").status_code == 404


@pytest.mark.parametrize("path", ["platform/", "platform/money/", "accounts/"])
@pytest.mark.parametrize("member", [WEAVER, BUYER, NOBODY])
def test_the_platforms_till_is_the_officers(sold, visit, member, path):
    assert visit(member, path).status_code == 404


def test_staff_without_the_permission_see_nothing(sold, visit):
    officer()
    assert visit(OFFICER, "platform/").status_code == 404
    assert visit(OFFICER, HERS).status_code == 404


def test_the_permission_without_being_staff_opens_nothing(sold, visit):
    found = officer("see_all_payments")
    Person.objects.filter(pk=found.pk).update(is_staff=False)
    assert visit(OFFICER, "platform/").status_code == 404


def test_an_officer_looks_into_every_till_but_gives_nothing_back(sold, visit):
    officer("see_all_payments")
    assert "Claire Martin" in text(visit(OFFICER, "platform/"))
    assert "Tapis de Taznakht" in text(visit(OFFICER, HERS))
    page = text(visit(OFFICER, f"platform/{sold.charge.id}/"))
    assert "Rendre de l’argent" not in page
    answer = visit(OFFICER, f"platform/{sold.charge.id}/give-back/", post={"amount": "10"})
    assert answer.status_code == 404
    assert not AskedRefund.objects.exists()


def test_a_stranger_is_asked_to_sign_in(client, db):
    page = client.get("/fr/payments/")
    assert page.status_code == 302
    assert "/fr/account/login/" in page["Location"]


@pytest.mark.parametrize("member", [BUYER, NOBODY])
def test_who_sells_nothing_gets_a_kind_empty_page(world, visit, member):
    assert "Il n’y a pas de caisse pour vous ici" in text(visit(member))


def test_the_first_page_of_a_seller_is_her_own_till(sold, visit):
    assert visit(WEAVER)["Location"] == "/fr/payments/fadma-ait-baha/"


@pytest.mark.parametrize("typed", ["{group}", "{order}", "7777", "2C4F-6G8H", "claire martin"])
def test_a_payment_is_found_by_what_is_in_the_hand(sold, visit, typed):
    officer("see_all_payments")
    other = sold.bank.put(5_000, payer="Somebody Else", last4="1111")
    sold.bank.put(77_700, payer="Claire Martin", last4="7777", receipt="2C4F-6G8H")
    words = typed.format(group=sold.group.number, order=sold.sale.number)
    page = text(visit(OFFICER, f"platform/?q={quote(words)}"))
    assert "/platform/ch_" in page
    assert other.id not in page


@pytest.mark.parametrize("typed", ["1 234,50 MAD", "1234.5", "١٢٣٤٫٥٠"])
def test_an_amount_is_understood_as_people_write_it(sold, visit, typed):
    officer("see_all_payments")
    wanted = sold.bank.put(123_450)
    page = text(visit(OFFICER, f"platform/?q={quote(typed)}"))
    assert wanted.id in page
    assert sold.charge.id not in page


def test_what_is_typed_never_becomes_part_of_the_query(sold, visit):
    officer("see_all_payments")
    visit(OFFICER, "platform/?q=" + quote('x" OR status:"succeeded'))
    assert sold.bank.searched[-1] == r'billing_details.name~"x\" OR status:\"succeeded"'


def test_a_seller_cannot_feel_for_a_buyers_whole_name(sold, visit):
    assert sold.part.id in text(visit(WEAVER, f"{HERS}?q=Claire"))
    assert sold.part.id not in text(visit(WEAVER, f"{HERS}?q=Claire+Martin"))
    assert sold.part.id not in text(visit(WEAVER, f"{HERS}?q=Martin"))
    assert sold.part.id not in text(visit(WEAVER, f"{HERS}?q=claire%40example.org"))


def test_states_and_days_narrow_the_list(sold, visit):
    officer("see_all_payments")
    old = sold.bank.put(900, created_at=timezone.now() - timedelta(days=40))
    failed = sold.bank.put(800, status="failed", captured=False, decline="insufficient_funds")
    day = timezone.localdate().isoformat()
    today = text(visit(OFFICER, f"platform/?from={day}&to={day}"))
    assert old.id not in today
    assert failed.id in today
    refused = text(visit(OFFICER, "platform/?state=failed"))
    assert failed.id in refused
    assert sold.charge.id not in refused


def test_the_list_comes_in_pages(sold, visit):
    officer("see_all_payments")
    made = [sold.bank.put(100 + n).id for n in range(30)]
    page = visit(OFFICER, "platform/")
    assert made[-1] in text(page)
    assert made[0] not in text(page)
    after = page.context["listing"].next_after
    assert made[0] in text(visit(OFFICER, f"platform/?after={after}"))


def test_a_script_gets_the_list_alone(sold, visit):
    page = visit(WEAVER, HERS, headers={"HX-Request": "true"})
    assert "<html" not in text(page)
    assert sold.part.id in text(page)
    assert "HX-Request" in page["Vary"]


@pytest.mark.parametrize("path", ["", "money/", "{part}/"])
def test_silence_is_said_and_nothing_breaks(sold, visit, path):
    sold.bank.trouble = "down"
    page = visit(WEAVER, HERS + path.format(part=sold.part.id))
    assert page.status_code in (200, 503)
    assert "L’argent est en sécurité" in page.content.decode()


def test_the_file_holds_the_list_and_no_formula(sold, visit):
    officer("see_all_payments")
    sold.bank.put(5_000, payer='=HYPERLINK("http://example.org")')
    page = visit(OFFICER, "platform/payments.csv", language="en")
    said = b"".join(page.streaming_content).decode("utf-8-sig")
    assert said.splitlines()[0].startswith("Payment,Date,State")
    assert "'=HYPERLINK" in said
    assert sold.charge.id in said


def test_a_file_that_could_not_be_finished_says_so(sold, visit):
    page = visit(WEAVER, f"{HERS}payments.csv")
    sold.bank.trouble = "down"
    assert "Fichier incomplet" in b"".join(page.streaming_content).decode()


def test_the_story_of_her_part_names_the_parcel(sold, visit):
    page = text(visit(WEAVER, f"{HERS}{sold.part.id}/"))
    assert "Votre part est arrivée sur votre compte" in page
    assert "Le colis est arrivé" in page
    assert f"/fr/studio/orders/{sold.sale.number}/" in page
    assert "Martin" not in page


def test_the_money_page_explains_what_is_kept_owed_and_failed(sold, visit):
    mine, today = sold.weaver.payments_account, timezone.localdate()
    soon = timezone.now() + timedelta(days=9)
    sold.bank.holds[mine] = Holdings(-4_000, 100, kept_minor=700, interval="weekly")
    sold.bank.kept[mine] = (Reserve("rs_1", "held", 700, "MAD", rule="long_delivery", until=soon),)
    sold.bank.bank[mine] = (
        Payout("po_2", "in_transit", 900, "MAD", arrives_on=today, created_at=soon),
        Payout("po_1", "failed", 800, "MAD", today, created_at=soon, failure="account_closed"),
    )
    page = text(visit(WEAVER, f"{HERS}money/"))
    for said in ("Vous devez", "30 jours après", "Le compte bancaire est fermé", "Prochaine"):
        assert said in page
    assert page.count('class="bar bar--taken"') == 1
    assert "La même chose en tableau" in page
