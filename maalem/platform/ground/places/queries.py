"""What rooms above ask of the map. Nothing here writes."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from i18nfield.strings import LazyI18nString

from maalem.kit.text import fold
from maalem.platform.rows import rows

from .models import Commune, Province, Region

# A sign that LIKE reads as any other stands for itself.
_LITERAL = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})
_SEARCH = """
SELECT c.code, c.name, p.code, p.name, r.code, r.name
  FROM places_commune c
  JOIN places_province p ON p.code = c.province_id
  JOIN places_region r ON r.code = p.region_id
 WHERE c.folded LIKE %s
 ORDER BY CASE WHEN c.folded LIKE %s OR c.folded LIKE %s THEN 0 ELSE 1 END,
          c.population DESC, c.code
 LIMIT %s
"""


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
    words = wanted.translate(_LITERAL)
    found = rows(_SEARCH, [f"%{words}%", f"{words}%", f"%| {words}%", limit])
    return [commune(one) for one in found]


def commune(found: Sequence[Any]) -> Commune:
    """A commune with its province and region, of whom only codes and names were read."""
    code, name, province_code, province_name, region_code, region_name = found
    region = Region(code=region_code, name=LazyI18nString(region_name))
    province = Province(code=province_code, name=LazyI18nString(province_name), region=region)
    return Commune(code=code, name=LazyI18nString(name), province=province)
