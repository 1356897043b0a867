"""Metadata: at most 50 keys of 40 characters with values of 500; given keys change, others stay."""

from maalem.payments.errors import BadRequest
from maalem.payments.metadata import KEYS_MAX, laid_over

KEY_MAX, VALUE_MAX = 40, 500


def merged(
    old: dict[str, str], given: dict[str, str] | str | None, *, param: str = "metadata"
) -> dict[str, str]:
    """`old` with `given` laid over it: an empty value takes its key away, "" takes all away."""
    if given is None:
        return old
    if isinstance(given, str):
        if given:
            raise BadRequest("Invalid hash for metadata.", param=param)
        return {}
    for key, value in given.items():
        if not key or len(key) > KEY_MAX or "[" in key or "]" in key:
            raise BadRequest(
                f"Metadata keys have 1 to {KEY_MAX} characters and no square brackets.",
                param=f"{param}[{key}]",
            )
        if len(value) > VALUE_MAX:
            raise BadRequest(
                f"Metadata values can have up to {VALUE_MAX} characters, you passed {len(value)}.",
                param=f"{param}[{key}]",
            )
    result = laid_over(old, given)
    if len(result) > KEYS_MAX:
        raise BadRequest(f"Metadata can have up to {KEYS_MAX} keys.", param=param)
    return result


def for_later(old: dict[str, str], given: dict[str, str] | str | None) -> dict[str, str] | None:
    """What is laid over `old` once a network has answered; whether it may be is said now."""
    merged(old, given)
    if isinstance(given, dict):
        return given or None
    return None if given is None else dict.fromkeys(old, "") or None
