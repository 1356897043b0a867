"""The brand of a card by its first digits, and the lengths that each brand gives its numbers."""

from typing import NamedTuple


class Brand(NamedTuple):
    """`ranges` are inclusive prefixes of equal length; `cvc` is the length of the code."""

    name: str
    ranges: tuple[tuple[str, str], ...]
    lengths: frozenset[int]
    cvc: int = 3


BRANDS = (
    Brand("amex", (("34", "34"), ("37", "37")), frozenset({15}), 4),
    Brand("diners", (("300", "305"), ("36", "36"), ("38", "39")), frozenset({14, 16, 19})),
    Brand("jcb", (("3528", "3589"),), frozenset({16, 17, 18, 19})),
    Brand("mastercard", (("51", "55"), ("2221", "2720")), frozenset({16})),
    Brand("discover", (("6011", "6011"), ("644", "649"), ("65", "65")), frozenset({16, 19})),
    Brand("unionpay", (("62", "62"), ("81", "81")), frozenset({16, 17, 18, 19})),
    Brand("visa", (("4", "4"),), frozenset({13, 16, 19})),
)
UNKNOWN = Brand("unknown", (), frozenset(range(12, 20)))


def brand_of(number: str) -> Brand:
    """The brand whose range holds `number` (ASCII digits), or `UNKNOWN`."""
    for brand in BRANDS:
        for low, high in brand.ranges:
            if low <= number[: len(low)] <= high:
                return brand
    return UNKNOWN
