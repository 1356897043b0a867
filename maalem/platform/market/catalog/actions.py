"""What changes a product. Each verb is one transaction."""

from django.db import transaction
from django.utils import timezone

from maalem.platform.market.catalog.indexing import reindex
from maalem.platform.market.catalog.models import Product, StatusChange
from maalem.platform.market.catalog.states import Refused, Status, check


def move(product_id: int, *, now: Status, then: Status, by: str) -> None:
    """Change a product's status from `now` to `then`, if it still is `now`, and write it down.

    Raises `Refused("not_next")` for a step that the table lacks, `Refused("already_moved")` when
    somebody was faster.
    """
    check(now=now, then=then)
    with transaction.atomic():
        changed = Product.objects.filter(pk=product_id, status=now.value).update(
            status=then.value, updated_at=timezone.now()
        )
        if changed != 1:
            raise Refused("already_moved")
        StatusChange.objects.create(product_id=product_id, was=now.value, now=then.value, by=by)


def publish(product: Product, *, by: str) -> None:
    """Put a draft or a withdrawn product on the shelf; its first day there is kept."""
    with transaction.atomic():
        Product.objects.filter(pk=product.pk, published_at__isnull=True).update(
            published_at=timezone.now()
        )
        move(product.pk, now=Status(product.status), then=Status.PUBLISHED, by=by)
        reindex([product.pk])
    product.refresh_from_db()


def edited(product: Product) -> None:
    """To be called after any change of a product's texts, craft, supply or maker."""
    if product.status == Status.PUBLISHED.value:
        reindex([product.pk])


def withdraw(product: Product, *, by: str) -> None:
    """Take a product off the shelf. Its page then says so and shows others."""
    move(product.pk, now=Status(product.status), then=Status.WITHDRAWN, by=by)
    product.refresh_from_db()
