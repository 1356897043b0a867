"""Keep what a buyer typed."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from maalem.platform.market.cart.models import Cart
from maalem.platform.market.checkout.models import Draft

EMPTY = {"quarter": "", "landmark": "", "line1": "", "line2": "", "city": "", "postcode": ""}


@transaction.atomic
def write_draft(cart: Cart, *, values: dict[str, Any]) -> Draft:
    """Replace the cart's draft by `values`; what they don't name is emptied."""
    draft, _ = Draft.objects.update_or_create(
        cart=cart,
        defaults={**EMPTY, "commune": None, "email": "", "note": "", "written_at": Now(), **values},
    )
    return draft
