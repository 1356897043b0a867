"""What rooms above ask of the map. Nothing here writes."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from maalem.kit.text import fold

from .models import Commune, Province, Region


def regions() -> QuerySet[Region]:
    """All twelve, in the order of their codes, from north to south."""
    return Region.objects.order_by("code")


def provinces_of(region: Region | str) -> QuerySet[Province]:
    """A region's provinces and prefectures: 75 in the whole country, each person counted once."""
    code = region if isinstance(region, str) else region.code
    inner = Province.Kind.INNER_PREFECTURE
    return Province.objects.filter(region_id=code).exclude(kind=inner).order_by("code")


def communes_of(region: Region | str) -> QuerySet[Commune]:
    """A region's communes with their provinces, in the order of their codes."""
    code = region if isinstance(region, str) else region.code
    return (
        Commune.objects.filter(province__region_id=code).select_related("province").order_by("code")
    )


def search_communes(words: str, *, limit: int = 12) -> list[Commune]:
    """Communes whose name holds `words` in any of the three languages, best and biggest first.

    Accents, case, hyphens and the written forms of alif do not matter. Nothing for no words.
    """
    wanted = fold(words)
    if not wanted:
        return []
    order = Case(
        When(folded__startswith=wanted, then=Value(0)),
        When(folded__contains=f"| {wanted}", then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return list(
        Commune.objects.filter(folded__contains=wanted)
        .select_related("province__region")
        .order_by(order, "-population", "code")[:limit]
    )
