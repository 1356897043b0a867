"""The pages of reviews: a guest writes by her link, everybody reads, the studio answers, officers
judge; in three languages, with hostile texts, and for a known number of questions.
"""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Rating
from maalem.platform.market.reviews.actions import judge
from maalem.platform.market.reviews.models import Report, Review
from maalem.platform.market.reviews.tests.fixtures import (
    delivered,
    officer,
    page,
    photo,
    reviewed,
)
from tests.cast import OFFICER, POTTER, WEAVER

LANGUAGES = ("fr", "ar", "en")
HOSTILE = '</script><script>alert(1)</script><b onmouseover=x>" \u202egnp.exe'


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def order(world):
    return delivered(world)


def read(client, path, *, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def product(order, language="fr"):
    return f"/{language}/products/{order.lines.get().product.slug}/"


def signed_in(member) -> Client:
    client = Client()
    client.force_login(Person.objects.get(phone=member.phone))
    return client


def test_a_guest_reviews_by_her_link_with_photos_and_everybody_reads_it(client, order):
    path = page(order)
    assert f'href="{path}"' in read(client, "/".join(["/fr/orders", *path.split("/")[3:5], ""]))
    form = read(client, path)
    assert 'enctype="multipart/form-data"' in form
    sent = {"stars": "4", "service_stars": "5", "words": "Très beau", "seen": "0"}
    photos = [photo(), photo(colour="blue")]
    answer = client.post(path, {**sent, "photos": photos}, follow=True)
    assert "Tout le monde peut le lire maintenant" in answer.content.decode()
    again = client.post(path, {**sent, "photos": [photo(), photo(colour="blue")]})
    assert again.status_code == 302
    review = Review.objects.get()
    assert (review.version, len(review.photos)) == (1, 2)
    shown = read(Client(), product(order))
    for words in ("Très beau", "acheté le", "4,0", "1 avis", 'width="720" height="480"'):
        assert words in shown.replace("\u00a0", " "), words
    seen = {"seen": "1", "keep": review.photos[1][0]}
    client.post(path, {**sent, **seen, "words": "Toujours beau"})
    review.refresh_from_db()
    assert (review.version, [one[0] for one in review.photos]) == (2, [seen["keep"]])
    assert "Toujours beau" in read(Client(), product(order))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_in_every_language(order, world, language):
    mine = page(order, language=language)
    read(Client(), mine)
    review = reviewed(order, words="Beau", service_stars=4)
    judge.report(review.pk, reason="insult", reporter="r")
    visitor, weaver, judge_ = Client(), signed_in(WEAVER), Client()
    judge_.force_login(officer())
    slug = order.lines.get().product.slug
    pages = (
        (visitor, mine),
        (visitor, f"/{language}/reviews/of/{slug}/"),
        (visitor, f"/{language}/reviews/{review.pk}/report/"),
        (visitor, product(order, language)),
        (visitor, f"/{language}/artisans/{world.weaver.slug}/"),
        (weaver, f"/{language}/studio/reviews/"),
        (judge_, f"/{language}/reviews/desk/"),
        (judge_, f"/{language}/reviews/desk/{review.pk}/"),
    )
    for who, path in pages:
        html = read(who, path)
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in html
        assert " style=" not in html
    ruling = judge.hide(review.pk, reason="insult", by=officer(), version=1)
    judge.appeal(review.pk, side="artisan", words="Non", by="x")
    sentence = {"fr": "Il insulte", "ar": "سب أو تهديد", "en": "It insults"}[language]
    for who, path in ((visitor, mine), (weaver, f"/{language}/studio/reviews/")):
        assert sentence in read(who, path)
    assert "Non" in read(judge_, f"/{language}/reviews/desk/{ruling.review_id}/")


def test_structured_data_tells_of_reviews_only_where_there_are_some(client, order):
    data = lambda: json.loads(  # noqa: E731
        re.search(r'ld\+json">(.+?)</script>', read(client, product(order)))[1]
    )
    assert not {"aggregateRating", "review"} & set(data())
    review = reviewed(order, stars=4, words=HOSTILE)
    assert data()["aggregateRating"] == {
        "@type": "AggregateRating",
        "ratingValue": "4.0",
        "reviewCount": 1,
        "bestRating": 5,
        "worstRating": 1,
    }
    (told,) = data()["review"]
    assert told["reviewRating"]["ratingValue"] == 4
    assert told["reviewBody"] == HOSTILE.replace("\u202e", "")
    judge.hide(review.pk, reason="insult", by=officer(), version=1)
    assert not {"aggregateRating", "review"} & set(data())


def test_scripts_in_texts_are_only_texts(order, world):
    review = reviewed(order, words=HOSTILE)
    signed_in(WEAVER).post(
        f"/fr/studio/reviews/{review.pk}/answer/", {"words": f"Merci {HOSTILE}", "seen": 0}
    )
    review.refresh_from_db()
    assert review.answer.startswith("Merci")
    judge_ = Client()
    judge_.force_login(officer())
    slug = order.lines.get().product.slug
    for who, path in (
        (Client(), product(order)),
        (Client(), f"/fr/reviews/of/{slug}/"),
        (Client(), f"/fr/reviews/{review.pk}/report/"),
        (Client(), page(order)),
        (signed_in(WEAVER), "/fr/studio/reviews/"),
        (judge_, f"/fr/reviews/desk/{review.pk}/"),
    ):
        html = read(who, path)
        assert "<script>alert" not in html
        assert "<b onmouseover" not in html
        assert "\u202e" not in html


def test_a_wrong_mark_or_another_line_is_not_found(client, order, world):
    path = page(order)
    mark = path.split("/")[4]
    other = page(delivered(world, tagine=1)).split("/")[5]
    for wrong in (
        path.replace(mark, "x" * 43),
        path.replace(f"/{path.split('/')[5]}/", f"/{other}/"),
        path.replace(f"/{path.split('/')[5]}/", f"/{2**70}/"),
    ):
        read(client, wrong, status=404)
        assert client.post(wrong, {"stars": 5, "seen": 0}).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "une à cinq étoiles"),
        ({"stars": "9"}, "une à cinq étoiles"),
        ({"stars": "5", "words": "x" * 3_000}, "trop long"),
        ({"stars": "5", "words": "4242424242424242"}, "numéro de carte"),
        ({"stars": "5", "words": "x" * 100_000}, "trop long"),
        ({"stars": "5", "seen": "x"}, "modifié entre-temps"),
    ],
)
def test_bad_input_is_answered_in_words_and_what_was_typed_stays(client, order, sent, said):
    answer = client.post(page(order), {"seen": "0", **sent})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert not Review.objects.exists()
    if "4242" in sent.get("words", ""):
        assert "4242424242424242</textarea>" in html


