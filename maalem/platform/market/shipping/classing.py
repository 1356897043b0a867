"""Which customs code a thing may have: material, technique and object, read from its own words.

Pure. The rules and the words are data/classing.toml and data/words.toml. What is suggested is a
suggestion: the person who sends decides, and customs has the last word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from maalem.kit.text import fold, stem, words
from maalem.platform.market.shipping import hs

NEAR_MAX = 4
_AND = "و"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing's own words in every language it has, and the code usual in its craft."""

    title: Mapping[str, str]
    materials: Mapping[str, str]
    technique: Mapping[str, str]
    craft_code: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What fits, and why.

    `code` is empty where nothing fits for want of words. `read` names what was recognised, `why`
    says what decided (empty where the chapter says enough), `near` are codes to compare with.
    `by_craft` is True where only the craft spoke.
    """

    code: str
    read: tuple[hs.Said, ...]
    why: hs.Said
    near: tuple[str, ...]
    knows_object: bool
    knows_material: bool
    by_craft: bool = False


class _Text:
    """Folded words of a text, with and without endings, to look phrases up in."""

    def __init__(self, texts: Iterable[str]) -> None:
        exact: list[str] = []
        stems: list[str] = []
        loose: set[str] = set()
        for text in texts:
            found = words(text)
            exact += [*found, "|"]
            stems += [*(stem(word) for word in found), "|"]
            # Arabic writes "and" as a letter of the next word.
            loose |= {stem(word[1:]) for word in found if word[0] == _AND and len(word) > 3}
        self.exact = f" {' '.join(exact)} "
        self.stems = f" {' '.join(stems)} "
        self.loose = loose

    def says(self, phrase: str) -> bool:
        if phrase.startswith("="):
            return f" {fold(phrase[1:])} " in self.exact
        stems = _stems(phrase)
        return f" {stems} " in self.stems or stems in self.loose


@lru_cache(maxsize=4_096)
def _stems(phrase: str) -> str:
    return " ".join(stem(word) for word in words(phrase))


def suggest(thing: Thing) -> Suggestion:
    """The code that fits `thing`, with its reason and its neighbours."""
    is_, of, by = read(thing)
    fitting = [rule for rule in _rules() if rule.fits(is_, of=of, by=by)]
    if fitting:
        first, *others = fitting
        near = [*first.near, *(rule.code for rule in others)]
        return _suggestion(first.code, why=first.why, near=near, seen=(is_, of, by), rule=first)
    # Nothing fits whole: what is usual in the craft, or what the object could be.
    maybe = [rule.code for rule in _rules() if rule.is_ & is_]
    if hs.is_code(thing.craft_code) and not maybe:
        code = hs.parse(thing.craft_code)
        return _suggestion(code, why={}, near=(), seen=(is_, of, by), rule=None)
    return _suggestion("", why={}, near=maybe, seen=(is_, of, by), rule=None)


def read(thing: Thing) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The objects, materials and ways of making that the thing's words name."""
    title, materials, technique = (
        list(said.values()) for said in (thing.title, thing.materials, thing.technique)
    )
    return (
        _named("objects", _Text(title)),
        _named("materials", _Text([*materials, *title])),
        _named("techniques", _Text([*technique, *materials, *title])),
    )


def says_any(texts: Iterable[str], phrases: Iterable[str]) -> bool:
    """Whether any of `phrases` stands in the texts, whatever its ending."""
    text = _Text(texts)
    return any(text.says(phrase) for phrase in phrases)


def _named(kind: str, text: _Text) -> frozenset[str]:
    entries: Mapping[str, Mapping[str, str]] = hs.table("words")[kind]
    return frozenset(
        name
        for name, entry in entries.items()
        if any(text.says(phrase) for phrase in entry["words"].split("|"))
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    is_: frozenset[str]
    of: frozenset[str]
    by: frozenset[str]
    without: frozenset[str]
    code: str
    near: tuple[str, ...]
    why: hs.Said

    def fits(self, is_: frozenset[str], *, of: frozenset[str], by: frozenset[str]) -> bool:
        wanted = ((self.is_, is_), (self.of, of), (self.by, by))
        return all(not rule or rule & seen for rule, seen in wanted) and not (
            self.without & (is_ | of | by)
        )


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    return tuple(_rule(row) for row in hs.table("classing")["rules"])


def _rule(row: Mapping[str, Any]) -> _Rule:
    def names(key: str) -> frozenset[str]:
        return frozenset(row.get(key, "").split())

    return _Rule(
        is_=names("is"),
        of=names("of"),
        by=names("by"),
        without=names("without"),
        code=row["code"],
        near=tuple(row.get("near", "").split()),
        why=row.get("why", {}),
    )


def _suggestion(
    code: str,
    *,
    why: hs.Said,
    near: Iterable[str],
    seen: tuple[frozenset[str], frozenset[str], frozenset[str]],
    rule: _Rule | None,
) -> Suggestion:
    near = dict.fromkeys(one for one in near if one != code)
    said: list[hs.Said] = []
    for place, kind in enumerate(("objects", "materials", "techniques")):
        decided = (rule.is_, rule.of, rule.by)[place] if rule else seen[place]
        # In the order of the file, so that the sentence is always the same.
        said += [
            entry
            for name, entry in hs.table("words")[kind].items()
            if name in seen[place] & decided
        ]
    return Suggestion(
        code=code,
        read=tuple(said),
        why=why,
        near=tuple(near)[:NEAR_MAX],
        knows_object=bool(seen[0]),
        knows_material=bool(seen[1]),
        by_craft=rule is None and bool(code),
    )
