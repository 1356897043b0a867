"""Photos of a review are taken in as all pictures are; what is no photo is refused in words."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from maalem.platform.ground.pictures.intake import MOST_BYTES, Fault, Unusable
from maalem.platform.market.reviews import photos
from maalem.platform.market.reviews.states import Refused
from maalem.platform.market.reviews.tests.fixtures import photo
from maalem.platform.market.reviews.words import refusal


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_photo_is_kept_with_its_size_and_tone(media):
    path, width, height, tone = photos.take(photo())
    assert (width, height) == (900, 600)
    assert (media / f"{path}.webp").is_file()
    assert path.startswith("reviews/")
    assert tone.startswith("#")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo_empty"),
        (b"<svg onload=alert(1)>", "photo_no_picture"),
        (photo(size=(20, 20)).read(), "photo_too_small"),
        (b"\xff\xd8" + b"\0" * MOST_BYTES, "photo_too_heavy"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(media, data, code):
    with pytest.raises(Refused) as no:
        photos.take(SimpleUploadedFile("../../x.php.jpg", data))
    assert no.value.code == code
    assert refusal(code)
    assert not list(media.rglob("*.*"))


def test_there_are_words_for_every_fault():
    assert all(refusal(Unusable(fault).code) for fault in Fault)