def test_what_cant_be_seen_is_taken_out_and_the_rest_is_published(client, order):
    client.post(page(order), {"stars": "5", "seen": "0", "words": "a\x00\u202eb"})
    assert Review.objects.get().words == "ab"


def test_photos_are_read_sixty_times_an_hour_at_most(client, order, monkeypatch):
    taken = []
    monkeypatch.setattr(
        "maalem.platform.market.reviews.photos.take",
        lambda file: taken.append(file) or [f"p{len(taken)}", 9, 9, "#000000"],
    )
    sent = {"stars": "5", "seen": "9"}
    answers = [client.post(page(order), {**sent, "photos": [photo()]}) for _ in range(61)]
    assert answers[0].status_code == 302
    assert {one.status_code for one in answers[1:60]} == {422}
    assert answers[60].status_code == 429
    assert len(taken) == 60


def test_five_photos_or_a_file_that_is_none_are_refused(client, order):
    sent = {"stars": "5", "seen": "0"}
    for photos, said in (
        ([photo() for _ in range(5)], "Quatre photos au plus"),
        ([photo(), page_of_rubbish()], "pas une photo"),
    ):
        answer = client.post(page(order), {**sent, "photos": photos})
        assert answer.status_code == 422
        assert said in answer.content.decode().replace("\u00a0", " ")
    assert not Review.objects.exists()


def page_of_rubbish():
    file = photo()
    file.file.seek(0)
    file.file.write(b"<html>")
    file.file.seek(0)
    return file


def test_nobody_without_a_delivery_gets_a_form_or_her_files_read(client, world, monkeypatch):
    order = world.paid(world.cart(carpet=1)).orders.get()
    path = page(order)
    assert "<form" not in read(client, path).partition('class="writing"')[2].partition("<footer")[0]
    monkeypatch.setattr(
        "maalem.platform.market.reviews.photos.take", lambda *a, **k: pytest.fail("read")
    )
    answer = client.post(path, {"stars": "5", "seen": "0", "photos": [photo()]})
    assert answer.status_code == 422
    assert not Review.objects.exists()


