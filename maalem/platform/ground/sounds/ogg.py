"""Ogg with Opus, as Firefox records: pages in a row, the second of them with words about it."""

import struct

from maalem.platform.ground.sounds.container import Broken, Heard

START = b"OggS"
_HEAD = struct.Struct("<4sBBqIIIB")
_A_SECOND = 48_000
_NO_END = -1
# The page of words, with none: no name of a program, no comments.
_NO_WORDS = b"OpusTags" + bytes(8)


def read(content: bytes) -> Heard:
    """The recording without its comments. Raises `Broken`."""
    pages = _pages(content)
    if len(pages) < 3 or len({serial for _at, _granule, serial, _body in pages}) != 1:
        raise Broken
    head, words = pages[0][3], pages[1][3]
    if not head.startswith(b"OpusHead") or len(head) < 19 or not words.startswith(b"OpusTags"):
        raise Broken
    second, third = pages[1][0], pages[2][0]
    # Words on one page alone, whole: a picture among them would go on over many.
    if _goes_on(content, second) or content[third + 5] & 1:
        raise Broken
    clean = content[:second] + _without_words(content[second:third]) + content[third:]
    (skipped,) = struct.unpack_from("<H", head, 10)
    last = max(granule for _at, granule, _serial, _body in pages)
    if last == _NO_END or last < skipped:
        raise Broken
    return Heard(clean, (last - skipped) * 1_000 // _A_SECOND)


def _pages(content: bytes) -> list[tuple[int, int, int, bytes]]:
    """Of each page where it begins, its last sample, whose it is, and what is on it."""
    found, at = [], 0
    while at < len(content):
        start, version, _flags, granule, serial, _seq, _sum, lacing = _HEAD.unpack_from(content, at)
        body = at + _HEAD.size + lacing
        end = body + sum(content[at + _HEAD.size : body])
        if start != START or version or end > len(content):
            raise Broken
        found.append((at, granule, serial, content[body:end]))
        at = end
    return found


def _goes_on(content: bytes, at: int) -> bool:
    """Whether the last packet of the page at `at` goes on with the next one, or none is there."""
    lacing = content[at + _HEAD.size - 1]
    return not lacing or content[at + _HEAD.size + lacing - 1] == 255


def _without_words(page: bytes) -> bytes:
    start, version, flags, granule, serial, number, _sum, _lacing = _HEAD.unpack_from(page)
    lacing = bytes([len(_NO_WORDS)])
    head = _HEAD.pack(start, version, flags, granule, serial, number, 0, len(lacing))
    bare = head + lacing + _NO_WORDS
    return bare[:22] + checksum(bare).to_bytes(4, "little") + bare[26:]


def checksum(page: bytes) -> int:
    """A page's sum, its own field taken as zero: CRC-32 as Ogg has it, not turned round."""
    found = 0
    for byte in page:
        found ^= byte << 24
        for _ in range(8):
            found = (found << 1) ^ (0x04C11DB7 if found & 0x80000000 else 0)
            found &= 0xFFFFFFFF
    return found
