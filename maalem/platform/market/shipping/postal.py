"""Which postal form goes with a parcel, by data/postal.toml."""

from enum import StrEnum

from maalem.platform.market.shipping import hs


class Form(StrEnum):
    """The two customs declarations of the Universal Postal Union."""

    CN22 = "cn22"
    CN23 = "cn23"


def form(*, value_minor: int, weight_g: int | None) -> Form:
    """CN22 for what is light and worth little, CN23 otherwise and where the weight is not known.

    `value_minor` in centimes of the dirham.
    """
    rules = hs.table("postal")
    limit_minor = rules["cn22"]["below_sdr"] * rules["sdr"]["mad_centimes"]
    is_letter_post = weight_g is not None and 0 < weight_g <= rules["letter_post"]["most_g"]
    return Form.CN22 if is_letter_post and value_minor < limit_minor else Form.CN23
