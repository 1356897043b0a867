"""The piece that a buyer wants instead: put aside when she asks, and free again if it stays."""

from collections.abc import Mapping

from maalem.platform.market.cart.actions import holds
from maalem.platform.market.catalog.models import Variant
from maalem.platform.market.orders.words import frozen
from maalem.platform.market.returns import decide
from maalem.platform.market.returns.models import Return
from maalem.platform.market.returns.states import Refused


def put_aside(
    variant_id: int, *, wanted: Mapping[int, int], lines: list[decide.Line]
) -> dict[str, object]:
    """Take so many pieces off the shelf; return what the return says of them. Raises `Refused`."""
    variant = Variant.objects.filter(pk=variant_id).select_related("product").first()
    if variant is None or not decide.may_be_had_instead(
        wanted, lines=lines, product=variant.product_id, price_minor=variant.price_minor
    ):
        raise Refused("not_instead")
    try:
        holds.take({variant.pk: sum(wanted.values())})
    except holds.NotEnough:
        raise Refused("none_left") from None
    return {"instead": variant, "instead_label": frozen(variant.label)}


def free(back: Return) -> None:
    """It is not sent after all: back to the shelf."""
    if back.instead_id is not None:
        holds.put_back({back.instead_id: sum(one.quantity for one in back.lines.all())})
