"""What a workshop shows of itself. Each verb is one transaction and is written down."""

from collections.abc import Mapping

from django.db import transaction
from i18nfield.strings import LazyI18nString

from maalem.platform.craft.artisans.models import Artisan, Saying

Words = Mapping[str, Mapping[str, str]]
WORDS = ("workshop", "story")


class ChangedMeanwhile(Exception):
    """Somebody else of the workshop was faster: nothing was overwritten."""


def words_of(artisan: Artisan) -> dict[str, dict[str, str]]:
    """What a workshop says of itself: for each of `WORDS` the text by language."""
    return {name: _by_language(getattr(artisan, name)) for name in WORDS}


@transaction.atomic
def introduce(artisan_id: int, *, words: Words, seen: Words, by: str) -> None:
    """Say where it is and what its story is, by language; `seen` is what stood there before.

    Raises `ChangedMeanwhile`.
    """
    artisan = _locked(artisan_id)
    before = words_of(artisan)
    after = {name: {k: v for k, v in words[name].items() if v} for name in WORDS}
    if after == before:
        return
    if before != {name: dict(text) for name, text in seen.items()}:
        raise ChangedMeanwhile
    for name in WORDS:
        setattr(artisan, name, LazyI18nString(after[name]) if after[name] else "")
        if before[name] != after[name]:
            _write(artisan, name, was=before[name], now=after[name], by=by)
    artisan.save(update_fields=[*WORDS, "updated_at"])


@transaction.atomic
def portray(artisan_id: int, *, path: str, tone: str, by: str) -> None:
    """Show this picture of it; the last one sent is the one that is shown."""
    artisan = _locked(artisan_id)
    if artisan.portrait == path:
        return
    _write(artisan, "portrait", was=artisan.portrait or None, now=path, by=by)
    artisan.portrait, artisan.portrait_tone = path, tone
    artisan.save(update_fields=["portrait", "portrait_tone", "updated_at"])


def _locked(artisan_id: int) -> Artisan:
    return Artisan.objects.select_for_update(no_key=True).get(pk=artisan_id)


def _write(artisan: Artisan, what: str, *, was: object, now: object, by: str) -> None:
    Saying.objects.create(artisan=artisan, what=what, was=was, now=now, by=by)


def _by_language(text: LazyI18nString | str) -> dict[str, str]:
    data = getattr(text, "data", text)
    said = data if isinstance(data, dict) else {"fr": str(data or "")}
    return {language: words for language, words in said.items() if words}
