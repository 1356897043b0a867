"""Who is told what about a review, once and in her own language."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from maalem.platform.ground.notices.models import Message
from maalem.platform.market.orders.actions.goodwill import give_back
from maalem.platform.market.orders.models import OrderGroup
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.reviews.actions import judge
from maalem.platform.market.reviews.actions.answer import answer
from maalem.platform.market.reviews.actions.ask import ask_buyers
from maalem.platform.market.reviews.tests.fixtures import delivered, officer, reviewed
from tests.cast import BUYER, WEAVER

ENGLISH = re.compile(r"\b(your|review|the|hidden|officer|has|please)\b", re.I)


def later(order, **ago):
    bend(order, delivered_at=timezone.now() - timedelta(**ago))
    return order


def test_the_buyer_is_asked_once_some_days_after_the_delivery(world):
    order = later(delivered(world), days=4)
    assert ask_buyers() == 0
    later(order, days=6)
    assert ask_buyers() == 1
    assert ask_buyers() == 0
    told = Message.objects.filter(kind="review_ask")
    assert set(told.values_list("phone", "email")) == {(BUYER.phone, ""), ("", BUYER.email)}
    assert all(f"/orders/{order.group.number}/" in one.body for one in told)


def test_nobody_is_asked_who_wrote_or_got_all_back_or_long_ago(world):
    reviewed(later(delivered(world), days=6))
    back = later(delivered(world, tagine=1), days=6)
    give_back(back.number, amount_minor=back.total_minor, key="k", by="officer")
    later(delivered(world, tagine=1), days=31)
    world.paid(world.cart(tagine=1))
    assert ask_buyers() == 0
    assert not Message.objects.filter(kind="review_ask").exists()


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_everybody_concerned_is_told_in_her_language(world, language):
    order = delivered(world)
    OrderGroup.objects.filter(pk=order.group_id)
    bend(order.group, language=language)
    later(order, days=6)
    ask_buyers()
    review = reviewed(order)
    answer(review.pk, words="Merci", page="fr", seen=0, by="x")
    judge.hide(review.pk, reason="personal", by=officer(), version=1)
    appeal = judge.appeal(review.pk, side="buyer", words="Non", by="buyer")
    judge.decide_appeal(appeal.pk, grant=False, by=officer())
    hers = Message.objects.filter(phone=BUYER.phone, kind__startswith="review")
    kinds = ["review_answered", "review_ask", "review_decided", "review_hidden"]
    assert sorted(hers.values_list("kind", flat=True)) == kinds
    reason = {"fr": "vie privée", "ar": "أمورا خاصة", "en": "private things"}[language]
    assert reason in hers.get(kind="review_hidden").body
    assert reason in hers.get(kind="review_decided").body
    for one in hers:
        assert f"/{language}/" in one.body
        plain = re.sub(r"\S*://\S+|Tapis\S*|\(en\)", "", one.body)
        assert language == "en" or not ENGLISH.search(plain), plain
        assert "&" not in plain
    theirs = Message.objects.filter(phone=WEAVER.phone, kind__startswith="review")
    assert set(theirs.values_list("kind", "language")) == {
        ("review_new", "ar"),
        ("review_hidden", "ar"),
        ("review_decided", "ar"),
    }
    assert "أمورا خاصة" in theirs.get(kind="review_hidden").body
    assert all("/ar/studio/reviews/" in one.body for one in theirs)
