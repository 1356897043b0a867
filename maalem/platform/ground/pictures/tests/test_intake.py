"""Pictures that people send: any honest one is taken, no hostile one does harm, none tells more."""

import io
import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as held
from hypothesis import strategies as st
from PIL import Image, ImageCms

from maalem.platform.ground.pictures import intake
from maalem.platform.ground.pictures.intake import Fault, Unusable, take


@pytest.fixture
def root(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def photo(width: int = 800, height: int = 600, *, mode: str = "RGB", color: object = "#aa5533"):
    return Image.new(mode, (width, height), color)


def sent(picture: Image.Image, kind: str = "JPEG", **how: object) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return io.BytesIO(file.getvalue())


def stored(root: Path, taken: intake.Picture, width: int | None = None) -> Image.Image:
    ending = f"-{width}.webp" if width else ".webp"
    picture = Image.open(root / f"{taken.path}{ending}")
    picture.load()
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_photo_is_taken_with_all_its_renditions(root, kind):
    taken = take(sent(photo(), kind), folder="pieces")
    assert (taken.width, taken.height) == (800, 600)
    assert stored(root, taken).size == (800, 600)
    assert stored(root, taken, 720).width == 720
    assert stored(root, taken, 360).width == 360
    red, green, blue = (int(taken.tone[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue


def test_a_photo_that_is_sent_twice_is_stored_once(root):
    first, again = (take(sent(photo()), folder="pieces") for _ in range(2))
    assert first == again
    assert len([one for one in root.rglob("*") if one.is_file()]) == 3


def test_a_large_photo_is_made_smaller(root):
    taken = take(sent(photo(4_000, 3_000)), folder="pieces")
    assert (taken.width, taken.height) == (2_000, 1_500)


def test_a_photo_that_lies_on_its_side_is_turned_upright(root):
    lying = photo(800, 600)
    lying.paste("#0000ff", (0, 0, 800, 300))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it turned clockwise
    taken = take(sent(lying, exif=exif), folder="pieces")
    assert (taken.width, taken.height) == (600, 800)
    right, left = (stored(root, taken).convert("RGB").getpixel((x, 400)) for x in (550, 50))
    assert right[2] > 200 > left[2]


def test_where_and_with_what_it_was_taken_is_not_kept(root):
    exif = Image.Exif()
    exif[0x0110] = "a telephone of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    taken = take(sent(photo(), exif=exif, comment=b"taken at home"), folder="pieces")
    assert not stored(root, taken).getexif()
    for file in root.rglob("*.webp"):
        assert b"somebody" not in file.read_bytes()
        assert b"taken at home" not in file.read_bytes()


def test_what_stands_behind_the_picture_is_not_kept(root):
    both = sent(photo()).getvalue() + b"<script>alert(1)</script><?php evil() ?>"
    take(io.BytesIO(both), folder="pieces")
    assert all(b"<script>" not in file.read_bytes() for file in root.rglob("*.webp"))


def test_what_can_be_seen_through_is_white(root):
    clear = photo(mode="RGBA", color=(255, 0, 0, 0))
    assert take(sent(clear, "PNG"), folder="pieces").tone == "#ffffff"
    palette = photo(mode="P", color=0)
    palette.info["transparency"] = 0
    assert take(sent(palette, "PNG", transparency=0), folder="pieces").tone == "#ffffff"


@pytest.mark.parametrize(
    ("mode", "color", "kind"),
    [("CMYK", (0, 0, 0, 255), "JPEG"), ("L", 0, "JPEG"), ("I;16", 0, "PNG"), ("1", 0, "PNG")],
)
def test_photos_of_any_colours_are_taken(root, mode, color, kind):
    assert take(sent(photo(mode=mode, color=color), kind), folder="pieces").tone == "#000000"


def test_colours_are_those_that_the_profile_means(root):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = take(sent(photo(), "PNG", icc_profile=profile), folder="same")
    plain = take(sent(photo(), "PNG"), folder="plain")
    assert same.tone == plain.tone
    broken = take(sent(photo(), "PNG", icc_profile=b"no profile"), folder="broken")
    assert broken.tone == plain.tone


def test_of_a_moving_picture_the_first_is_taken(root):
    others = [photo(color="#00ff00")]
    moving = sent(photo(color="#ff0000"), "WEBP", save_all=True, append_images=others)
    assert take(moving, folder="pieces").tone > "#f00000"


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a hundred bytes that says it is so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


HOSTILE = {
    "nothing": (b"", Fault.EMPTY),
    "words": (b"a carpet", Fault.NO_PICTURE),
    "a page": (b"<html><script>alert(1)</script></html>", Fault.NO_PICTURE),
    "a drawing with a script": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        Fault.NO_PICTURE,
    ),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 800 600\n", Fault.NO_PICTURE),
    "a bomb": (png_that_says(50_000, 50_000), Fault.TOO_LARGE),
    "a ribbon": (png_that_says(60_000_000, 1), Fault.TOO_SMALL),
    "too many pixels": (png_that_says(8_001, 8_000), Fault.TOO_LARGE),
    "a stamp": (sent(photo(100, 100), "PNG").getvalue(), Fault.TOO_SMALL),
    "half a photo": (sent(photo(), "PNG").getvalue()[:900], Fault.NO_PICTURE),
    "promises without pixels": (png_that_says(800, 600), Fault.NO_PICTURE),
    "another kind": (sent(photo(), "TIFF").getvalue(), Fault.NO_PICTURE),
    "too many bytes": (b"\xff\xd8\xff" + b"\0" * intake.MOST_BYTES, Fault.TOO_HEAVY),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_photo_is_refused_by_name_and_leaves_nothing(root, name):
    content, fault = HOSTILE[name]
    with pytest.raises(Unusable) as refused:
        take(io.BytesIO(content), folder="pieces")
    assert refused.value.fault is fault
    assert not list(root.rglob("*.webp*"))


@held(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["JPEG", "PNG", "WEBP", "AVIF"]))
def test_a_spoilt_file_is_taken_or_refused_and_nothing_else(root, seed, kind):
    chance = random.Random(seed)
    content = bytearray(sent(photo(300, 300), kind).getvalue())
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    try:
        taken = take(io.BytesIO(bytes(content)), folder="spoilt")
    except Unusable:
        return
    assert stored(root, taken).size == (taken.width, taken.height)
