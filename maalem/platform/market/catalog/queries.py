"""What pages ask of the catalogue. Nothing here writes."""

from pathlib import Path

from django.db.models import Prefetch

from maalem.platform.craft.artisans.models import Artisan, Maker
from maalem.platform.ground.places.models import Region
from maalem.platform.ground.places.queries import regions as all_regions
from maalem.platform.market.catalog.kept import kept
from maalem.platform.market.catalog.models import Craft, Photo
from maalem.platform.market.catalog.search import Wish, find
from maalem.platform.market.catalog.states import Supply
from maalem.platform.market.catalog.stored import Stored
from maalem.platform.rows import rows

_SECONDS = 60.0


@kept(_SECONDS)
def crafts() -> list[Craft]:
    """Every craft, roots and branches, in their order."""
    return list(Craft.objects.order_by("position", "id"))


def roots() -> list[Craft]:
    """The crafts of the front page."""
    return [craft for craft in crafts() if craft.parent_id is None]


def branches(craft: Craft) -> list[Craft]:
    """A craft's branches; a branch's own sisters."""
    parent = craft.parent_id or craft.pk
    return [other for other in crafts() if other.parent_id == parent]


def families() -> list[tuple[Craft, list[Craft]]]:
    """Each root craft with its branches."""
    every = crafts()
    return [(root, [one for one in every if one.parent_id == root.pk]) for root in roots()]


def craft_by_slug(slug: str) -> Craft | None:
    """A craft, without asking the database each time."""
    return next((craft for craft in crafts() if craft.slug == slug), None)


@kept(_SECONDS)
def regions() -> list[Region]:
    """The twelve, from north to south."""
    return list(all_regions())


@kept(_SECONDS)
def region_map() -> list[tuple[Region, str]]:
    """Each region with its outline (an SVG path), where one is drawn."""
    lines = Path(__file__).with_name("regions.txt").read_text(encoding="utf-8").splitlines()
    outlines = dict(line.split(" ", 1) for line in lines if not line.startswith("#"))
    return [(region, outlines[region.iso]) for region in regions() if region.iso in outlines]


def region_by_slug(slug: str) -> Region | None:
    """A region, without asking the database each time."""
    return next((region for region in regions() if region.slug == slug), None)


def scope_of(craft: Craft) -> dict[str, int]:
    """How a wish names a craft: a root with all its branches, or one branch."""
    return {"craft": craft.pk} if craft.parent_id else {"root": craft.pk}


def artisans(*, limit: int, region: str = "", trades: tuple[str, ...] = ()) -> list[Artisan]:
    """Workshops with their place, the longest at work first."""
    wanted = Artisan.objects.select_related("commune__province__region")
    if region:
        wanted = wanted.filter(commune__province__region=region)
    if trades:
        wanted = wanted.filter(trade__in=trades)
    return list(wanted.order_by("since_year", "id")[:limit])


@kept(_SECONDS)
def featured_artisans() -> list[Artisan]:
    """Six workshops with a story, of different crafts."""
    seen: dict[str, Artisan] = {}
    told = Artisan.objects.exclude(story="").exclude(story="{}")
    for artisan in told.select_related("commune__province__region").order_by("id")[:200]:
        seen.setdefault(artisan.trade, artisan)
        if len(seen) == 6:
            break
    return list(seen.values())


@kept(_SECONDS)
def region_artisans(code: str) -> list[Artisan]:
    """The workshops a region's page shows."""
    return artisans(limit=12, region=code)


@kept(_SECONDS)
def craft_artisans(codes: tuple[str, ...]) -> list[Artisan]:
    """The workshops a craft's page shows."""
    return artisans(limit=6, trades=codes)


@kept(_SECONDS)
def region_places(code: str) -> list[tuple[str, int]]:
    """The communes of a region where workshops are, with how many, the busiest first."""
    rows = (
        Artisan.objects.filter(commune__province__region=code)
        .select_related("commune")
        .only("commune__name")
    )
    counts: dict[str, int] = {}
    for artisan in rows[:5_000]:
        name = str(artisan.commune.name)
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda place: (-place[1], place[0]))[:12]


@kept(15.0)
def newest(limit: int) -> list[tuple[int, int]]:
    """(id, version) of what came last from the workshops."""
    return find(Wish(size=limit)).rows


@kept(_SECONDS)
def showcase() -> list[Photo]:
    """The picture of the newest piece of each craft, for the head of the front page: six."""
    newest_of_each = [
        product
        for (product,) in rows(
            "SELECT n.product_id FROM catalog_craft c CROSS JOIN LATERAL ("
            "SELECT e.product_id FROM catalog_entry e WHERE e.root_craft_id = c.id AND e.in_stock"
            " ORDER BY e.published_at DESC, e.product_id DESC LIMIT 1) n"
            " WHERE c.parent_id IS NULL ORDER BY c.position, c.id LIMIT 6"
        )
    ]
    found = covers(newest_of_each)
    return [found[one] for one in newest_of_each if one in found]


@kept(15.0)
def artisan_by_slug(slug: str) -> Artisan | None:
    """A workshop with its place and the makers who work there now."""
    return (
        Artisan.objects.select_related("commune__province__region", "standing")
        .prefetch_related(Prefetch("makers", Maker.objects.filter(is_active=True)))
        .filter(slug=slug)
        .first()
    )


def related(piece: Stored, *, limit: int = 4) -> list[tuple[int, int]]:
    """Others of the same craft, the newest first, without the piece itself."""
    others = [row for row in _newest_of(piece.craft_id, limit + 1) if row[0] != piece.id]
    return others[:limit]


@kept(15.0)
def _newest_of(craft_id: int, limit: int) -> list[tuple[int, int]]:
    craft = next(craft for craft in crafts() if craft.pk == craft_id)
    return find(Wish(**scope_of(craft), size=limit)).rows


def covers(product_ids: list[int]) -> dict[int, Photo]:
    """The first picture of each product, in one query."""
    photos = (
        Photo.objects.filter(product__in=product_ids)
        .order_by("product_id", "position", "id")
        .distinct("product_id")
    )
    return {photo.product_id: photo for photo in photos}


def buyable(free: int, *, supply: Supply) -> int:
    """How many may be put into a cart now, where `free` are promised to nobody: 0 is sold out."""
    if supply is Supply.MADE_TO_ORDER:
        return 10
    return max(0, min(free, 10))


@kept(_SECONDS)
def directory(region: str) -> list[Artisan]:
    """The workshops a directory page lists."""
    return artisans(limit=60, region=region)
