"""What changes a workshop. Each verb is one transaction."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from i18nfield.strings import LazyI18nString

from maalem.platform.craft.artisans.models import Artisan

Words = Mapping[str, Mapping[str, str]]
WORDS = ("workshop", "story")


class ChangedMeanwhile(Exception):
    """Somebody else of the workshop was faster: nothing was overwritten."""


def words_of(artisan: Artisan) -> dict[str, dict[str, str]]:
    """What a workshop says of itself: for each of `WORDS` the text by language."""
    return {name: _by_language(getattr(artisan, name)) for name in WORDS}


@transaction.atomic
def introduce(artisan_id: int, *, words: Words, seen: Words) -> None:
    """Say where it is and what its story is, by language; `seen` is what stood there before.

    Raises `ChangedMeanwhile`.
    """
    artisan = Artisan.objects.select_for_update(no_key=True).get(pk=artisan_id)
    before = words_of(artisan)
    after = {name: {k: v for k, v in words[name].items() if v} for name in WORDS}
    if after == before:
        return
    if before != {name: dict(text) for name, text in seen.items()}:
        raise ChangedMeanwhile
    for name in WORDS:
        setattr(artisan, name, LazyI18nString(after[name]) if after[name] else "")
    artisan.save(update_fields=[*WORDS, "updated_at"])


def portray(artisan_id: int, *, path: str, tone: str) -> None:
    """Show this picture of it; the last one sent is the one that is shown."""
    Artisan.objects.filter(pk=artisan_id).update(
        portrait=path, portrait_tone=tone, updated_at=timezone.now()
    )


def _by_language(text: LazyI18nString | str) -> dict[str, str]:
    data = getattr(text, "data", text)
    said = data if isinstance(data, dict) else {"fr": str(data or "")}
    return {language: words for language, words in said.items() if words}
