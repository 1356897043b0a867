"""Pictures: served for a year, made smaller once, and nothing else under the media root."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.template import Context, Template
from PIL import Image

from maalem.platform.ground.pictures import media


@pytest.fixture
def root(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "products").mkdir()
    Image.new("RGB", (960, 720), "#aa5533").save(tmp_path / "products/bol.webp")
    (tmp_path / "secret.txt").write_text("x")
    return tmp_path


def width_of(answer) -> int:
    body = b"".join(answer.streaming_content)
    return Image.open(BytesIO(body)).width


def test_a_picture_is_served_and_kept_for_a_year(client, root):
    answer = client.get("/media/products/bol.webp")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    again = client.get(
        "/media/products/bol.webp", headers={"if-modified-since": answer["Last-Modified"]}
    )
    assert again.status_code == 304


def test_a_rendition_is_made_once_and_is_as_wide_as_asked(client, root):
    assert width_of(client.get("/media/products/bol-360.webp")) == 360
    made = root / "products/bol-360.webp"
    before = made.stat().st_mtime_ns
    client.get("/media/products/bol-360.webp")
    assert made.stat().st_mtime_ns == before
    assert [p.name for p in root.glob("products/.*")] == []


def test_a_rendition_is_never_wider_than_the_picture(client, root):
    Image.new("RGB", (200, 200)).save(root / "products/petit.jpg")
    assert width_of(client.get("/media/products/petit-720.webp")) == 200


@pytest.mark.parametrize(
    "path",
    [
        "secret.txt", "../settings.py", "products/../secret.txt", "%2e%2e/secret.txt",
        "products/bol-361.webp", "products/none.webp", "products/none-360.webp", "products/",
        "products/.bol.webp", "products/bol.webp%00.webp", "products%5Cbol.webp",
        "a" * 300 + ".webp", "a/" * 3_000 + "b-360.webp",
    ],
)  # fmt: skip
def test_nothing_else_is_served(client, root, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_a_file_that_is_no_picture_does_not_break_the_page(client, root):
    (root / "products/kaputt.webp").write_bytes(b"not a picture")
    assert client.get("/media/products/kaputt-360.webp").status_code == 200


def draw(path: str, target: Path) -> bool:
    """A maker as the demo has one."""
    if "unknown" in path:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (360, 360), "#224466").save(target)
    return True


@pytest.fixture
def maker(settings):
    settings.MAALEM_PICTURE_MAKER = f"{__name__}.draw"
    media._maker.cache_clear()
    yield
    media._maker.cache_clear()


def test_a_picture_that_is_missing_is_drawn_where_a_maker_is_named(client, root, maker):
    assert width_of(client.get("/media/products/neuf-360.webp")) == 360
    assert client.get("/media/products/unknown-360.webp").status_code == 404


def test_the_picture_tag_asks_for_what_is_served(client, root):
    source = '{% load pictures %}{% picture "products/bol" alt=alt width=960 height=720 %}'
    html = Template(source).render(Context({"alt": '"<x>'}))
    assert "&quot;&lt;x&gt;" in html
    for address in re.findall(r"/media/\S+?\.webp", html):
        assert client.get(address).status_code == 200
