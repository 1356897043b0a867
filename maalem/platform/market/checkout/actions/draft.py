"""Keep what a buyer typed."""

from typing import Any

from django.db.models.functions import Now

from maalem.platform.market.cart.models import Cart
from maalem.platform.market.checkout.models import Draft

_WRITTEN = [field.name for field in Draft._meta.concrete_fields if field.name not in ("id", "cart")]


def write_draft(cart: Cart, *, values: dict[str, Any]) -> Draft:
    """Replace the cart's draft by `values`; what they don't name is emptied."""
    draft = Draft(cart=cart, written_at=Now(), **values)
    Draft.objects.bulk_create(
        [draft], update_conflicts=True, unique_fields=["cart"], update_fields=_WRITTEN
    )
    return draft
