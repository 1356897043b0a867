"""What a person who signs in reads in the app: kept with what was told, opened by her.

The words are those of the text message, of the same template, made once in every language: she may
read another one by then, and the thing that was told may look different. The address is no part of
them: the notice leads there itself.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation

from maalem.platform.rows import run

from .models import Notice

_KEEP = """
INSERT INTO notices_notice (person_id, kind, key, words, path, created_at)
VALUES (%(person)s, %(kind)s, %(key)s, %(words)s::jsonb, %(path)s, statement_timestamp())
ON CONFLICT (person_id, key) WHERE NOT key = '' DO NOTHING
"""
_BLANKS = re.compile(r"[ \t\r\n]+")


def keep(
    *,
    kind: str,
    person_id: int,
    key: str,
    context: Mapping[str, Any] | Callable[[str], Mapping[str, Any]] | None,
    speech: str,
) -> None:
    """Keep what is told for this person, once for each `key`.

    A `context` that is a function of the language gives words in each; any other holds words of
    `speech` and gives that one alone. A kind without words is left to whoever writes the message.
    """
    words, address = {}, ""
    for language in [code for code, _ in settings.LANGUAGES] if callable(context) else [speech]:
        told = context(language) if callable(context) else context or {}
        text = _text(kind, told, language=language)
        if text:
            words[language] = text
        address = str(told.get("address", ""))
    if words:
        values = {"person": person_id, "kind": kind, "key": key, "path": _path(address)}
        run(_KEEP, {**values, "words": json.dumps(words, ensure_ascii=False)})


def open_one(*, person_id: int, number: int) -> Notice | None:
    """Hers with this id, from now on a read one; None where there is no such notice of hers."""
    found = Notice.objects.filter(person_id=person_id, pk=number).first()
    if found is not None and found.read_at is None:
        Notice.objects.filter(pk=number, read_at=None).update(read_at=Now())
    return found


def read_all(*, person_id: int, up_to: int) -> int:
    """All of hers up to the newest that she saw are read; what came since is still new."""
    new = Notice.objects.filter(person_id=person_id, pk__lte=up_to, read_at=None)
    return int(new.update(read_at=Now()))


def template(kind: str, name: str) -> Any:
    """The words of a kind by one channel; None where it has none."""
    try:
        return get_template(f"notices/{kind}/{name}.txt")
    except TemplateDoesNotExist:
        return None


def _text(kind: str, told: Mapping[str, Any], *, language: str) -> str:
    found = template(kind, "sms") or template(kind, "subject")
    if found is None:
        return ""
    with translation.override(language):
        said = found.render({**told, "address": "", "language": language})
    return _BLANKS.sub(" ", said).strip()


def _path(address: str) -> str:
    """The path in the shop without its language; empty for what is not of the shop."""
    if not address.startswith(f"{settings.PLATFORM_URL}/"):
        return ""
    path = address.removeprefix(settings.PLATFORM_URL)
    codes = "|".join(code for code, _ in settings.LANGUAGES)
    return re.sub(rf"^/(?:{codes})(?=/)", "", path)
