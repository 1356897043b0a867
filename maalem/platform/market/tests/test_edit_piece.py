"""A piece that is on the shelf already: changed by its workshop alone, and nothing is lost."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from maalem.platform.market.cart.actions import holds
from maalem.platform.market.catalog.models import Change, Product, Variant
from maalem.platform.market.tests.test_new_piece import media, photo
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import POTTER, WEAVER

__all__ = ["media", "visit"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def carpet(world):
    return Product.objects.get(pk=world.carpet.product_id)


@pytest.fixture
def tagine(world):
    return Product.objects.get(pk=world.tagine.product_id)


def fields(response) -> dict[str, str]:
    """What the page's form would send if it were sent as it is."""
    html = response.content.decode()
    found = dict(re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', html))
    texts = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.S)
    found |= {name: body.strip() for name, body in texts}
    for name in re.findall(r'<input[^>]*? name="([^"]+)"', html):
        found.setdefault(name, "")
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def change(visit, who, product, page, **typed):
    """Open a page of the piece, type, send."""
    path = f"pieces/{product.slug}/{page}/"
    sent = fields(visit(who, path))
    for name, value in typed.items():
        (key,) = [one for one in sent if one == name or one.endswith(f"-{name}")]
        sent[key] = value
    return visit(who, path, post=sent)


def changes(product) -> list[tuple]:
    return list(Change.objects.filter(product=product).values_list("what", "was", "now"))


def test_price_and_number_are_changed_and_written_down(visit, tagine, client):
    variant = tagine.variants.get()
    done = change(visit, POTTER, tagine, "price", price="٢٥٠", on_hand="4")
    assert done.headers["Location"] == f"/fr/studio/pieces/{tagine.slug}/"
    variant.refresh_from_db()
    assert (variant.price_minor, variant.on_hand) == (25_000, 4)
    assert [one[0].split()[0] for one in changes(tagine)] == ["price", "on"]
    assert Change.objects.first().by.startswith("person:")
    assert "250" in text(client.get(tagine.get_absolute_url()))


def test_what_is_sent_again_as_it_was_changes_nothing(visit, tagine):
    change(visit, POTTER, tagine, "price")
    change(visit, POTTER, tagine, "words")
    change(visit, POTTER, tagine, "sizes")
    assert changes(tagine) == []


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("price", {"price": ""}),
        ("price", {"price": "0"}),
        ("price", {"price": "-5"}),
        ("price", {"price": "12.5"}),
        ("price", {"price": "1000001"}),
        ("price", {"on_hand": "1000"}),
        ("price", {"on_hand": "-1"}),
        ("price", {"on_hand": "viele"}),
        ("words", {"title_fr": "", "title_ar": "", "title_en": ""}),
        ("words", {"title_fr": "\u200f\u200b", "title_ar": " ", "title_en": ""}),
        ("words", {"title_fr": "x" * 121}),
        ("words", {"description_ar": "x" * 4_001}),
        ("sizes", {"length_mm": "long"}),
        ("sizes", {"length_mm": "0"}),
        ("sizes", {"weight_g": "1001"}),
        ("sizes", {"length_mm": "1.2.3"}),
        ("sizes", {"length_mm": "-3"}),
        ("sizes", {"length_mm": "²"}),
    ],
)
def test_what_can_not_be_is_said_where_it_was_typed(visit, tagine, page, typed):
    before = Product.objects.filter(pk=tagine.pk).values().get()
    answer = change(visit, POTTER, tagine, page, **typed)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert Product.objects.filter(pk=tagine.pk).values().get() == before
    assert changes(tagine) == []


@pytest.mark.parametrize(
    ("page", "first", "second"),
    [
        ("price", {"price": "300"}, {"price": "280"}),
        ("price", {"on_hand": "7"}, {"on_hand": "3"}),
        ("words", {"title_fr": "Premier"}, {"title_ar": "ثان"}),
        ("sizes", {"length_mm": "30"}, {"weight_g": "2"}),
    ],
)
def test_of_two_editors_at_once_the_second_is_told(visit, tagine, page, first, second):
    path = f"pieces/{tagine.slug}/{page}/"
    opened = fields(visit(POTTER, path))
    assert change(visit, POTTER, tagine, page, **first).status_code == 302
    before = changes(tagine)
    for name, value in second.items():
        (key,) = [one for one in opened if one == name or one.endswith(f"-{name}")]
        opened[key] = value
    late = visit(POTTER, path, post=opened)
    assert late.status_code == 409
    assert "entre-temps" in late.content.decode()
    # What she typed is still in the form.
    assert next(iter(second.values())) in late.content.decode()
    assert changes(tagine) == before


def test_a_price_and_a_number_are_changed_together_or_not_at_all(visit, world, tagine):
    holds.hold({world.tagine.pk: 2}, stock=holds.lock_variants({world.tagine.pk: 2}),
               cart=world.cart(tagine=2), reference="M-TEST")  # fmt: skip
    answer = change(visit, POTTER, tagine, "price", price="1", on_hand="1")
    assert answer.status_code == 409
    assert "promis" in answer.content.decode()
    assert changes(tagine) == []


