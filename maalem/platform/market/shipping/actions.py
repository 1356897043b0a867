"""What a seller says of her own thing for customs. Each verb is one transaction."""

from django.db import transaction
from django.utils import timezone

from maalem.platform.market.catalog.models import Product
from maalem.platform.market.shipping import hs
from maalem.platform.market.shipping.models import Classification

HEAVIEST_G = 1_000_000


@transaction.atomic
def classify(product_id: int, *, code: str, suggested: str = "", by: str) -> Classification:
    """Declare a product's customs code, and write down who did. The same again is no trouble.

    Raises `hs.NoCode` for what is none, `Product.DoesNotExist`.
    """
    code = hs.parse(code)
    product = Product.objects.select_for_update(no_key=True).get(pk=product_id)
    last = product.classifications.last()
    if last is not None and (last.code, last.by) == (code, by) and product.hs_code == code:
        return last
    was = product.hs_code
    if was != code:
        Product.objects.filter(pk=product_id).update(hs_code=code, updated_at=timezone.now())
    return Classification.objects.create(
        product=product, code=code, was=was, suggested=suggested, by=by
    )


@transaction.atomic
def weigh(product_id: int, *, weight_g: int) -> None:
    """Say what one piece weighs, in grams. Raises ValueError outside 1 g to 1 t."""
    if not 1 <= weight_g <= HEAVIEST_G:
        raise ValueError(weight_g)
    Product.objects.filter(pk=product_id).exclude(weight_g=weight_g).update(
        weight_g=weight_g, updated_at=timezone.now()
    )
