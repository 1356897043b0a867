"""Public identifiers: a prefix that names the kind, then 20 characters that sort by time.

The body is 50 bits of milliseconds and 50 random bits (the layout of ULID, which has 30 bits more
to draw from), written in Crockford's base 32, lower case. A payment leaves some fifty ids on the
disk, so their length counts. Ids made in one millisecond by one process still sort in the
order in which they were made, because the random part is then counted up.
"""

import os
import secrets
import threading
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 50
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_LETTERS = ALPHABET.encode() * 8

_lock = threading.Lock()
_last_ms = 0
_last_random = 0
# All letters but the last four, of the last number: those of one millisecond share them.
_last_head: tuple[int, str] = (0, "0" * 16)


def new_id(prefix: str, *, at_ms: int | None = None) -> str:
    """Make an id such as `pi_01jd3…`; `at_ms` is the epoch in milliseconds."""
    global _last_ms, _last_random
    now_ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    with _lock:
        if now_ms <= _last_ms and at_ms is None:
            # The same millisecond, or a clock that went back: keep the order, count up.
            now_ms = _last_ms
            _last_random += 1
        else:
            # As `secrets` draws, without its three calls in between.
            _last_random = int.from_bytes(os.urandom(8)) >> (64 - _RANDOM_BITS + 1)
        if at_ms is None:
            _last_ms = now_ms
        body = (now_ms << _RANDOM_BITS) | _last_random
    return f"{prefix}_{_encode(body)}"


def _encode(number: int) -> str:
    global _last_head
    head, letters = _last_head
    if head != number >> 20:
        head = number >> 20
        letters = "".join([_PAIRS[(head >> shift) & 1023] for shift in range(70, -1, -10)])
        _last_head = head, letters
    return letters + _PAIRS[(number >> 10) & 1023] + _PAIRS[number & 1023]


def secret(prefix: str, *, length: int = 32) -> str:
    """Make an unguessable token such as `whsec_…` of `length` base-32 characters (5 bits each)."""
    return prefix + os.urandom(length).translate(_LETTERS).decode()


# Digits and capitals that nobody confuses when reading them over the telephone.
SPOKEN = "23456789CFGHJKMPQRVWX"


def spoken(number: int, *, length: int = 8) -> str:
    """`number` in the spoken letters, in two halves, such as `7K3D-92QF`."""
    letters = ""
    for _ in range(length):
        number, digit = divmod(number, len(SPOKEN))
        letters = SPOKEN[digit] + letters
    return f"{letters[: length // 2]}-{letters[length // 2 :]}"


def spoken_number(prefix: str, *, length: int = 8) -> str:
    """Make a short number for people, such as `M-7K3D-92QF`: easy to read out, hard to guess."""
    letters = "".join(secrets.choice(SPOKEN) for _ in range(length))
    return f"{prefix}-{letters[: length // 2]}-{letters[length // 2 :]}"
