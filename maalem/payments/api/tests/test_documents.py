"""A picture of somebody's papers is read before it counts, shown to nobody, and forgotten."""

import asyncio
import io
from typing import Any

import pytest
import stripe

from maalem.payments.accounts import documents
from maalem.payments.api.tests.callers import inquiry
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
PICTURE = b"\x89PNG\r\n\x1a\n" + b"a card " * 200


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


def sent(v1: Any, content: bytes = PICTURE, purpose: str = "identity_document", **who: Any) -> str:
    return str(v1.files.create({"purpose": purpose, "file": io.BytesIO(content)}, who or None).id)


def shown_by(v1: Any, account: str, file: str) -> Any:
    front = {"verification": {"document": {"front": file}}}
    return v1.accounts.update(account, {"individual": front})


@pytest.fixture
def fadma(v1: Any) -> str:
    return str(v1.accounts.create({"capabilities": {"transfers": {"requested": True}}}).id)


def document_of(account: Any) -> Any:
    return account.individual.verification.document


@pytest.mark.parametrize("whose", ["hers", "the platform's"])
def test_a_picture_that_can_be_read_counts(v1, fadma, whose):
    file = sent(v1, **({"stripe_account": fadma} if whose == "hers" else {}))
    account = shown_by(v1, fadma, file)
    assert (document_of(account).front, document_of(account).details_code) == (file, None)
    assert "individual.verification.document" not in account.requirements.eventually_due


def test_a_picture_too_small_to_show_a_card_does_not_count(v1, fadma):
    account = shown_by(v1, fadma, sent(v1, b"\xff\xd8\xff tiny"))
    assert document_of(account).details_code == "verification_document_not_readable"
    assert "individual.verification.document" in account.requirements.eventually_due
    person = v1.accounts.persons.create(fadma, {"first_name": "Omar"})
    front = {"verification": {"document": {"front": sent(v1)}}}
    v1.accounts.persons.update(fadma, person.id, front)


@pytest.mark.parametrize("trouble", ["unknown", "evidence", "a stranger's"])
def test_what_can_not_be_read_as_hers_is_refused_by_its_name(v1, fadma, trouble):
    other = v1.accounts.create({}).id
    file, code = {
        "unknown": ("file_none", "resource_missing"),
        "evidence": (sent(v1, purpose="dispute_evidence"), None),
        "a stranger's": (sent(v1, stripe_account=other), "resource_missing"),
    }[trouble]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shown_by(v1, fadma, file)
    assert refused.value.code == code
    assert refused.value.param == "individual[verification][document][front]"
    front = {"verification": {"document": {"front": file}}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.accounts.persons.create(fadma, front)
    assert refused.value.param == "verification[document][front]"
    assert v1.accounts.persons.list(fadma).data == []


def test_a_picture_of_papers_is_no_evidence(v1, service):
    other = sent(v1, purpose="dispute_evidence")
    assert v1.files.retrieve(other).url
    papers = sent(v1)
    assert v1.files.retrieve(papers).url is None
    paid = {"amount": 100, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}
    dispute = inquiry(service, v1.payment_intents.create(paid).latest_charge)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.disputes.update(dispute, {"evidence": {"receipt": papers}, "submit": False})
    assert refused.value.param == "evidence[receipt]"


def test_a_picture_goes_with_its_person(v1, service, fadma):
    kept, gone, left = sent(v1), sent(v1), sent(v1)
    shown_by(v1, fadma, kept)
    other = v1.accounts.create({}).id
    shown_by(v1, other, gone)
    v1.accounts.delete(other)
    service.rows("UPDATE identity_documents SET created_at = created_at - interval '2 days'")

    async def forget() -> None:
        config = Config.from_env({**service.environment})
        async with opened(config) as payments:
            await documents.forget(payments)

    asyncio.run(forget())
    there = {row[0] for row in service.rows("SELECT file_id FROM identity_documents")}
    assert there & {kept, gone, left} == {kept}
    with pytest.raises(stripe.InvalidRequestError, match="can't be read any more"):
        shown_by(v1, fadma, left)
