"""What Stripe's own SDK can ask for is served, or left out with a reason that docs/sdk.md shows."""

import re

from maalem.cli.pages import sdk
from maalem.payments.api.routes import match


def test_every_method_of_the_sdk_is_served_or_left_out_for_one_reason():
    reasons = sdk.reasons()
    for method in sdk.methods():
        said = [reason.why for reason in reasons if reason.covers(method)]
        assert len(said) == (0 if method.is_served else 1), method


def test_what_is_left_out_is_not_taken_for_something_else():
    """No address of it is read as another's, say a word as an id: it is answered 404."""
    for method in sdk.methods():
        found = match(method.verb, re.sub(r"\{\w+\}", "x", method.path))
        assert (found is not None) == method.is_served, method


def test_every_name_that_is_left_out_is_one_of_the_sdk_s():
    known = sdk.methods()
    for name in [name for reason in sdk.reasons() for name in reason.names]:
        assert any(sdk.within(method, name) for method in known), name


def test_every_reason_is_a_sentence():
    for reason in sdk.reasons():
        assert reason.why.endswith("."), reason
        assert len(reason.why.split()) >= 4, reason


def test_the_sdk_s_methods_are_read_from_the_sdk():
    """So many that none of its services is passed over, and those that we know as they are."""
    known = {method.name: method for method in sdk.methods()}
    assert len(known) > 500
    assert known["transfers.reversals.create"][1:] == ("POST", "/v1/transfers/{id}/reversals")
    assert known["accounts.delete"][1:] == ("DELETE", "/v1/accounts/{account}")
    assert known["accounts.retrieve_current"].is_served
    assert known["quotes.pdf"].verb == "GET"
    assert not known["charges.create"].is_served
