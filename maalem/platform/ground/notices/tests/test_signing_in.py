import re

import pytest
from django.contrib.auth import get_user
from django.test import Client, override_settings

from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from tests.cast import BUYER, NOBODY, WEAVER

pytestmark = pytest.mark.django_db
LOGIN, SIGNUP = "/fr/account/login/", "/fr/account/signup/"
CONFIRM, VERIFY = "/fr/account/login/code/confirm/", "/fr/account/phone/verify/"


@pytest.fixture
def weaver():
    return Person.objects.create_user(
        phone=WEAVER.phone, phone_verified=True, name=WEAVER.name, language="ar"
    )


def code() -> str:
    """The code of the last message."""
    found = re.search(r"\b(\d{6})\b", Message.objects.latest("pk").body)
    assert found, "the last message holds no code"
    return found[1]


def kinds() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


def who(client: Client) -> str:
    return getattr(get_user(client), "phone", "") or getattr(get_user(client), "email", "") or ""


@pytest.mark.parametrize("written", ["06 61 00 01 01", "+212661000101", "٠٦٦١٠٠٠١٠١"])
def test_the_weaver_signs_in_by_a_code_to_her_telephone(client, weaver, written):
    asked = client.post(LOGIN, {"login": written})
    assert asked.headers["Location"] == CONFIRM
    done = client.post(CONFIRM, {"code": code()})
    assert done.status_code == 302
    assert who(client) == WEAVER.phone


def test_a_code_may_be_typed_in_arabic_digits_with_spaces(client, weaver):
    client.post(LOGIN, {"login": WEAVER.phone})
    east = code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    client.post(CONFIRM, {"code": f" {east[:3]} {east[3:]} "})
    assert who(client) == WEAVER.phone


def test_a_buyer_abroad_signs_in_by_a_code_to_her_address(client):
    Person.objects.create_user(email=BUYER.email, name=BUYER.name)
    client.post(LOGIN, {"login": "Claire@Example.org"})
    assert Message.objects.get().email == BUYER.email
    client.post(CONFIRM, {"code": code()})
    assert who(client) == BUYER.email


def test_the_page_says_the_same_for_a_number_it_does_not_know(client, weaver):
    known = client.post(LOGIN, {"login": WEAVER.phone})
    stranger = Client()
    unknown = stranger.post(LOGIN, {"login": NOBODY.phone})
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    pages = [
        re.sub(r'csrfmiddlewaretoken\W+value=\W\w+|class="phone">[^<]+<', "", page.content.decode())
        for page in (client.get(CONFIRM), stranger.get(CONFIRM))
    ]
    assert pages[0] == pages[1]
    assert kinds() == ["login_code", "unknown_account"]


def test_nobody_gets_in_where_there_is_no_account(client):
    client.post(LOGIN, {"login": NOBODY.phone})
    for guess in ("", "-", "000000", "123456"):
        client.post(CONFIRM, {"code": guess})
    assert who(client) == ""


def test_five_wrong_codes_end_the_visit(client, weaver):
    client.post(LOGIN, {"login": WEAVER.phone})
    right = code()
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        client.post(CONFIRM, {"code": wrong})
    client.post(CONFIRM, {"code": right})
    assert who(client) == ""


def test_a_number_gets_five_codes_a_minute_and_no_more(weaver):
    for _ in range(7):
        Client().post(LOGIN, {"login": WEAVER.phone})
    assert kinds() == ["login_code"] * 5


def test_another_code_makes_the_first_one_void(client, weaver):
    client.post(LOGIN, {"login": WEAVER.phone})
    first = code()
    client.post(CONFIRM, {"action": "resend"})
    if code() != first:
        client.post(CONFIRM, {"code": first})
        assert who(client) == ""
    client.post(CONFIRM, {"code": code()})
    assert who(client) == WEAVER.phone


def test_a_mistyped_number_can_be_left_behind(client, weaver):
    client.post(LOGIN, {"login": NOBODY.phone})
    left = client.post("/fr/account/logout/", {"next": LOGIN})
    assert left.headers["Location"] == LOGIN
    assert client.get(LOGIN).status_code == 200


@pytest.mark.parametrize("written", ["", "Fadma", "06 61", "05 28 84 00 00", "a@b"])
def test_what_is_no_contact_gets_a_sentence_beside_the_field(client, written):
    page = client.post(LOGIN, {"login": written})
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert Message.objects.count() == 0


