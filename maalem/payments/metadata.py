"""What is said of an object in its merchant's own words: few keys, given ones over earlier ones."""

KEYS_MAX = 50


def laid_over(old: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """`old` with `given` over it: an empty value takes its key away."""
    return {key: value for key, value in {**old, **given}.items() if value}


def laid_over_later(old: dict[str, str], given: dict[str, str] | None) -> dict[str, str]:
    """The same for what was given and checked before a network was asked.

    Other keys may have come to the object meanwhile. The network's answer is recorded all the
    same: of the keys that are new only as many are added as there is room for.
    """
    return dict(list(laid_over(old, given or {}).items())[:KEYS_MAX])
