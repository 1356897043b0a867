"""Photos from anybody: hostile ones are refused in words, good ones lose what cameras add."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from maalem.platform.market.reviews import photos
from maalem.platform.market.reviews.states import Refused
from maalem.platform.market.reviews.tests.fixtures import photo


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def take(file):
    return photos.take(file, size=file.size)


def test_a_big_photo_is_kept_small_upright_and_without_its_place(media):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Somebody's telephone"
    exif.get_ifd(0x8825)[1] = "N"
    path, width, height, tone = take(photo(size=(4_000, 3_000), exif=exif))
    assert (width, height) == (1_200, 1_600)
    with Image.open(media / f"{path}.webp") as kept:
        assert kept.size == (width, height)
        assert kept.format == "WEBP"
        assert not kept.getexif()
    assert b"telephone" not in (media / f"{path}.webp").read_bytes()
    assert tone.startswith("#f")


def test_the_same_photo_sent_again_is_the_same_file(media):
    assert take(photo()) == take(photo())
    assert len(list(media.rglob("*.webp"))) == 1


@pytest.mark.parametrize("format", ["PNG", "WEBP", "JPEG"])
def test_three_formats_are_read(format):
    assert take(photo(format=format))[1:3] == [900, 600]


def test_what_is_seen_through_is_seen_on_white(media):
    out = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")
    path, *_ = take(SimpleUploadedFile("a.png", out.getvalue()))
    with Image.open(media / f"{path}.webp") as kept:
        assert kept.convert("RGB").getpixel((50, 50)) == (255, 255, 255)


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 30,000 by 30,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


def gif() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (100, 100)).save(out, "GIF")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_photo"),
        (b"<svg onload=alert(1)>", "not_a_photo"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "not_a_photo"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 5_000, "not_a_photo"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, "not_a_photo"),
        (photo().read()[:2_000], "not_a_photo"),
        (gif(), "not_a_photo"),
        (bomb(), "photo_too_big"),
        (photo(size=(20, 20)).read(), "photo_too_small"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_words(media, data, code):
    with pytest.raises(Refused) as no:
        take(SimpleUploadedFile("../../x.php.jpg", data))
    assert no.value.code == code
    assert not list(media.rglob("*.*"))


def test_a_file_too_heavy_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(photos, "_drawn", lambda file: pytest.fail("it was opened"))
    with pytest.raises(Refused) as no:
        photos.take(io.BytesIO(), size=photos.LARGEST_BYTES + 1)
    assert no.value.code == "photo_too_big"
