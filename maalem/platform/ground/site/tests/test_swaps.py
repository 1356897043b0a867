"""What the answers to a script have in common."""

from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from maalem.platform.ground.site import swaps

PART = {"hx-request": "true"}


def answered(response: HttpResponse, **more: object) -> HttpResponse:
    return swaps.Onward(lambda request: response)(RequestFactory().get("/fr/studio/", **more))


def test_a_redirect_moves_the_whole_page_not_a_part_of_it():
    moved = HttpResponseRedirect("/fr/account/login/?next=/fr/studio/")
    moved.set_cookie("kept", "1")
    answer = answered(moved, headers=PART)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/fr/account/login/?next=/fr/studio/"
    assert "Location" not in answer
    assert "kept" in answer.cookies


def test_a_redirect_without_a_script_stays_one():
    answer = answered(HttpResponseRedirect("/fr/cart/"))
    assert (answer.status_code, answer["Location"]) == (302, "/fr/cart/")
    assert "HX-Redirect" not in answer


def test_any_other_answer_stays_as_it_is():
    answer = answered(HttpResponse("a part", status=422), headers=PART)
    assert (answer.status_code, answer.content) == (422, b"a part")


def test_a_session_that_is_over_leads_to_signing_in(client, db):
    answer = client.get("/fr/studio/", headers=PART)
    assert "/account/" in answer["HX-Redirect"]
