"""What is kept of a consent's code. A row of the database tells neither the code nor the proof."""

import hashlib
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac


def new_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(10**6):06d}"


def new_salt() -> str:
    """What makes the same code of two consents two proofs."""
    return secrets.token_hex(16)


def proof_of(code: str, *, salt: str) -> str:
    """What only the code and the service's key make."""
    return salted_hmac("maalem.assistance", f"{salt}:{code}", algorithm="sha256").hexdigest()


def hash_of(proof: str) -> str:
    """What is kept from the first moment; a trigger holds the proof against it."""
    return hashlib.sha256(proof.encode()).hexdigest()


def is_code(code: str, *, salt: str, code_hash: str) -> bool:
    """Whether this is the code of that hash."""
    return constant_time_compare(hash_of(proof_of(code, salt=salt)), code_hash)
