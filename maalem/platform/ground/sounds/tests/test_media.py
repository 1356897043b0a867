"""Recordings are served whole or in parts, as what they are, and nothing else beside them."""

import io

import pytest

from maalem.platform.ground.sounds.intake import take
from maalem.platform.ground.sounds.tests.made import MADE, webm


@pytest.fixture
def sound(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "voices/secret.webm").parent.mkdir()
    (tmp_path / "voices/secret.webm").write_bytes(b"x")
    return take(io.BytesIO(webm()))


WHOLE = webm()
LENGTH = len(WHOLE)


@pytest.mark.parametrize(
    ("kind", "said"), [("webm", "audio/webm"), ("ogg", "audio/ogg"), ("m4a", "audio/mp4")]
)
def test_it_is_served_as_what_it_is_and_kept_for_a_year(client, sound, kind, said):
    path = take(io.BytesIO(MADE[kind]())).path
    answer = client.get(f"/media/{path}", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == said
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Accept-Ranges"] == "bytes"
    assert "immutable" in answer["Cache-Control"]
    assert not answer.has_header("Content-Encoding")
    again = client.get(f"/media/{path}", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "part", "said"),
    [
        ("bytes=0-1", WHOLE[:2], f"bytes 0-1/{LENGTH}"),
        ("bytes=100-", WHOLE[100:], f"bytes 100-{LENGTH - 1}/{LENGTH}"),
        ("bytes=-7", WHOLE[-7:], f"bytes {LENGTH - 7}-{LENGTH - 1}/{LENGTH}"),
        ("bytes=-999999", WHOLE, f"bytes 0-{LENGTH - 1}/{LENGTH}"),
        ("bytes=5-999999", WHOLE[5:], f"bytes 5-{LENGTH - 1}/{LENGTH}"),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(client, sound, asked, part, said):
    answer = client.get(f"/media/{sound.path}", headers={"range": asked})
    assert answer.status_code == 206
    assert answer.content == part
    assert answer["Content-Range"] == said
    assert answer["Content-Type"] == "audio/webm"
    assert answer["Content-Length"] == str(len(part))


@pytest.mark.parametrize("asked", [f"bytes={LENGTH}-", "bytes=-0", "bytes=999999-9999999"])
def test_a_part_that_is_not_there_is_refused(client, sound, asked):
    answer = client.get(f"/media/{sound.path}", headers={"range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{LENGTH}")


@pytest.mark.parametrize(
    "asked",
    ["bytes=-", "bytes=9-3", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=" + "9" * 400],
)
def test_what_is_no_part_gets_the_whole(client, sound, asked):
    answer = client.get(f"/media/{sound.path}", headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, WHOLE)


def test_a_part_of_another_recording_is_not_given(client, sound):
    asked = {"range": "bytes=0-1", "if-range": '"another"'}
    assert client.get(f"/media/{sound.path}", headers=asked).status_code == 200
    tag = client.get(f"/media/{sound.path}")["ETag"]
    asked["if-range"] = tag
    assert client.get(f"/media/{sound.path}", headers=asked).status_code == 206


@pytest.mark.parametrize(
    "path", ["secret.webm", "../voices/secret.webm", "ab/../secret.webm", "ab/%00.webm",
             "ab/" + "0" * 32 + ".webm", "ab/" + "0" * 32 + ".html", "", "a/" * 3_000],
)  # fmt: skip
def test_nothing_else_is_served(client, sound, path):
    assert client.get(f"/media/voices/{path}").status_code == 404


def test_it_is_read_and_never_written_to(client, sound):
    assert client.post(f"/media/{sound.path}").status_code == 405