@pytest.mark.parametrize("seen", ["", "made up", "WzEsMl0:forged"])
def test_what_nobody_signed_was_not_seen(visit, tagine, seen):
    path = f"pieces/{tagine.slug}/price/"
    sent = fields(visit(POTTER, path))
    for name in sent:
        if name.endswith("-seen"):
            sent[name] = seen
        if name.endswith("-price"):
            sent[name] = "999"
    assert visit(POTTER, path, post=sent).status_code == 409
    assert changes(tagine) == []


def test_words_are_kept_by_language_without_what_can_not_be_seen(visit, carpet, client):
    done = change(
        visit,
        WEAVER,
        carpet,
        "words",
        title_fr=" Tapis\u202e  du Siroua ",
        title_ar="زربية سيروا",
        description_fr="<script>alert(1)</script>\r\n\r\n\r\n\r\nLaine de mes brebis",
    )
    assert done.status_code == 302
    carpet.refresh_from_db()
    assert carpet.title.data["fr"] == "Tapis du Siroua"
    assert carpet.title.data["ar"] == "زربية سيروا"
    page = client.get(carpet.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "Laine de mes brebis" in page
    assert "Siroua" in text(client.get("/fr/search/?q=siroua"))


def test_sizes_are_typed_as_people_say_them(visit, carpet):
    change(visit, WEAVER, carpet, "sizes", length_mm="240,5", width_mm="١٧٠", weight_g="12.8")
    carpet.refresh_from_db()
    assert (carpet.length_mm, carpet.width_mm, carpet.weight_g) == (2_405, 1_700, 12_800)
    page = visit(WEAVER, f"pieces/{carpet.slug}/sizes/").content.decode()
    assert 'value="240.5"' in page
    assert 'value="12.8"' in page


def test_photos_are_added_put_first_and_taken_away(visit, carpet):
    path = f"pieces/{carpet.slug}/photos/"
    for colour in ("#a53", "#35a", "#5a3"):
        assert visit(WEAVER, path, post={"photo": photo(colour)}).status_code == 302
    one, two, three = carpet.photos.all()
    visit(WEAVER, path, post={"chosen": three.pk, "lead": "1"})
    assert [photo.pk for photo in carpet.photos.all()] == [three.pk, one.pk, two.pk]
    visit(WEAVER, path, post={"chosen": one.pk, "drop": "1"})
    assert [(photo.pk, photo.position) for photo in carpet.photos.all()] == [
        (three.pk, 0),
        (two.pk, 1),
    ]
    visit(WEAVER, path, post={"chosen": two.pk, "drop": "1"})
    last = visit(WEAVER, path, post={"chosen": three.pk, "drop": "1"})
    assert last.status_code == 422
    assert carpet.photos.count() == 1


def test_the_same_photo_twice_is_one_and_the_ninth_is_refused(visit, carpet):
    path = f"pieces/{carpet.slug}/photos/"
    for number in (0, 0, *range(8)):
        visit(WEAVER, path, post={"photo": photo(f"#{number}{number}5")})
    assert carpet.photos.count() == 8
    assert visit(WEAVER, path, post={"photo": photo("#fff")}).status_code == 422
    assert carpet.photos.count() == 8


def test_a_file_that_is_no_picture_is_told_by_name(visit, carpet):
    file = photo()
    file.file.seek(0)
    file.file.truncate()
    file.file.write(b"MZ not a picture at all" * 50)
    file.file.seek(0)
    answer = visit(WEAVER, f"pieces/{carpet.slug}/photos/", post={"photo": file})
    assert answer.status_code == 422
    assert carpet.photos.count() == 0


def test_off_the_shelf_and_back_however_often_it_is_pressed(visit, carpet, client):
    path = f"pieces/{carpet.slug}/put/"
    for _ in range(2):
        assert visit(WEAVER, path, post={"off": "1"}).status_code == 302
    assert client.get(carpet.get_absolute_url()).status_code == 410
    for _ in range(2):
        visit(WEAVER, path, post={"back": "1"})
    assert client.get(carpet.get_absolute_url()).status_code == 200
    assert carpet.status_changes.count() == 2


@pytest.mark.parametrize("page", ["", "price/", "words/", "sizes/", "photos/", "put/"])
def test_nobody_changes_the_piece_of_another_workshop(visit, carpet, page):
    path = f"pieces/{carpet.slug}/{page}"
    if page != "put/":
        assert visit(POTTER, path).status_code == 404
    if page:
        assert visit(POTTER, path, post={"price": "1", "off": "1"}).status_code == 404
    assert changes(carpet) == []


def test_the_record_of_changes_is_kept_as_it_is(visit, tagine):
    change(visit, POTTER, tagine, "price", price="77")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.update(by="nobody")


def test_the_pages_ask_the_database_little(visit, carpet, client):
    visit(WEAVER)  # signed in from here on
    for page in ("price", "words", "sizes", "photos"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/fr/studio/pieces/{carpet.slug}/{page}/").status_code == 200
        assert len(asked.captured_queries) <= 6, page


def test_a_price_of_another_hand_keeps_its_centimes_when_only_the_number_is_changed(visit, tagine):
    Variant.objects.filter(product=tagine).update(price_minor=25_050)
    change(visit, POTTER, tagine, "price", on_hand="3")
    assert tagine.variants.get().price_minor == 25_050