@pytest.mark.parametrize("target", ["/fr/cart/", "/ar/studio/"])
def test_who_came_from_a_page_goes_back_to_it(client, weaver, target):
    client.post(f"{LOGIN}?next={target}", {"login": WEAVER.phone, "next": target})
    done = client.post(f"{CONFIRM}?next={target}", {"code": code(), "next": target})
    assert done.headers["Location"] == target


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\thttp://e.x",
    ],
)
def test_nobody_is_sent_away_from_here(client, weaver, target):
    client.post(LOGIN, {"login": WEAVER.phone, "next": target})
    done = client.post(CONFIRM, {"code": code(), "next": target})
    assert "evil" not in done.headers["Location"]
    assert done.headers["Location"].startswith("/fr/")


def test_somebody_new_opens_an_account_by_telephone(client):
    asked = client.post(SIGNUP, {"contact": "06 61 00 01 06"})
    assert asked.headers["Location"] == VERIFY
    assert client.get(VERIFY).status_code == 200
    done = client.post(VERIFY, {"code": code()})
    assert done.headers["Location"] == "/fr/account/name/"
    person = Person.objects.get(phone=NOBODY.phone)
    assert (person.phone_verified, person.language, person.has_usable_password()) == (
        True,
        "fr",
        False,
    )
    client.post("/fr/account/name/", {"name": "  Omar   Filali "})
    person.refresh_from_db()
    assert person.name == "Omar Filali"


def test_somebody_new_opens_an_account_by_address(client):
    asked = client.post("/ar/account/signup/", {"contact": BUYER.email})
    assert asked.headers["Location"] == "/ar/account/login/code/confirm/"
    assert Message.objects.get().language == "ar"
    client.post("/ar/account/login/code/confirm/", {"code": code()})
    assert who(client) == BUYER.email


@pytest.mark.parametrize(("contact", "page"), [(WEAVER.phone, VERIFY), (BUYER.email, CONFIRM)])
def test_opening_an_account_twice_tells_its_owner_and_not_the_page(client, contact, page):
    first = client.post(SIGNUP, {"contact": contact})
    second = Client().post(SIGNUP, {"contact": contact})
    assert first.headers["Location"] == second.headers["Location"] == page
    assert kinds() == ["login_code", "account_exists"]
    assert Person.objects.count() == 1


def test_a_closed_account_does_not_open(client, weaver):
    weaver.is_active = False
    weaver.save()
    client.post(LOGIN, {"login": WEAVER.phone})
    done = client.post(CONFIRM, {"code": code()})
    assert done.headers["Location"] == "/fr/account/inactive/"
    assert who(client) == ""


def test_signing_out_needs_a_button(client, weaver):
    client.force_login(weaver)
    assert client.get("/fr/account/logout/").status_code == 200
    assert who(client) == WEAVER.phone
    client.post("/fr/account/logout/")
    assert who(client) == ""


def test_a_form_without_its_token_is_refused(weaver):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(LOGIN, {"login": WEAVER.phone}).status_code == 403


@pytest.mark.parametrize(
    "path", ["password/reset/", "password/change/", "email/", "login/code/", "password/set/"]
)
def test_there_are_no_passwords_here(client, path):
    assert client.get(f"/fr/account/{path}").status_code == 404


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("path", ["login/", "signup/", "inactive/"])
def test_the_pages_speak_three_languages(client, language, path):
    page = client.get(f"/{language}/account/{path}")
    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()


def test_her_language_is_hers_to_choose(client, weaver):
    client.force_login(weaver)
    assert client.get("/fr/account/").status_code == 200
    client.post("/fr/account/", {"language": "en"})
    weaver.refresh_from_db()
    assert weaver.language == "en"
    client.post("/fr/account/", {"language": "xx"})
    weaver.refresh_from_db()
    assert weaver.language == "en"


def test_the_demo_inbox_is_a_demos_only(client, weaver):
    client.post(LOGIN, {"login": WEAVER.phone})
    assert client.get("/fr/demo/inbox/").status_code == 404
    with override_settings(DEMO=True):
        assert code() in client.get("/fr/demo/inbox/").content.decode()
