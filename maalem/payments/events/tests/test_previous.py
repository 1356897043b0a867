"""`data.previous_attributes`: what an object said before it was changed."""

from typing import Any

import pytest

from maalem.payments.events.outbox import previous_attributes

SOME = {"amount": 10_000, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, {}),
        ({"a": 1, "b": 2}, {"a": 3, "b": 2}, {"a": 1}),
        ({"a": None}, {"a": "x"}, {"a": None}),
        ({}, {"a": "x"}, {"a": None}),
        ({"a": "x"}, {}, {"a": "x"}),
        ({"m": {"k": "1", "l": "2"}}, {"m": {"k": "3", "l": "2"}}, {"m": {"k": "1"}}),
        ({"m": {}}, {"m": {"k": "1"}}, {"m": {"k": None}}),
        ({"m": None}, {"m": {"k": "1"}}, {"m": None}),
        ({"m": {"k": "1"}}, {"m": None}, {"m": {"k": "1"}}),
        ({"l": ["a", "b"]}, {"l": ["b"]}, {"l": ["a", "b"]}),
    ],
)
def test_what_differs_is_told_as_it_was(before: Any, after: Any, told: Any):
    assert previous_attributes(before, after) == told


@pytest.fixture
def v1(service: Any) -> Any:
    return service.client().v1


def newest(v1: Any, type: str, object_id: str, options: Any = None) -> Any:
    found = v1.events.list({"type": type, "limit": 20}, options).data
    return next(one for one in found if one.data.object.id == object_id).data


@pytest.mark.xdist_group("payments-service")
def test_a_change_says_what_was(v1):
    charge = v1.payment_intents.create(SOME).latest_charge
    v1.charges.update(charge, {"description": "a carpet", "metadata": {"order": "M-1"}})
    was = newest(v1, "charge.updated", charge).previous_attributes.to_dict()
    assert was == {"description": None, "metadata": {"order": None}}
    refund = v1.refunds.create({"charge": charge, "metadata": {"why": "late", "who": "Zahra"}})
    v1.refunds.update(refund.id, {"metadata": {"why": "broken", "who": ""}})
    was = newest(v1, "refund.updated", refund.id).previous_attributes.to_dict()
    assert was == {"metadata": {"why": "late", "who": "Zahra"}}


@pytest.mark.xdist_group("payments-service")
def test_a_change_that_changes_nothing_says_nothing(v1):
    charge = v1.payment_intents.create({**SOME, "description": "a carpet"}).latest_charge
    v1.charges.update(charge, {"description": "a carpet"})
    assert "previous_attributes" not in newest(v1, "charge.updated", charge)


@pytest.mark.xdist_group("payments-service")
def test_an_account_says_what_was(v1):
    account = v1.accounts.create(
        {"type": "custom", "business_profile": {"name": "Atelier Fadma"}, "email": "f@example.org"}
    )
    v1.accounts.update(account.id, {"business_profile": {"name": "Tifawin"}})
    hers = {"stripe_account": account.id}
    was = newest(v1, "account.updated", account.id, hers).previous_attributes.to_dict()
    assert was["business_profile"] == {"name": "Atelier Fadma"}
    assert not {"email", "id", "capabilities"} & set(was)
    v1.accounts.reject(account.id, {"reason": "other"})
    was = newest(v1, "account.updated", account.id, hers).previous_attributes.to_dict()
    assert was["charges_enabled"] is True


@pytest.mark.xdist_group("payments-service")
def test_a_changed_person_says_what_was(v1):
    hers = v1.accounts.create({"type": "custom", "country": "MA"}).id
    who = v1.accounts.persons.create(hers, {"first_name": "Fadma", "metadata": {"loom": "1"}}).id
    v1.accounts.persons.update(hers, who, {"first_name": "Fatima", "metadata": {"loom": "2"}})
    was = newest(v1, "person.updated", who, {"stripe_account": hers}).previous_attributes.to_dict()
    assert was["first_name"] == "Fadma"
    assert was["metadata"] == {"loom": "1"}
