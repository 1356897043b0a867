"""How good a search is, as one number: judged queries over the demo, and nDCG@10.

The judgements are in judged/: rules over what is known of each piece (craft, title, materials,
place, maker, sizes), never over what the search returns. For every query each piece so has a
grade from 0 to 3. What a search gives is worth

    DCG@10 = sum over the places i = 1 … 10 of (2^grade - 1) / log2(i + 1)

and nDCG@10 is that sum divided by the best that the shop allows: the sum with the ten highest
grades in order. 1 is perfect, 0 is nothing of use. A query that should find nothing is worth 1
where nothing is found and 0 where anything is. A group's number is the mean of its queries', and
the whole is the mean of all queries.
"""

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from maalem.demo.records import Demo, DemoArtisan, DemoProduct
from maalem.kit.text import words

DEPTH = 10
_DATA = Path(__file__).with_name("judged")
_CONDITION = re.compile(r"(!?)(craft|family|title|made|place|maker|label|cm|supply)([=~])(.+)")

Fact = frozenset[str]
Rules = tuple[tuple[int, str], ...]
# A query's found pieces, by their slugs, best first.
Search = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Query:
    """What is typed, its kind, and its rules: (grade, conditions)."""

    text: str
    group: str
    rules: Rules


@dataclass(frozen=True)
class Score:
    """A query's nDCG@10, and the slugs that were found first."""

    query: Query
    ndcg: float
    found: tuple[str, ...]


@cache
def queries() -> tuple[Query, ...]:
    """Every judged query, in the order of the file."""
    told = tomllib.loads((_DATA / "queries.toml").read_text(encoding="utf-8"))
    return tuple(
        Query(text, group, tuple(_rule(line) for line in lines))
        for group, each in told.items()
        for text, lines in each.items()
    )


def _rule(line: str) -> tuple[int, str]:
    grade, _, conditions = line.partition(":")
    assert grade in ("1", "2", "3"), line
    return int(grade), conditions


@cache
def _things() -> dict[str, list[str]]:
    told: dict[str, dict[str, list[str]]] = tomllib.loads(
        (_DATA / "things.toml").read_text(encoding="utf-8")
    )
    return told["things"]


def judge(demo: Demo) -> dict[Query, dict[str, int]]:
    """For each query the slugs with a grade above 0."""
    families = {craft.code: craft.parent for craft in demo.crafts}
    workshops = {artisan.slug: artisan for artisan in demo.artisans}
    facts = {
        product.slug: _facts(product, families[product.craft], workshops[product.artisan])
        for product in demo.products
    }
    return {
        query: {slug: grade for slug, fact in facts.items() if (grade := _grade(query.rules, fact))}
        for query in queries()
    }


def _facts(product: DemoProduct, family: str, workshop: DemoArtisan) -> dict[str, Fact]:
    """What rules may ask of a piece: each fact as a set of words."""
    sizes = (product.length_mm, product.width_mm, product.height_mm, product.diameter_mm)
    return {
        "craft": frozenset([product.craft]),
        "family": frozenset([family]),
        "title": frozenset(words(product.title.fr)),
        "made": frozenset(words(f"{product.materials.fr} {product.technique.fr}")),
        "place": frozenset([workshop.commune]),
        "maker": frozenset([workshop.slug]),
        "label": frozenset(word for v in product.variants for word in words(v.label.fr)),
        "cm": frozenset(str(size // 10) for size in sizes if size),
        "supply": frozenset([product.supply]),
    }


def _grade(rules: Rules, facts: Mapping[str, Fact]) -> int:
    return max((grade for grade, conditions in rules if _holds(conditions, facts)), default=0)


def _holds(conditions: str, facts: Mapping[str, Fact]) -> bool:
    return all(_met(condition.strip(), facts) for condition in conditions.split("&"))


def _met(condition: str, facts: Mapping[str, Fact]) -> bool:
    if condition.startswith("@"):
        return any(_holds(way, facts) for way in _things()[condition[1:]])
    told = _CONDITION.fullmatch(condition)
    assert told is not None, f"no condition: {condition}"
    turned, name, how, wanted = told.groups()
    met = any(_has(facts[name], one, how=how, name=name) for one in wanted.split("|"))
    return met is not bool(turned)


def _has(fact: Fact, wanted: str, *, how: str, name: str) -> bool:
    if name == "place" or wanted.endswith("*"):
        return any(one.startswith(wanted.removesuffix("*")) for one in fact)
    return wanted in fact


def ndcg(grades: Sequence[int], best: Iterable[int]) -> float:
    """nDCG@10 of the grades as found, where `best` are all the grades that there are."""
    ideal = _gain(sorted(best, reverse=True))
    if not ideal:
        return 0.0 if grades else 1.0
    return _gain(grades) / ideal


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))


def measure(search: Search, judged: Mapping[Query, Mapping[str, int]]) -> list[Score]:
    """Ask every query and say what its answer is worth."""
    scores = []
    for query, grades in judged.items():
        found = tuple(search(query.text)[:DEPTH])
        worth = ndcg([grades.get(slug, 0) for slug in found], grades.values())
        scores.append(Score(query, worth, found))
    return scores


def by_group(scores: Iterable[Score]) -> dict[str, float]:
    """The mean of each group, in the order of the file, and of "all"."""
    groups: dict[str, list[float]] = {}
    for score in scores:
        groups.setdefault(score.query.group, []).append(score.ndcg)
        groups.setdefault("all", []).append(score.ndcg)
    groups["all"] = groups.pop("all")
    return {group: sum(each) / len(each) for group, each in groups.items()}


def worst(scores: Iterable[Score], most: int = 10) -> list[Score]:
    """The queries that are answered worst, the worst first."""
    return sorted(scores, key=lambda score: score.ndcg)[:most]
