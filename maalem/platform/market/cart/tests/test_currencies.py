"""The cart beside dirhams: what each line and the sum are about, and that one pays in dirhams."""

from datetime import timedelta

import pytest
from django.utils import timezone

from maalem.platform.ground.rates.models import Import, Rate
from maalem.platform.ground.rates.shown import COOKIE


def known(*, days_ago: int) -> None:
    """A rate of 10.80 dirhams for a euro."""
    taken = Import.objects.create(digest="0" * 64, file="x.csv", source="Banque", by="Naïma")
    Rate.objects.create(
        currency="EUR",
        valid_from=timezone.localdate() - timedelta(days=days_ago),
        mad_millionths=10_800_000,
        taken_from=taken,
    )


@pytest.fixture
def filled(world, client):
    """Two tagines of 180 MAD in the cart of somebody who chose euros."""
    client.cookies[COOKIE] = "EUR"
    client.post("/fr/cart/add/", {"variant": world.tagine.pk, "quantity": 2})
    return client


def read(client, **headers: str) -> str:
    html = client.get("/fr/cart/", headers=headers).content.decode()
    return html.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_a_line_and_the_sum_say_what_they_are_about(filled, headers):
    known(days_ago=1)
    html = read(filled, **headers)
    assert '180 MAD</bdi> <span class="about">environ <bdi class="money">17 €</bdi>' in html
    # The sum of dirhams is reckoned, not twice the rounded price.
    assert '360 MAD</bdi> <span class="about">environ <bdi class="money">33 €</bdi>' in html
    day = timezone.localdate() - timedelta(days=1)
    assert str(day.year) in html.partition('class="about-note"')[2]
    assert "Vous payez en dirhams" in html


def test_with_an_old_rate_the_cart_is_in_dirhams_alone(filled):
    known(days_ago=8)
    html = read(filled)
    assert 'class="about"' not in html
    assert html.count("Il n'y a pas de taux de change récent") == 1


def test_whoever_chose_nothing_sees_dirhams(filled):
    known(days_ago=1)
    filled.cookies[COOKIE] = "MAD"
    assert 'class="about' not in read(filled)


def test_the_cart_in_euros_asks_once_more_at_most(filled, django_assert_max_num_queries):
    known(days_ago=1)
    with django_assert_max_num_queries(3):
        read(filled)
