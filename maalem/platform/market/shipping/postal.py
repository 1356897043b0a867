"""Which postal form goes with a parcel, by data/postal.toml."""

from enum import StrEnum

from maalem.platform.market.shipping import hs


class Form(StrEnum):
    """The two customs declarations of the Universal Postal Union."""

    CN22 = "cn22"
    CN23 = "cn23"


def form(*, value_minor: int, weight_g: int | None, kinds: int = 1) -> Form:
    """CN22 for what is light and worth little, CN23 otherwise and where the weight is not known.

    `value_minor` in centimes of the dirham; `kinds` of things are as many lines on the form.
    """
    rules = hs.table("postal")
    limit_minor = rules["cn22"]["below_sdr"] * rules["sdr"]["mad_centimes"]
    is_letter_post = weight_g is not None and 0 < weight_g <= rules["letter_post"]["most_g"]
    is_small = value_minor < limit_minor and kinds <= rules["cn22"]["most_kinds"]
    return Form.CN22 if is_letter_post and is_small else Form.CN23
