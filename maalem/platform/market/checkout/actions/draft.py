"""Keep what a buyer typed."""

from typing import Any

from maalem.platform.market.cart.models import Cart
from maalem.platform.market.checkout.models import Draft
from maalem.platform.rows import run

_TYPED = (
    *("name", "phone", "email", "country", "commune_id", "quarter", "landmark", "relay"),
    *("line1", "line2", "city", "postcode", "note"),
)
_WRITE = """
INSERT INTO checkout_draft (cart_id, written_at, name, phone, email, country, commune_id, quarter,
       landmark, relay, line1, line2, city, postcode, note)
VALUES (%(cart)s, statement_timestamp(), %(name)s, %(phone)s, %(email)s, %(country)s,
        %(commune_id)s, %(quarter)s, %(landmark)s, %(relay)s, %(line1)s, %(line2)s, %(city)s,
        %(postcode)s, %(note)s)
ON CONFLICT (cart_id) DO UPDATE SET
       written_at = excluded.written_at, name = excluded.name, phone = excluded.phone,
       email = excluded.email, country = excluded.country, commune_id = excluded.commune_id,
       quarter = excluded.quarter, landmark = excluded.landmark,
       relay = excluded.relay, line1 = excluded.line1, line2 = excluded.line2,
       city = excluded.city, postcode = excluded.postcode, note = excluded.note
"""


def write_draft(cart: Cart, *, values: dict[str, Any]) -> None:
    """Replace the cart's draft by `values`; what they don't name is emptied."""
    draft = Draft(cart_id=cart.pk, **values)
    run(_WRITE, {"cart": cart.pk, **{name: getattr(draft, name) for name in _TYPED}})
