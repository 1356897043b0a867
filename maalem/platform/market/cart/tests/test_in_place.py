"""The cart's buttons where a script puts the answer into the page, and where none does."""

import re

import pytest
from django.test import Client

from maalem.platform.market.catalog.models import Variant

ADD, CHANGE, REMOVE, CART = "/fr/cart/add/", "/fr/cart/change/", "/fr/cart/remove/", "/fr/cart/"
PART = {"hx-request": "true"}


@pytest.fixture
def visitor(world):
    return Client(headers=PART)


def count(html: str) -> str:
    moved = re.search(
        r'<span id="cart-count" data-hx-swap-oob="innerHTML">(.*?)</span>\n', html, re.S
    )
    return re.sub(r"\D", "", re.sub(r"<[^>]+>", "", moved[1]))


def test_a_thing_is_added_in_place_and_the_figure_follows(visitor, world):
    answer = visitor.post(ADD, {"variant": world.tagine.pk, "quantity": 2})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in html
    assert f'href="{CART}"' in html
    assert "est dans votre panier." in html
    assert count(html) == "2"
    assert "maalem_cart" in answer.cookies


def test_the_same_press_sent_again_adds_no_more(visitor, world):
    thing = {"variant": world.tagine.pk, "quantity": 2}
    for _ in range(2):
        answer = visitor.post(ADD, thing, headers={"x-press": "once"})
        assert answer.status_code == 200
        assert "est dans votre panier." in answer.content.decode()
    assert count(answer.content.decode()) == "2"
    assert count(visitor.post(ADD, thing, headers={"x-press": "twice"}).content.decode()) == "4"
    assert count(visitor.post(ADD, thing).content.decode()) == "6"


def test_a_refused_press_may_be_sent_again(visitor, world):
    thing = {"variant": world.carpet.pk, "quantity": 1}
    Variant.objects.filter(pk=world.carpet.pk).update(on_hand=0)
    assert visitor.post(ADD, thing, headers={"x-press": "once"}).status_code == 422
    Variant.objects.filter(pk=world.carpet.pk).update(on_hand=1)
    answer = visitor.post(ADD, thing, headers={"x-press": "once"})
    assert count(answer.content.decode()) == "1"


def test_without_a_script_it_still_leads_to_the_cart(world):
    answer = Client().post(ADD, {"variant": world.tagine.pk, "quantity": 1})
    assert (answer.status_code, answer["Location"]) == (302, CART)


@pytest.mark.parametrize("wrong", [{"variant": "x"}, {"variant": 10**9, "quantity": 1}])
def test_a_refusal_reads_the_same_either_way(visitor, world, wrong):
    inplace = visitor.post(ADD, wrong)
    assert inplace.status_code == 422
    plain = Client()
    plain.post(ADD, wrong)
    sentence = "Nous n’avons pas trouvé cette pièce. Choisissez-la à nouveau depuis sa page."
    assert sentence in inplace.content.decode()
    assert sentence in plain.get(CART).content.decode()


def test_a_sold_piece_is_refused_in_place(visitor, world):
    Variant.objects.filter(pk=world.carpet.pk).update(on_hand=0)
    answer = visitor.post(ADD, {"variant": world.carpet.pk, "quantity": 1})
    assert answer.status_code == 422
    assert "note--error" in answer.content.decode()
    assert count(answer.content.decode()) == ""


def test_a_quantity_changes_the_cart_its_sum_and_the_figure(visitor, world):
    visitor.post(ADD, {"variant": world.tagine.pk, "quantity": 1})
    answer = visitor.post(CHANGE, {"variant": world.tagine.pk, "quantity": 3})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in html
    assert html.count('<div id="cart"') == 1
    assert re.search(r'id="cart-sum"[^>]*>3 pièces, <bdi class="money">540', html)
    assert count(html) == "3"
    assert "no-store" in answer["Cache-Control"]


def test_a_refused_quantity_says_so_above_the_unchanged_cart(visitor, world):
    visitor.post(ADD, {"variant": world.tagine.pk, "quantity": 1})
    Variant.objects.filter(pk=world.tagine.pk).update(on_hand=2)
    answer = visitor.post(CHANGE, {"variant": world.tagine.pk, "quantity": 9})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'id="said"[^>]*><p class="note note--error">', html)
    assert re.search(r'<option value="1" selected>', html)
    assert "note--error" not in visitor.get(CART).content.decode()


def test_the_last_thing_taken_out_leaves_an_empty_cart(visitor, world):
    visitor.post(ADD, {"variant": world.tagine.pk, "quantity": 1})
    html = visitor.post(REMOVE, {"variant": world.tagine.pk}).content.decode()
    assert 'class="empty"' in html
    assert count(html) == ""


def test_a_form_without_its_token_changes_nothing_in_place_either(world):
    visitor = Client(enforce_csrf_checks=True, headers=PART)
    answer = visitor.post(ADD, {"variant": world.tagine.pk, "quantity": 1})
    assert answer.status_code == 403
    assert "maalem_cart" not in answer.cookies


def test_the_token_of_a_part_is_good_for_the_next_press(world):
    visitor = Client(enforce_csrf_checks=True)
    page = visitor.get(f"/fr/products/{world.tagine.product.slug}/").content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
    form = {"variant": world.tagine.pk, "quantity": 1}
    visitor.post(ADD, {**form, "csrfmiddlewaretoken": token}, headers=PART)
    cart = visitor.post(CHANGE, {**form, "csrfmiddlewaretoken": token}, headers=PART)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', cart.content.decode())[1]
    again = visitor.post(REMOVE, {**form, "csrfmiddlewaretoken": token}, headers=PART)
    assert again.status_code == 200
