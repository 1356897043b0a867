"""What changes a product. Each verb is one transaction."""

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from i18nfield.strings import LazyI18nString

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.pictures.intake import Picture
from maalem.platform.market.catalog.indexing import reindex
from maalem.platform.market.catalog.models import Craft, Photo, Product, StatusChange, Variant
from maalem.platform.market.catalog.states import Refused, Status, Supply, check


def move(product_id: int, *, now: Status, then: Status, by: str) -> None:
    """Change a product's status from `now` to `then`, if it still is `now`, and write it down.

    Raises `Refused("not_next")` for a step that the table lacks, `Refused("already_moved")` when
    somebody was faster, `Refused("taken_off")` where a moderator holds it off the shelf.
    """
    check(now=now, then=then)
    try:
        with transaction.atomic():
            changed = Product.objects.filter(pk=product_id, status=now.value).update(
                status=then.value, updated_at=timezone.now()
            )
            if changed != 1:
                raise Refused("already_moved")
            StatusChange.objects.create(product_id=product_id, was=now.value, now=then.value, by=by)
    except IntegrityError as no:
        # The room that rules about pieces stands above this one: only its trigger is known here.
        if (
            getattr(getattr(no.__cause__, "diag", None), "constraint_name", "")
            != "product_taken_off"
        ):
            raise
        raise Refused("taken_off") from no


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


def offer(
    *,
    artisan: Artisan,
    craft: Craft,
    pictures: Sequence[Picture],
    price_minor: int,
    supply: Supply,
    on_hand: int,
    making_days: int | None,
    by: str,
) -> Product:
    """A new product of one variant, on the shelf at once: its name is its craft and its place.

    `on_hand` is 0 and `making_days` is given where it is made to order.
    """
    title = _of_craft_and_place(craft, artisan)
    with transaction.atomic():
        token = secrets.token_hex(4)
        product = Product.objects.create(
            slug=f"{craft.slug[:60]}-{artisan.commune.slug[:40]}-{token}",
            artisan=artisan,
            craft=craft,
            title=title,
            supply=supply.value,
            making_days=making_days,
            hs_code=craft.hs_hint,
        )
        Variant.objects.create(
            product=product, sku=f"P-{token.upper()}", price_minor=price_minor, on_hand=on_hand
        )
        Photo.objects.bulk_create(
            Photo(
                product=product,
                position=position,
                path=picture.path,
                alt=title,
                width=picture.width,
                height=picture.height,
                tone=picture.tone,
            )
            for position, picture in enumerate(pictures)
        )
        product.refresh_from_db()  # a trigger has written the price
        publish(product, by=by)
    return product


def _of_craft_and_place(craft: Craft, artisan: Artisan) -> LazyI18nString:
    """ "Tapis noués · Taznakht", in each language that both are known in."""
    crafts, places = (by_language(one) for one in (craft.name, artisan.commune.name))
    return LazyI18nString(
        {
            language: " · ".join(filter(None, (crafts.get(language), places.get(language))))
            for language in {**crafts, **places}
        }
    )


def by_language(text: LazyI18nString | str) -> dict[str, str]:
    data = getattr(text, "data", text)
    return data if isinstance(data, dict) else {settings.LANGUAGE_CODE: str(data)}
