"""Search by the official SDK: what is found, and what is said to a query that makes no sense."""

from typing import Any

import pytest
import stripe

from maalem.payments.api.query_language import parsed
from maalem.payments.errors import BadRequest
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


@pytest.fixture(scope="module")
def sales(service: Service) -> Any:
    """Three payments of an order number of their own: 1,000, 2,000 and 3,000, the last unpaid."""
    v1 = service.client().v1
    tag = v1.customers.create({"name": "Fadma Aït Baha", "email": "Fadma@Example.org"}).id
    common = {"currency": "mad", "customer": tag, "metadata": {"order": tag, "town's": "Taznakht"}}
    paid = {"confirm": True, "payment_method": "pm_card_visa"}
    made = [
        v1.payment_intents.create({"amount": amount, **common, **(paid if amount < 3_000 else {})})
        for amount in (1_000, 2_000, 3_000)
    ]
    return tag, [intent.id for intent in made]


def found(v1: Any, query: str, **more: Any) -> Any:
    return v1.payment_intents.search({"query": query, **more})


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("", [2, 1, 0]),
        ("amount:1000", [0]),
        ("amount>1000", [2, 1]),
        ("amount>=2000 amount<3000", [1]),
        ('-amount:"2000"', [2, 0]),
        ('status:"succeeded"', [1, 0]),
        ("-status:'succeeded'", [2]),
        ('metadata["town\'s"]:"taznakht"', [2, 1, 0]),
        ('metadata["town\'s"]~"ZNA"', [2, 1, 0]),
        ('-metadata["town\'s"]:null', [2, 1, 0]),
        ('metadata["other"]:null AND amount<=2000', [1, 0]),
        ("-metadata['other']:null", []),
        ("created>1600000000", [2, 1, 0]),
        ("created<1600000000", []),
        ("currency:mad customer:{tag}", [2, 1, 0]),
        ("-customer:null", [2, 1, 0]),
    ],
)
def test_it_finds_what_the_query_says(v1, sales, query, which):
    tag, ids = sales
    whole = f'metadata["order"]:"{tag}" {query.replace("{tag}", tag)}'
    if " AND " in query:
        whole = whole.replace('" metadata', '" AND metadata')
    assert [one.id for one in found(v1, whole).data] == [ids[n] for n in which]


def test_either_of_two(v1, sales):
    tag, ids = sales
    query = f'metadata["order"]:"{tag}" OR metadata["order"]:"nobody"'
    assert [one.id for one in found(v1, query).data] == ids[::-1]


def test_page_after_page(v1, sales):
    tag, ids = sales
    query = f'metadata["order"]:"{tag}"'
    first = found(v1, query, limit=2, expand=["total_count"])
    assert (first.object, first.has_more, first.total_count) == ("search_result", True, 3)
    second = found(v1, query, limit=2, page=first.next_page)
    assert [one.id for one in second.data] == ids[:1]
    assert (second.has_more, second.next_page) == (False, None)
    assert [one.id for one in found(v1, query, limit=2).auto_paging_iter()] == ids[::-1]


def test_charges_and_customers(v1, sales):
    tag, _ = sales
    charges = v1.charges.search(
        {
            "query": f'customer:"{tag}" payment_method_details.card.last4:4242'
            " payment_method_details.card.brand:visa refunded:false"
            " payment_method_details.card.exp_month:12"
        }
    )
    assert sorted(charge.amount for charge in charges.data) == [1_000, 2_000]
    for query in ('name~"fadma aït"', 'email:"fadma@example.org"'):
        assert tag in [one.id for one in v1.customers.search({"query": query}).auto_paging_iter()]
    v1.customers.delete(v1.customers.create({"name": "Gone for good"}).id)
    assert v1.customers.search({"query": 'name:"gone for good"'}).data == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "carpet",
        'shoe_size:"42"',
        'metadata:"x"',
        'status["a"]:"x"',
        "amount:ten",
        "amount:9223372036854775808",
        "amount~10",
        'status>"a"',
        'metadata["a"]~"xy"',
        'status:"a" AND amount:1 OR amount:2',
        'status:"a" AND',
        'status:"a',
        "amount:1 " * 11,
        "created:99999999999999",
        'status:"x"; DROP TABLE charges',
        "x" * 3_000,
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_name(v1, query):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        found(v1, query)
    assert refused.value.param == "query"


@pytest.mark.parametrize("page", ["x", "Li4vLi4", "cGlfMSBPUiAx"])
def test_a_page_that_is_none_is_refused(v1, page):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        found(v1, "amount:1", page=page)
    assert refused.value.param == "page"


def test_quotes_in_values_are_values(v1):
    odd = "it's \"so\" \\ '; --"
    made = v1.payment_intents.create({"amount": 1, "currency": "mad", "metadata": {"odd": odd}})
    written = odd.replace("\\", "\\\\").replace('"', '\\"')
    assert made.id in [one.id for one in found(v1, f'metadata["odd"]:"{written}"').data]


def test_a_clause_is_read_as_it_is_written():
    query = parsed("""-metadata["a \\" b"]:'it\\'s' OR amount>=-10""")
    first, second = query.clauses
    assert (first.field, first.key, first.value, first.negated) == (
        "metadata",
        'a " b',
        "it's",
        True,
    )
    assert (second.sign, second.value, second.quoted) == (">=", "-10", False)
    assert query.either
    with pytest.raises(BadRequest):
        parsed("a:1 AND b:2 OR c:3")
