"""How well judged queries are answered over the demo's shop, held above floors (judging.py)."""

import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maalem.demo.make import make
from maalem.platform.market.catalog.tests import demo_shop, judging
from maalem.platform.market.catalog.tests.judging import ndcg, queries

# A little below what was seen. Whoever makes the search better raises them.
FLOORS = {
    "french": 0.98,
    "arabic": 0.97,
    "english": 0.95,
    "tifinagh": 0.94,
    "spellings": 0.96,
    "typos": 0.97,
    "synonyms": 0.90,
    "facts": 0.96,
    "several": 0.89,
    "mixed": 0.96,
    "nothing": 1.00,
    "unseen": 0.82,
    "all": 0.93,
}
# The most statements that any one query may cost, however it is mended.
STATEMENTS = 40


def test_the_formula_is_the_standard_one():
    found = 7 / math.log2(2) + 0 / math.log2(3) + 1 / math.log2(4)
    ideal = 7 / math.log2(2) + 3 / math.log2(3) + 1 / math.log2(4)
    assert ndcg([3, 0, 1], [1, 2, 3]) == pytest.approx(found / ideal)
    assert ndcg([3, 2, 1], [1, 2, 3]) == 1
    assert ndcg([], [1, 2, 3]) == 0
    assert (ndcg([], []), ndcg([0], [])) == (1, 0)


def test_only_the_first_ten_count():
    assert ndcg([0] * 10 + [3], [3]) == 0
    assert ndcg([3] * 10, [3] * 50) == 1


def test_every_query_that_should_find_something_can():
    demo = make()
    judged = judging.judge(demo)
    assert len(queries()) >= 150
    assert {query.group for query in queries()} | {"all"} == set(FLOORS)
    hopeless = [q.text for q, grades in judged.items() if q.rules and not set(grades.values())]
    assert hopeless == []
    # A query that everything answers would measure nothing.
    too_easy = [q.text for q, grades in judged.items() if len(grades) > len(demo.products) / 2]
    assert too_easy == []


def test_each_kind_of_query_is_answered_as_well_as_before(committed_db: str):
    judged = judging.judge(demo_shop.stock())
    search, dear = demo_shop.searching(), {}

    def counted(query: str) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            found = list(search(query))
        dear[query] = len(asked)
        return found

    scores = judging.measure(counted, judged)
    groups = judging.by_group(scores)
    spoilt = {kind: n for kind, n in groups.items() if n < FLOORS[kind]}
    worst = [(round(one.ndcg, 2), one.query.text) for one in judging.worst(scores)]
    assert spoilt == {}, worst
    assert max(dear.values()) <= STATEMENTS, max(dear, key=lambda query: dear[query])
