import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from maalem.kit.ids import new_id
from maalem.payments.acquiring.sessions import SESSION_NEXT, SessionStatus
from maalem.payments.tests.service import Payer, Service, line


def sessions(service: Service):
    return service.client().v1.checkout.sessions


def refused(service: Service, **fields: object) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as problem:
        service.session(**fields)
    return problem.value


def test_it_opens_a_session_with_its_intent(service: Service):
    session = service.session(metadata={"a": "b"}, customer_email="claire@example.org")
    assert session.id.startswith("cs_test_")
    assert len(session.id) >= 60
    assert session.url == f"{service.url}/pay/{session.id}"
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (541_000, "mad")
    assert session.client_reference_id == "G-1"
    assert session.metadata["a"] == "b"
    intent = service.client().v1.payment_intents.retrieve(session.payment_intent)
    assert intent.amount == 541_000
    assert intent.status == "requires_payment_method"
    assert intent.transfer_group == "G-1"
    assert intent.metadata["group"] == "G-1"
    assert service.events(intent.id) == ["payment_intent.created"]


def test_it_answers_a_repeated_request_with_the_same_session(service: Service):
    params = {
        "mode": "payment",
        "line_items": [line("Plat de Fès", 12_000)],
        "success_url": "http://shop.test/done",
    }
    options = {"idempotency_key": new_id("key")}
    first = sessions(service).create(params=params, options=options)  # type: ignore[arg-type]
    again = sessions(service).create(params=params, options=options)  # type: ignore[arg-type]
    assert first.id == again.id


def test_its_line_items_are_listed_in_their_order(service: Service):
    session = service.session(line_items=[line(f"Pièce {n}", 1_000 + n, n) for n in range(1, 13)])
    page = sessions(service).line_items.list(session.id, params={"limit": 5})
    names = [item.description for item in page.auto_paging_iter()]
    assert names == [f"Pièce {n}" for n in range(1, 13)]
    assert page.data[1].amount_total == 2_004
    assert page.data[1].price.unit_amount == 1_002


def test_sessions_are_listed_newest_first_and_by_status(service: Service):
    made = [service.session().id for _ in range(3)]
    sessions(service).expire(made[1])
    listed = [one.id for one in sessions(service).list(params={"limit": 3}).data]
    assert listed == made[::-1]
    expired = sessions(service).list(params={"status": "expired", "limit": 1}).data
    assert expired[0].id == made[1]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"line_items": []}, "line_items"),
        ({"line_items": [line("x", -1)]}, "line_items[0][price_data][unit_amount]"),
        ({"line_items": [line("x", 0)]}, "line_items"),
        ({"line_items": [line("x", 99_999_999), line("y", 1)]}, "line_items"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"success_url": "/relative"}, "success_url"),
        ({"cancel_url": "data:text/html,x"}, "cancel_url"),
        ({"mode": "subscription"}, "mode"),
        ({"payment_method_types": ["gold"]}, "payment_method_types[0]"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_it_refuses_what_it_can_not_do_and_names_the_parameter(service: Service, fields, param):
    problem = refused(service, **fields)
    assert problem.param == param or (problem.param or "").startswith(param), problem.param


def test_it_refuses_an_expiry_that_is_too_near_or_too_far(service: Service):
    now = int(time.time())
    assert refused(service, expires_at=now + 60).param == "expires_at"
    assert refused(service, expires_at=now + 25 * 3600).param == "expires_at"
    session = service.session(expires_at=now + 3600)
    assert session.expires_at == now + 3600


def test_mixed_currencies_are_refused(service: Service):
    foreign = line("x", 100)
    foreign["price_data"]["currency"] = "eur"
    assert refused(service, line_items=[line("y", 100), foreign]).param == "line_items"


def test_what_is_said_of_a_product_is_kept(service: Service):
    said = line("Tajine", 28_000)
    said["price_data"]["product_data"] |= {
        "description": "Safi, for four",
        "images": ["http://shop.test/tajine.jpg"],
        "metadata": {"maker": "driss-serghini"},
    }
    session = service.session(line_items=[said])
    [[kept]] = service.rows(
        "SELECT line_items -> 0 FROM checkout_sessions WHERE id = %s", session.id
    )
    assert kept["product_description"] == "Safi, for four"
    assert kept["product_images"] == ["http://shop.test/tajine.jpg"]
    assert kept["product_metadata"] == {"maker": "driss-serghini"}


def test_only_an_open_session_can_be_expired(service: Service, payer: Payer):
    session = service.session()
    assert sessions(service).expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        sessions(service).expire(session.id)
    paid = service.session()
    payer.open(paid.url).pay()
    with pytest.raises(stripe.InvalidRequestError):
        sessions(service).expire(paid.id)


def test_expiring_takes_an_open_challenge_with_it(service: Service, payer: Payer):
    session = service.session()
    payer.open(session.url).pay("4000002760003184")
    sessions(service).expire(session.id)
    payer.press("confirm", secret="123456")
    assert "a expiré" in payer.text
    assert service.retrieve(session).payment_intent.status == "canceled"


def test_paying_and_expiring_at_once_has_one_outcome(service: Service, conduct):
    for _ in range(4):
        session = service.session()
        payer = Payer(service).open(session.url)
        with ThreadPoolExecutor(2) as both:
            paying = both.submit(payer.pay)
            both.submit(_try_to_expire, service, session.id)
        paying.result()
        after = service.retrieve(session)
        assert (after.status, after.payment_intent.status) in (
            ("complete", "succeeded"),
            ("expired", "canceled"),
        )


def test_another_account_does_not_see_it(service: Service):
    session = service.session()
    account = service.client().v1.accounts.create(params={"type": "custom", "country": "MA"})
    with pytest.raises(stripe.InvalidRequestError) as problem:
        sessions(service).retrieve(session.id, options={"stripe_account": account.id})
    assert problem.value.http_status == 404


@pytest.mark.parametrize("now", list(SessionStatus))
@pytest.mark.parametrize("then", list(SessionStatus))
def test_the_database_holds_the_same_moves(service: Service, now, then):
    if now == then:
        return
    session = service.session()
    steps = [] if now == SessionStatus.OPEN else [now]
    for status in steps:
        _move(service, session.id, status)
    if then in SESSION_NEXT[now]:
        _move(service, session.id, then)
    else:
        with pytest.raises(Exception, match="status_may_not_move"):
            _move(service, session.id, then)


def _move(service: Service, session_id: str, status: str) -> None:
    service.rows(
        "UPDATE checkout_sessions SET status = %s::text, completed_at ="
        " CASE WHEN %s::text = 'complete' THEN now() END WHERE id = %s",
        status,
        status,
        session_id,
    )


def _try_to_expire(service: Service, session_id: str) -> None:
    try:
        sessions(service).expire(session_id)
    except stripe.StripeError:
        return
