"""The key hierarchy: a master key wraps data keys; data keys seal card numbers.

AES-256-GCM throughout, a fresh 96-bit nonce before each sealed text. What is sealed is bound to
its place (the card's token, or the words "data key"), so that a sealed number moved to another
row does not open. The fingerprint is a keyed hash (PCI DSS 4.0.1, 3.5.1.1): without the key a
table of all card numbers is of no use. See docs/decisions/0007-vault-and-hosted-pages.md.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
_DATA_KEY = b"data key"
FINGERPRINT_LENGTH = 16


class WrongKey(Exception):
    """The sealed text was not sealed by this key, or for this place."""


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """The two secrets of the vault, 32 bytes each; never printed."""

    master: bytes = field(repr=False)
    fingerprint: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.master) != KEY_BYTES or len(self.fingerprint) != KEY_BYTES:
            raise ValueError("the vault's keys are 32 bytes each, in base 64")

    @classmethod
    def decode(cls, *, master: str, fingerprint: str) -> "VaultKeys":
        """From base 64, as the settings hold them."""
        return cls(base64.b64decode(master), base64.b64decode(fingerprint))

    def new_data_key(self) -> tuple[bytes, bytes]:
        """A fresh data key, in clear and wrapped for keeping."""
        key = AESGCM.generate_key(KEY_BYTES * 8)
        return key, seal(key, key=self.master, place=_DATA_KEY)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The data key in clear; `WrongKey` if another master key wrapped it."""
        return open_sealed(wrapped, key=self.master, place=_DATA_KEY)

    def fingerprint_of(self, number: str) -> str:
        """The same short word for the same card number, for nobody without the key."""
        digest = hmac.new(self.fingerprint, number.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:FINGERPRINT_LENGTH]


def seal(text: bytes, *, key: bytes, place: bytes) -> bytes:
    """Nonce and sealed `text`, bound to `place`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, place)


def open_sealed(sealed: bytes, *, key: bytes, place: bytes) -> bytes:
    """The text that was sealed for `place`, or `WrongKey`."""
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, body, place)
    except InvalidTag as error:
        raise WrongKey("the vault's master key does not open what it holds") from error