def test_figures_are_an_average_and_how_it_is_spread(world, client):
    for stars in (5, 5, 4, 1):
        order = delivered(world, tagine=1)
        reviewed(order, stars=stars, service_stars=stars)
    html = read(client, product(order)).replace("\u00a0", " ")
    assert "3,8 sur 5, d’après 4 avis" in html
    assert re.findall(r'<meter min="0" max="4" value="(\d)"', html) == ["2", "1", "0", "0", "1"]
    potter = read(client, f"/fr/artisans/{world.potter.slug}/").replace("\u00a0", " ")
    assert "3,8 sur 5, d’après 4 avis" in potter
    assert "Service : 3,8 sur 5, d’après 4 acheteurs" in potter


def test_the_newest_are_first_and_the_rest_is_a_page_away(world, client, monkeypatch):
    monkeypatch.setattr("maalem.platform.market.reviews.queries.PAGE", 2)
    orders = [delivered(world, tagine=1) for _ in range(5)]
    for n, order in enumerate(orders):
        reviewed(order, words=f"Avis numéro {n}")
    numbers = lambda html: re.findall(r"Avis numéro (\d)", html)  # noqa: E731
    whole = read(client, product(orders[0]))
    assert numbers(whole.partition('id="reviews"')[2]) == ["4", "3", "2"]
    path = re.search(r'href="(/fr/reviews/of/[^"]+)"', whole)[1]
    found = []
    while path:
        html = read(client, path)
        found += numbers(html)
        more = re.search(r'href="(\?before=\d+)"', html)
        path = path.partition("?")[0] + more[1] if more else ""
    assert found == ["4", "3", "2", "1", "0"]
    for absurd in ("x", "-1", "9" * 30, "1e9"):
        read(client, f"/fr/reviews/of/{orders[0].lines.get().product.slug}/?before={absurd}")


