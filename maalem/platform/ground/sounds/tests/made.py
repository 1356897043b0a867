"""Recordings made by hand, byte by byte, as the telephones' recorders write them."""

import struct

from maalem.platform.ground.sounds.ogg import checksum

PACKET = bytes(range(1, 61))


# --- WebM ---
def element(kind: str, body: bytes, *, unknown: bool = False) -> bytes:
    size = b"\x01" + b"\xff" * 7 if unknown else b"\x01" + len(body).to_bytes(7)
    return bytes.fromhex(kind) + size + body


def track(*, kind: int = 2, codec: bytes = b"A_OPUS", more: bytes = b"") -> bytes:
    head = element("d7", b"\x01") + element("83", bytes([kind])) + element("86", codec)
    return element("ae", head + element("63a2", b"OpusHead") + more)


def webm(
    seconds: int = 4,
    *,
    doctype: bytes = b"webm",
    tracks: bytes | None = None,
    more: bytes = b"",
    live: bool = True,
) -> bytes:
    """As Chrome writes it: a segment and clusters of sizes not known, a block each half second."""
    head = element("1a45dfa3", element("4282", doctype))
    info = element("1549a966", element("2ad7b1", (1_000_000).to_bytes(3)))
    clusters = b""
    for start in range(0, seconds * 1_000, 2_000):
        blocks = element("e7", start.to_bytes(4))
        for late in range(0, 2_000, 500):
            blocks += element("a3", b"\x81" + struct.pack(">hB", late, 0x80) + PACKET)
        clusters += element("1f43b675", blocks, unknown=live)
    known = element("1654ae6b", track() if tracks is None else tracks)
    return head + element("18538067", info + known + more + clusters, unknown=live)


# --- Ogg ---
def page(number: int, packet: bytes, *, granule: int = 0, flags: int = 0, serial: int = 7) -> bytes:
    full, rest = divmod(len(packet), 255)
    # A packet of whole segments alone goes on with the next page.
    lacing = b"\xff" * full + (bytes([rest]) if rest else b"")
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, serial, number, 0, len(lacing))
    bare = head + lacing + packet
    return bare[:22] + checksum(bare).to_bytes(4, "little") + bare[26:]


def ogg(seconds: int = 4, *, words: bytes = b"", serial: int = 7) -> bytes:
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", len(words)) + words + bytes(4)
    pages = page(0, head, flags=2) + page(1, tags)
    for second in range(1, seconds + 1):
        granule = 312 + second * 48_000
        pages += page(1 + second, PACKET, granule=granule, serial=serial)
    return pages


# --- MP4 ---
def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def mp4(
    seconds: int = 4,
    *,
    handler: bytes = b"soun",
    codec: bytes = b"mp4a",
    user: bytes = b"",
    parts: bool = False,
) -> bytes:
    """As an iPhone writes it: whole, or live in parts of a second."""
    # A head may claim what it likes: it is not asked.
    clock = struct.pack(">IIIII", 0, 0, 0, 1_000, 7)
    each = b"" if parts else struct.pack(">IIII", seconds * 25, 20, seconds, 500)
    stts = box(b"stts", struct.pack(">II", 0, len(each) // 8) + each)
    sample = box(codec, bytes(28))
    stbl = box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1) + sample) + stts)
    hdlr = box(b"hdlr", bytes(8) + handler + bytes(13))
    mdia = box(b"mdia", box(b"mdhd", clock + bytes(4)) + hdlr + box(b"minf", stbl))
    trak = box(b"trak", box(b"tkhd", bytes(84)) + mdia)
    moov = box(b"mvhd", clock + bytes(80)) + trak
    if user:
        moov += box(b"udta", box(b"\xa9xyz", user))
    if parts:
        moov += box(b"mvex", box(b"trex", struct.pack(">IIIIII", 0, 1, 1, 20, 0, 0)))
    whole = box(b"ftyp", b"M4A " + bytes(4) + b"isom") + box(b"moov", moov)
    if not parts:
        return whole + box(b"mdat", PACKET * seconds)
    for second in range(seconds):
        # Half of the parts say the length of each sample, half leave it to the head.
        flags = 0x101 if second % 2 else 0x001
        each = struct.pack(">I", 20) * 50 if second % 2 else b""
        run = struct.pack(">IIi", flags, 50, 0) + each
        traf = box(b"tfhd", struct.pack(">II", 0x20000, 1)) + box(b"trun", run)
        whole += box(b"moof", box(b"traf", traf)) + box(b"mdat", PACKET)
    return whole


MADE = {"webm": webm, "ogg": ogg, "m4a": mp4}
