"""MP4 with AAC or Opus, as iPhones record: boxes in boxes.

How long each sample lasts stands in the head (`stts`), or, where a recorder writes while it
hears, in fragments (`moof`). What a head claims as a whole is not asked.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from maalem.platform.ground.sounds.container import Broken, Heard

START = b"ftyp"  # after four bytes of its size
_INTO = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex", b"moof", b"traf"}
)
_KEPT = frozenset(
    {b"ftyp", b"styp", b"mdat", b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"smhd", b"dref", b"stsd"}
    | {b"stts", b"stsc", b"stsz", b"stco", b"co64", b"elst", b"trex", b"mehd", b"mfhd", b"tfhd"}
    | {b"tfdt", b"trun", b"sgpd", b"sbgp", b"sidx"}
)
_CODECS = (b"mp4a", b"Opus")
_MOST_BOXES, _DEEPEST, _LONGEST_BRANDS = 20_000, 8, 256


@dataclass
class _Said:
    """What the boxes say."""

    handlers: list[bytes] = field(default_factory=list)
    codecs: list[bytes] = field(default_factory=list)
    a_second: int = 0
    a_sample: int = 0
    samples: int = 0
    sound: int = 0
    boxes: int = 0


def read(content: bytes) -> Heard:
    """The recording without its user data. Raises `Broken`."""
    clean, said = bytearray(content), _Said()
    first = True
    for kind, at, body, end in _walk(content, (0, len(content)), said=said):
        if first and (kind != START or end - at > _LONGEST_BRANDS):
            raise Broken
        first = False
        if kind in _KEPT:
            _hear(kind, content[body:end], said)
        else:
            clean[at + 4 : at + 8] = b"free"
            clean[body:end] = bytes(end - body)
    if said.handlers != [b"soun"] or not said.sound:
        raise Broken
    if len(said.codecs) != 1 or said.codecs[0] not in _CODECS:
        raise Broken
    length_ms = said.samples * 1_000 // said.a_second if said.a_second else 0
    return Heard(bytes(clean), length_ms or None)


def _walk(
    content: bytes, span: tuple[int, int], *, said: _Said, depth: int = 0
) -> Iterator[tuple[bytes, int, int, int]]:
    """Every box that holds no others: what it is, where it begins, its body, its end."""
    at, stop = span
    while at < stop:
        said.boxes += 1
        size, kind = struct.unpack_from(">I4s", content, at)
        body = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, body)
            body += 8
        elif size == 0 and depth == 0 and kind == b"mdat":
            size = stop - at
        end = at + size
        if end < body or end > stop or said.boxes > _MOST_BOXES or depth > _DEEPEST:
            raise Broken
        if kind in _INTO:
            yield from _walk(content, (body, end), said=said, depth=depth + 1)
        else:
            yield kind, at, body, end
        at = end


def _hear(kind: bytes, body: bytes, said: _Said) -> None:
    """Note what one box says of its sound."""
    if kind == b"mdat":
        said.sound += len(body)
    elif kind == b"hdlr":
        said.handlers.append(body[8:12])
    elif kind == b"stsd":
        (entries,) = struct.unpack_from(">I", body, 4)
        said.codecs.append(body[12:16] if entries == 1 else b"")
    elif kind == b"mdhd":
        (said.a_second,) = struct.unpack_from(">I", body, 20 if body[0] == 1 else 12)
    elif kind == b"stts":
        said.samples += _table(body)
    elif kind == b"trex":
        (said.a_sample,) = struct.unpack_from(">I", body, 12)
    elif kind == b"tfhd":
        said.a_sample = _each(body, otherwise=said.a_sample)
    elif kind == b"trun":
        said.samples += _run(body, each=said.a_sample)


def _table(body: bytes) -> int:
    """How long all samples of the head last: so many of that length, so many of another."""
    (rows,) = struct.unpack_from(">I", body, 4)
    if 8 + 8 * rows > len(body):
        raise Broken
    return sum(count * each for count, each in struct.iter_unpack(">II", body[8 : 8 + 8 * rows]))


def _each(body: bytes, *, otherwise: int) -> int:
    """How long a sample of this fragment lasts, where none of them says it."""
    flags = int.from_bytes(body[1:4])
    if not flags & 0x8:
        return otherwise
    at = 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
    return int(struct.unpack_from(">I", body, at)[0])


def _run(body: bytes, *, each: int) -> int:
    """How long a run of samples lasts."""
    flags = int.from_bytes(body[1:4])
    (count,) = struct.unpack_from(">I", body, 4)
    if not flags & 0x100:
        return int(count * each)
    at = 8 + (4 if flags & 0x1 else 0) + (4 if flags & 0x4 else 0)
    wide = 4 * (flags & 0xF00).bit_count()
    if at + wide * count > len(body):
        raise Broken
    return sum(struct.unpack_from(">I", body, at + wide * one)[0] for one in range(count))
