"""Recordings people send: any honest one is taken, no hostile one harms, none tells more."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as held
from hypothesis import strategies as st

from maalem.platform.ground.sounds import ogg as reader
from maalem.platform.ground.sounds.intake import MOST_BYTES, Fault, Unusable, take
from maalem.platform.ground.sounds.tests.made import (
    MADE,
    PACKET,
    box,
    element,
    mp4,
    ogg,
    track,
    webm,
)
from maalem.platform.ground.sounds.words import REFUSALS, in_words


@pytest.fixture
def root(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def taken(content: bytes):
    return take(io.BytesIO(content))


def refused(content: bytes) -> Fault:
    with pytest.raises(Unusable) as why:
        taken(content)
    return why.value.fault


@pytest.mark.parametrize("kind", sorted(MADE))
def test_a_recording_is_kept_as_it_was_with_its_length(root, kind):
    content = MADE[kind](42)
    sound = taken(content)
    assert sound.path.endswith(f".{kind}")
    assert (root / sound.path).read_bytes() == content or kind == "ogg"
    assert sound.seconds == 42


def test_what_a_live_recorder_leaves_open_is_reckoned_from_what_it_wrote(root):
    assert taken(mp4(31, parts=True)).seconds == 31
    assert taken(webm(30, live=True)).seconds == taken(webm(30, live=False)).seconds == 30


def test_the_same_sent_twice_is_stored_once_and_its_name_cannot_be_guessed(root):
    first, again, other = taken(webm()), taken(webm()), taken(webm(6))
    assert first == again != other
    assert len(Path(first.path).stem) == 32
    assert len([one for one in root.rglob("*") if one.is_file()]) == 2


def test_what_a_file_says_beside_its_voice_is_not_kept(root):
    place = b"+33.5731-007.5898/"
    tags = element("1254c367", element("7373", place * 20))
    name = track(more=element("536e", place))
    for content in (
        webm(more=tags), webm(more=element("1941a469", place)), webm(tracks=name),
        webm(more=element("ec", place)), ogg(words=place), mp4(user=place),
        mp4() + box(b"uuid", bytes(16) + place), mp4() + box(b"free", place),
    ):  # fmt: skip
        assert place in content
        kept = (root / taken(content).path).read_bytes()
        assert place not in kept
        assert PACKET in kept
        # It is still a whole recording of the same length, and has nothing more to lose.
        assert (root / taken(kept).path).read_bytes() == kept


def test_a_page_of_words_is_given_its_own_sum_again(root):
    kept = (root / taken(ogg(words=b"a recorder")).path).read_bytes()
    pages = reader._pages(kept)
    second = kept[pages[1][0] : pages[2][0]]
    bare = second[:22] + bytes(4) + second[26:]
    assert int.from_bytes(second[22:26], "little") == reader.checksum(bare)
    # The check value that the catalogue of such sums gives for this polynomial.
    assert reader.checksum(b"123456789") == 0x89A1897F


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.EMPTY),
        (webm(4) + bytes(MOST_BYTES), Fault.TOO_HEAVY),
        (webm(66), Fault.TOO_LONG),
        (ogg(64), Fault.TOO_LONG),
        (mp4(64), Fault.TOO_LONG),
        (mp4(64, parts=True), Fault.TOO_LONG),
        (b"<svg onload=alert(1)>", Fault.NO_SOUND),
        (b"%PDF-1.7 " * 40, Fault.NO_SOUND),
        (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60), Fault.NO_SOUND),
        (b"ID3\x04" + bytes(400), Fault.NO_SOUND),
        # A film, with sound or without; a codec that no browser has; a container of something else.
        (webm(tracks=track(kind=1, codec=b"V_VP8")), Fault.NO_SOUND),
        (webm(tracks=track() + track(kind=1, codec=b"V_VP8")), Fault.NO_SOUND),
        (webm(tracks=b""), Fault.NO_SOUND),
        (webm(doctype=b"other"), Fault.NO_SOUND),
        (webm(0), Fault.NO_SOUND),
        (mp4(handler=b"vide"), Fault.NO_SOUND),
        (mp4(codec=b"samr"), Fault.NO_SOUND),
        (mp4().replace(b"trak", b"udta"), Fault.NO_SOUND),
        (mp4(0), Fault.NO_SOUND),
        (ogg(serial=8), Fault.NO_SOUND),
        (ogg(words=bytes(200 * 255 - 16)), Fault.NO_SOUND),
        (ogg().replace(b"OpusHead", b"\x80theora!"), Fault.NO_SOUND),
        # Two things in one file: what follows is not taken for a part of the recording.
        (webm() + b"<script>alert(1)</script>", Fault.NO_SOUND),
        (ogg() + b"PK\x03\x04" + bytes(40), Fault.NO_SOUND),
        (mp4() + b"<script>alert(1)</script>", Fault.NO_SOUND),
        (webm() + webm(), Fault.NO_SOUND),
        (b"\x00\x00\x00\x00ftyp" + bytes(40), Fault.NO_SOUND),
        (b"\x00\x00\x00\x01ftyp" + b"\xff" * 40, Fault.NO_SOUND),
        (box(b"ftyp", b"<html>" * 100) + mp4(), Fault.NO_SOUND),
        (box(b"moov", b"") + mp4(), Fault.NO_SOUND),
    ],
)  # fmt: skip
def test_what_is_no_recording_is_refused_by_name(root, content, fault):
    assert refused(content) is fault
    assert [one for one in root.rglob("*") if one.is_file()] == []


@pytest.mark.parametrize("kind", sorted(MADE))
def test_half_a_recording_is_refused(root, kind):
    whole = MADE[kind](4)
    for length in (5, 12, 40, len(whole) // 2 + 7, len(whole) - 1):
        assert refused(whole[:length]) is Fault.NO_SOUND


def test_boxes_in_boxes_without_end_are_refused(root):
    deep = b""
    for _ in range(2_000):
        deep = box(b"moov", deep)
    assert refused(box(b"ftyp", b"M4A ") + deep) is Fault.NO_SOUND
    assert refused(webm(more=element("ec", b"") * 25_000)) is Fault.NO_SOUND


@held(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(MADE)), st.data())
def test_whatever_is_wrong_in_it_is_said_in_one_of_our_words(root, kind, data):
    content = bytearray(MADE[kind](2))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert (root / taken(bytes(content)).path).is_file()
    except Unusable as wrong:
        said = wrong
    else:
        return
    assert in_words(said.fault)
    assert said.code in REFUSALS
