"""What a person changes about herself."""

from .models import Person


def rename(person: Person, *, name: str) -> None:
    """Keep `name`, with single spaces, as what we call this person."""
    person.name = " ".join(name.split())
    person.save(update_fields=["name"])


def speak(person: Person, *, language: str) -> None:
    """Write to this person in `language` (fr, ar or en) from now on."""
    person.language = language
    person.save(update_fields=["language"])
