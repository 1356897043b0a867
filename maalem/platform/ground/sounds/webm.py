"""WebM, as most telephones' browsers record: elements (EBML) with Opus in blocks.

A recorder that writes while it hears can't know sizes: its segment and its clusters may say
"unknown". So elements are read in a row, and those that hold others are stepped into.
"""

from maalem.platform.ground.sounds.container import Broken, Heard

START = b"\x1a\x45\xdf\xa3"
_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_INFO, _TRACKS, _TRACK, _GROUP = 0x1549A966, 0x1654AE6B, 0xAE, 0xA0
_INTO = frozenset({_EBML, _SEGMENT, _CLUSTER, _INFO, _TRACKS, _TRACK, _GROUP})
_MAY_BE_UNKNOWN = frozenset({_SEGMENT, _CLUSTER})

_DOCTYPE, _SCALE, _KIND, _CODEC = 0x4282, 0x2AD7B1, 0x83, 0x86
_CLUSTER_AT, _SIMPLE_BLOCK, _BLOCK = 0xE7, 0xA3, 0xA1
# Beside those: versions and limits, duration, by what it was written, and of the track its number,
# identity, private data of its codec, rates, delays and flags; of a block how long it lasts.
_KEPT = frozenset(
    {_DOCTYPE, _SCALE, _KIND, _CODEC, _CLUSTER_AT, _SIMPLE_BLOCK, _BLOCK}
    | {0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4287, 0x4285, 0x4489, 0x4D80, 0x5741}
    | {0xD7, 0x73C5, 0x63A2, 0xE1, 0x56AA, 0x56BB, 0x9C, 0x22B59C, 0xB9, 0x88, 0x23E383}
    | {0x9B, 0xFB, 0x75A2}
)
_SOUND = 2
_CODECS = (b"A_OPUS", b"A_VORBIS")
_MOST_ELEMENTS = 20_000


def read(content: bytes) -> Heard:
    """The recording without its tags. Raises `Broken`."""
    clean = bytearray(content)
    said: dict[int, list[bytes]] = {}
    at, number, last, cluster, scale = 0, 0, -1, 0, 1_000_000
    while at < len(content):
        number += 1
        kind, start, end = _element(content, at)
        if number > _MOST_ELEMENTS or (kind == _EBML) != (at == 0):
            raise Broken
        if kind in _INTO:
            at = start
            continue
        body = content[start:end]
        if kind == _SCALE:
            scale = int.from_bytes(body)
        elif kind == _CLUSTER_AT:
            cluster = int.from_bytes(body)
        elif kind in (_SIMPLE_BLOCK, _BLOCK):
            last = max(last, (cluster + _block_at(body)) * scale)
        elif kind in _KEPT:
            said.setdefault(kind, []).append(body.rstrip(b"\0"))
        else:
            clean[at:end] = _void(end - at)
        at = end
    if last < 0 or not _is_voice(said):
        raise Broken
    return Heard(bytes(clean), last // 1_000_000)


def _is_voice(said: dict[int, list[bytes]]) -> bool:
    """Whether there are tracks, all of them sound that browsers play."""
    kinds, codecs = said.get(_KIND, []), said.get(_CODEC, [])
    return (
        said.get(_DOCTYPE) in ([b"webm"], [b"matroska"])
        and bool(kinds)
        and all(int.from_bytes(kind) == _SOUND for kind in kinds)
        and len(codecs) == len(kinds)
        and all(codec in _CODECS for codec in codecs)
    )


def _element(content: bytes, at: int) -> tuple[int, int, int]:
    """The element at `at`: what it is, and from where to where it goes."""
    width = _width(content, at, most=4)
    kind = int.from_bytes(content[at : at + width])
    at += width
    width = _width(content, at, most=8)
    unknown = (1 << (7 * width)) - 1
    size = int.from_bytes(content[at : at + width]) & unknown
    at += width
    if size == unknown and kind in _MAY_BE_UNKNOWN:
        return kind, at, len(content)
    if at + size > len(content):
        raise Broken
    return kind, at, at + size


def _width(content: bytes, at: int, *, most: int) -> int:
    """How many bytes the number at `at` has: the place of its first bit says it."""
    width = 9 - content[at].bit_length()
    if width > most or at + width > len(content):
        raise Broken
    return width


def _block_at(body: bytes) -> int:
    """When a block sounds, after the start of its cluster."""
    width = _width(body, 0, most=8)
    if len(body) < width + 4:
        raise Broken
    return int.from_bytes(body[width : width + 2], signed=True)


def _void(length: int) -> bytes:
    """An element that says nothing, `length` bytes long."""
    if length <= 128:
        return bytes([0xEC, 0x80 | (length - 2)]).ljust(length, b"\0")
    return (b"\xec\x01" + (length - 9).to_bytes(7)).ljust(length, b"\0")
