"""The smallest shop a test needs: places, crafts, the cast's workshops and their pieces."""

from datetime import UTC, datetime

from maalem.platform.craft.artisans.models import Artisan, Kind
from maalem.platform.ground.places.models import Commune
from maalem.platform.market.catalog.models import Craft, Photo, Product, Variant
from tests import cast


def tri(fr: str, ar: str, en: str) -> dict[str, str]:
    """One text in the three languages."""
    return {"fr": fr, "ar": ar, "en": en}


def commune(name: str) -> Commune:
    """A commune by its French name."""
    found = Commune.objects.filter(name__contains=f'"fr": "{name}"').first()
    assert found is not None, name
    return found


def craft(code: str, *, parent: Craft | None = None, **names: str) -> Craft:
    """A craft, made once."""
    made, _ = Craft.objects.get_or_create(
        code=code, defaults={"slug": code.replace("_", "-"), "name": names, "parent": parent}
    )
    return made


def weaver() -> Artisan:
    """Fadma Aït Baha, of Taznakht."""
    return Artisan.objects.create(
        slug=cast.WEAVER.artisan,
        name=tri(cast.WEAVER.name, "فاضمة آيت باها", cast.WEAVER.name),
        trade="carpets",
        commune=commune("Taznakht"),
        workshop=tri("Douar Aït Ouaghrda", "دوار آيت وغردة", "Douar Aït Ouaghrda"),
        story=tri("Elle noue depuis l'enfance.", "تعقد الصوف منذ صغرها.", "She knots wool."),
        since_year=1994,
        payments_account="acct_weaver",
    )


def potter() -> Artisan:
    """Driss Serghini, of Safi."""
    return Artisan.objects.create(
        slug=cast.POTTER.artisan,
        kind=Kind.MAALEM,
        name=tri(cast.POTTER.name, "إدريس السرغيني", cast.POTTER.name),
        trade="pottery",
        commune=commune("Safi"),
        since_year=1987,
        payments_account="acct_potter",
    )


def piece(artisan: Artisan, of: Craft, slug: str, **more: object) -> Product:
    """A published product with one variant of 1,250 MAD, three in stock, and one picture."""
    price = int(more.pop("price_minor", 125_000))  # type: ignore[call-overload]
    on_hand = int(more.pop("on_hand", 3))  # type: ignore[call-overload]
    defaults: dict[str, object] = {
        "title": tri(slug, slug, slug),
        "status": "published",
        "published_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "price_from_minor": price,
    }
    product = Product.objects.create(slug=slug, artisan=artisan, craft=of, **{**defaults, **more})
    Variant.objects.create(product=product, sku=slug, price_minor=price, on_hand=on_hand)
    Photo.objects.create(
        product=product, path=f"products/{slug}", width=1200, height=1200, tone="#aa5533"
    )
    return product