def asked(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        read(client, path)
    return len(queries)


def test_pages_ask_as_little_with_many_reviews_as_with_none(world, client):
    slug = world.tagine.product.slug
    none = (
        asked(client, f"/fr/products/{slug}/"),
        asked(client, f"/fr/artisans/{world.potter.slug}/"),
    )
    order = delivered(world, tagine=1)
    reviewed(order)
    one = (
        asked(client, f"/fr/products/{slug}/"),
        asked(client, f"/fr/artisans/{world.potter.slug}/"),
    )
    potter, judge_ = signed_in(POTTER), Client()
    judge_.force_login(officer())
    lists = (
        (client, f"/fr/reviews/of/{slug}/", 2),
        (potter, "/fr/studio/reviews/", 7),
        (judge_, "/fr/reviews/desk/", 6),
    )
    judge.report(Review.objects.get().pk, reason="insult", reporter="r")
    few = [asked(who, path) for who, path, _ in lists]
    for _ in range(4):
        judge.report(reviewed(delivered(world, tagine=1)).pk, reason="insult", reporter="r")
    many = (
        asked(client, f"/fr/products/{slug}/"),
        asked(client, f"/fr/artisans/{world.potter.slug}/"),
    )
    assert none == one == many
    assert few == [asked(who, path) for who, path, _ in lists]
    for (_, path, most), n in zip(lists, few, strict=True):
        assert n <= most, (path, n)
    assert asked(client, page(order)) <= 6


def test_the_figures_equal_the_published_reviews_whatever_happened(world):
    orders = [delivered(world, tagine=1) for _ in range(4)]
    reviews = [reviewed(order, stars=1 + n) for n, order in enumerate(orders)]
    judge.hide(reviews[0].pk, reason="insult", by=officer(), version=1)
    judge.hide(reviews[1].pk, reason="insult", by=officer(), version=1)
    appeal = judge.appeal(reviews[1].pk, side="buyer", words="Non", by="buyer")
    judge.decide_appeal(appeal.pk, grant=True, by=officer())
    shown = Review.objects.filter(status="published").values_list("stars", flat=True)
    assert Rating.objects.get().stars == [list(shown).count(n) for n in (1, 2, 3, 4, 5)]
    assert sorted(shown) == [2, 3, 4]


def test_a_report_is_taken_from_anybody_ten_times_an_hour(client, order, world):
    review = reviewed(order)
    path = f"/fr/reviews/{review.pk}/report/"
    assert client.post(path, {"reason": "x"}).status_code == 422
    for _ in range(10):
        assert client.post(path, {"reason": "insult"}).status_code == 200
    assert client.post(path, {"reason": "insult"}).status_code == 429
    assert Report.objects.count() == 1
    read(client, f"/fr/reviews/{2**70}/report/", status=404)
    read(client, "/fr/reviews/999999/report/", status=404)


def test_the_workshop_answers_its_own_reviews_only(order):
    review = reviewed(order)
    path = f"/fr/studio/reviews/{review.pk}/answer/"
    sent = {"words": "Merci à vous", "seen": 0}
    assert Client().post(path, sent).status_code == 302
    assert signed_in(POTTER).post(path, sent).status_code == 404
    review.refresh_from_db()
    assert not review.answer
    signed_in(WEAVER).post(path, sent)
    assert "Merci à vous" in read(Client(), product(order))
    assert "L’atelier répond" in read(Client(), page(order))


def test_only_officers_of_this_right_see_the_desk(order, world):
    review = reviewed(order, words="Appelez 0661000101")
    staff = Person.objects.create(phone=OFFICER.phone, is_staff=True)
    for who in (signed_in(WEAVER), Client()):
        for path in ("desk/", f"desk/{review.pk}/"):
            assert who.get(f"/fr/reviews/{path}").status_code in (302, 404)
    plain = Client()
    plain.force_login(staff)
    read(plain, "/fr/reviews/desk/", status=404)
    posted = plain.post(f"/fr/reviews/desk/{review.pk}/judge/", {"do": "stand", "seen": 1})
    assert posted.status_code == 404
    judge_ = Client()
    judge_.force_login(officer())
    assert "Retenu par une règle" in read(judge_, "/fr/reviews/desk/")
    judge_.post(f"/fr/reviews/desk/{review.pk}/judge/", {"do": "stand", "seen": 1})
    assert "0661000101" in read(Client(), product(order))
    assert "Rien n’attend" in read(judge_, "/fr/reviews/desk/")


def test_hidden_appealed_against_and_shown_again_on_pages(client, order):
    review = reviewed(order, words="Pas terrible")
    first, second = Client(), Client()
    first.force_login(officer("One"))
    second.force_login(officer("Two"))
    desk = f"/fr/reviews/desk/{review.pk}/"
    first.post(f"{desk}judge/", {"do": "hide", "reason": "off_topic", "seen": 1, "words": "hm"})
    assert "Pas terrible" not in read(client, product(order))
    assert "ne parle ni de la pièce" in read(client, page(order))
    appealed = client.post(page(order, to="reviews:appeal"), {"words": "Si"}, follow=True)
    assert "demandé une relecture" in appealed.content.decode()
    appeal = review.rulings.get().appeals.get()
    assert "un autre agent en décide" in read(first, desk).replace("\u00a0", " ")
    first.post(f"{desk}decide/", {"appeal": appeal.pk, "do": "grant"})
    review.refresh_from_db()
    assert review.status == "hidden"
    second.post(f"{desk}decide/", {"appeal": appeal.pk, "do": "grant"})
    assert "Pas terrible" in read(client, product(order))


def test_a_hidden_answer_is_seen_by_the_workshop_alone_with_its_reason(order):
    review = reviewed(order)
    weaver, judge_ = signed_in(WEAVER), Client()
    judge_.force_login(officer())
    weaver.post(f"/fr/studio/reviews/{review.pk}/answer/", {"words": "Menteuse", "seen": 0})
    assert "Menteuse" in read(Client(), product(order))
    desk = f"/fr/reviews/desk/{review.pk}/"
    assert "Masquer la réponse" in read(judge_, desk)
    judge_.post(f"{desk}judge/", {"do": "hide_answer", "reason": "insult", "seen": 1})
    for path in (product(order), page(order), f"/fr/reviews/of/{order.lines.get().product.slug}/"):
        assert "Menteuse" not in read(Client(), path)
    mine = read(weaver, "/fr/studio/reviews/")
    assert "Votre réponse est masquée" in mine
    assert "Il insulte" in mine
    path = f"/fr/studio/reviews/{review.pk}/appeal/"
    weaver.post(path, {"words": "Si", "about": "answer"})
    assert "relecture de sa réponse" in read(judge_, desk)
    assert "demandé une relecture" in read(weaver, "/fr/studio/reviews/")
