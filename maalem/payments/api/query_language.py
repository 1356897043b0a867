"""Stripe's search query language: `status:"succeeded" AND metadata["order"]:"G-1"`, as clauses.

A clause is a field, a sign and a value: `:` is equal, `~` is contained in, `>`, `>=`, `<` and `<=`
compare numbers; a `-` before it turns it round, and `null` is no value at all. Clauses stand
together by AND (or nothing in between) or by OR, never both.
"""

import re
from dataclasses import dataclass

from maalem.payments.errors import BadRequest

QUERY_MAX, CLAUSES_MAX = 2_000, 10

_CLAUSE = re.compile(
    r"""\s*(?P<minus>-)?
    (?P<field>[A-Za-z_][A-Za-z0-9_.]*)
    (?:\[(?P<quote>["'])(?P<key>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)\])?
    \s*(?P<sign>:|~|>=|<=|>|<)\s*
    (?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'|(?P<bare>[^\s"']+))
    (?=\s|\Z)""",
    re.VERBOSE,
)
_JOINT = re.compile(r"\s+(AND|OR)(?=\s)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """`field[key] sign value`; `value` is None for null, `negated` turns it round."""

    field: str
    key: str | None
    sign: str
    value: str | None
    quoted: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Query:
    """Clauses that all hold, or (`either`) of which one does."""

    clauses: tuple[Clause, ...]
    either: bool


def parsed(text: str) -> Query:
    """The query's clauses. Raises `BadRequest` that says what can't be read."""
    if not text.strip():
        raise refused("The query is empty.")
    if len(text) > QUERY_MAX:
        raise refused(f"A query has {QUERY_MAX} characters at most.")
    clauses: list[Clause] = []
    joints: set[str] = set()
    at = 0
    while True:
        hit = _CLAUSE.match(text, at)
        if hit is None:
            raise refused(
                "We were unable to parse your search query. Try using the format"
                f' `metadata["key"]:"value"`. It can\'t be read from: {text[at : at + 40].strip()}'
            )
        clauses.append(_clause(hit))
        at = hit.end()
        if not text[at:].strip():
            break
        joint = _JOINT.match(text, at)
        joints.add(joint.group(1).upper() if joint else "AND")
        at = joint.end() if joint else at
    if len(joints) > 1:
        raise refused("AND and OR can't be combined in one query.")
    if len(clauses) > CLAUSES_MAX:
        raise refused(f"A query has {CLAUSES_MAX} clauses at most.")
    return Query(tuple(clauses), either=joints == {"OR"})


def refused(message: str) -> BadRequest:
    """The 400 for a query."""
    return BadRequest(message, param="query")


def _clause(hit: re.Match[str]) -> Clause:
    bare = hit.group("bare")
    quoted = hit.group("double") if hit.group("double") is not None else hit.group("single")
    value = _plain(quoted) if bare is None else bare
    if bare == "null":
        value = None
    key = hit.group("key")
    return Clause(
        field=hit.group("field"),
        key=None if key is None else _plain(key),
        sign=hit.group("sign"),
        value=value,
        quoted=bare is None,
        negated=hit.group("minus") is not None,
    )


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
