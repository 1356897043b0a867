"""The payment page of a checkout session, from first sight to paid."""

from starlette.requests import Request
from starlette.responses import Response

from maalem.payments import store
from maalem.payments.accounts import methods
from maalem.payments.accounts.records import Account, PaymentMethod
from maalem.payments.acquiring import attempts, sessions
from maalem.payments.acquiring import confirm as acquiring
from maalem.payments.acquiring.admission import admitted
from maalem.payments.acquiring.records import Attempt, Intent
from maalem.payments.acquiring.sessions import Session, SessionStatus, Visit
from maalem.payments.acquiring.states import AttemptStatus, IntentStatus
from maalem.payments.context import Payments
from maalem.payments.errors import ApiError, Refused
from maalem.payments.hosted import keep_card
from maalem.payments.hosted.forms import (
    decline_text,
)
from maalem.payments.hosted.render import Frame, go, page
from maalem.payments.hosted.typed_card import Taken, taken
from maalem.payments.hosted.visit import (
    fresh_seal,
    guarded,
    missing,
    notice,
    payments_of,
    sealed_form,
    session_frame,
    spoken,
    stopped,
    with_words,
)
from maalem.payments.rails.ports import ChallengeState
from maalem.payments.units import ChangedMeanwhile, Unit
from maalem.payments.wallets.phones import wallet_phone

_PAID = frozenset({IntentStatus.SUCCEEDED, IntentStatus.REQUIRES_CAPTURE})


@guarded
async def show(request: Request) -> Response:
    """GET /pay/{session}: the form, or how the payment stands."""
    payments = payments_of(request)
    visit = await sessions.visited(payments, request.path_params["session"])
    if visit is None:
        return await keep_card.show(request)
    session = visit.session
    frame = session_frame(request, visit, method=_method(request, session))
    waited = request.query_params.get("wait") == "1"
    return await _as_it_stands(payments, visit, frame=frame, waited=waited)


@guarded
async def pay_by_card(request: Request) -> Response:
    """POST /pay/{session}/card: the card goes straight into the vault, then to the rail."""
    payments = payments_of(request)
    visit = await sessions.visited(payments, request.path_params["session"])
    if visit is None:
        return await keep_card.keep(request)
    session = visit.session
    frame = session_frame(request, visit, method="card")
    found = await taken(request, payments, session, frame=frame, form=_form)
    if not isinstance(found, Taken):
        return found
    method, frame = found
    return await _pay(payments, visit, frame=frame, method=method)


@guarded
async def pay_by_wallet(request: Request) -> Response:
    """POST /pay/{session}/wallet: ask the switch to ask the holder of that telephone."""
    payments = payments_of(request)
    visit = await sessions.visited(payments, request.path_params["session"])
    if visit is None:
        return missing(request)
    session = visit.session
    frame = session_frame(request, visit, method="wallet")
    form = await sealed_form(request, payments, path=frame.here)
    frame = spoken(frame, form)
    phone = wallet_phone(form.get("phone", ""))
    if phone is None or "wallet" not in session.payment_method_types:
        typed = {"phone": form.get("phone", "")[:32]}
        errors = {"phone": "error.phone"}
        return _form(payments, session, frame=frame, errors=errors, typed=typed)
    stop = await stopped(payments, session, frame=frame, form=form["form"])
    if stop is not None:
        return stop
    method = methods.take_wallet(
        payments, session.account_id, phone=phone, billing_email=session.customer_email
    )
    return await _pay(payments, visit, frame=frame, method=method)


async def _pay(
    payments: Payments, visit: Visit, *, frame: Frame, method: PaymentMethod
) -> Response:
    """Confirm with `method`, and send the payer where the outcome wants her."""
    back = with_words(frame.here, lang=frame.language, method=frame.method)
    session = visit.session
    taken = methods.Taken(method, Unit().put(method))
    method, also = methods.spending(taken, kept=bool(visit.intent.setup_future_usage))
    try:
        account = await store.get(payments.pool, Account, session.account_id)
        assert account is not None
        also += await admitted(payments, account, visit.intent)
    except Refused:
        return notice(
            "closed",
            frame=frame,
            status=409,
            next_url=session.cancel_url,
            next_label="back_to_shop",
        )
    try:
        outcome = await acquiring.confirm(
            payments,
            intent=visit.intent,
            method=method,
            merchant=frame.merchant,
            also=also,
            return_url=sessions.page_url(session, payments_url=payments.config.payments_url),
        )
    except (ApiError, ChangedMeanwhile):
        # Another tab was faster: its payment is the one, and the page says how it stands.
        return go(back, frame=frame)
    if outcome.intent.status in _PAID:
        return go(sessions.success_url(session), frame=frame)
    if outcome.intent.status == IntentStatus.REQUIRES_ACTION:
        return go(with_words(_action_url(outcome.intent), lang=frame.language), frame=frame)
    if outcome.intent.status == IntentStatus.PROCESSING:
        back = with_words(back, wait="1")
    return go(back, frame=frame)


async def _as_it_stands(
    payments: Payments, visit: Visit, *, frame: Frame, waited: bool = False
) -> Response:
    """The page for how the payment stands; one who waited for the answer is sent on with it."""
    session = visit.session
    intent = await _asked_again(payments, visit.intent)
    if session.status == SessionStatus.COMPLETE or intent.status in _PAID:
        if waited:
            return go(sessions.success_url(session), frame=frame)
        return notice(
            "paid",
            frame=frame,
            tone="good",
            next_url=sessions.success_url(session),
            next_label="to_order",
            amount=session.amount_total,
            currency=session.currency,
        )
    if intent.status == IntentStatus.REQUIRES_ACTION and not await _answered(payments, intent):
        return go(with_words(_action_url(intent), lang=frame.language), frame=frame)
    if intent.status in (IntentStatus.PROCESSING, IntentStatus.REQUIRES_ACTION):
        return _waiting(session, frame=frame)
    if (
        session.status == SessionStatus.EXPIRED
        or session.expires_at <= payments.clock.now()
        or intent.status == IntentStatus.CANCELED
    ):
        return notice(
            "expired", frame=frame, next_url=session.cancel_url, next_label="back_to_shop"
        )
    decline = decline_text(intent.last_payment_error)
    return _form(payments, session, frame=frame, decline=decline, status=200)


def _waiting(session: Session, *, frame: Frame) -> Response:
    """Nobody knows yet: the page asks again by itself, and the payer must not pay anew."""
    again = with_words(frame.here, lang=frame.language, method=frame.method, wait="1")
    return notice(
        "unknown",
        frame=frame,
        tone="wait",
        next_url=again,
        next_label="refresh",
        amount=session.amount_total,
        currency=session.currency,
        refresh=again,
    )


def _form(
    payments: Payments,
    session: Session,
    *,
    frame: Frame,
    errors: dict[str, str] | None = None,
    decline: str | None = None,
    typed: dict[str, str] | None = None,
    status: int = 422,
) -> Response:
    return page(
        "checkout.html",
        frame=frame,
        status=status,
        form_token=fresh_seal(payments, frame.here),
        amount=session.amount_total,
        currency=session.currency,
        line_items=session.line_items,
        methods=session.payment_method_types,
        cancel_url=session.cancel_url,
        errors=errors or {},
        decline=decline,
        typed={"exp": "", "holder": "", "phone": "", **(typed or {})},
        kept_nothing=typed is not None,
    )


def _method(request: Request, session: Session) -> str:
    wanted = request.query_params.get("method", "")
    return wanted if wanted in session.payment_method_types else session.payment_method_types[0]


async def _asked_again(payments: Payments, intent: Intent) -> Intent:
    """The intent after asking the rail about an answer that never came, or is due by now."""
    if intent.status not in (IntentStatus.PROCESSING, IntentStatus.REQUIRES_ACTION):
        return intent
    attempt = await _attempt(payments, intent)
    if attempt is not None and attempt.status == AttemptStatus.UNKNOWN:
        asked = await acquiring.load(payments, attempt.id)
        found = await acquiring.lookup(payments, attempt)
        return (await acquiring.resolve(payments, asked, answer=found)).intent
    if intent.status == IntentStatus.REQUIRES_ACTION and await _answered(payments, intent):
        assert attempt is not None
        return (await acquiring.complete_authentication(payments, attempt=attempt.id)).intent
    return intent


async def _answered(payments: Payments, intent: Intent) -> bool:
    """Whether the challenge is decided, or was left for too long."""
    attempt = await _attempt(payments, intent)
    if attempt is None or attempt.challenge is None:
        return False
    challenge = await payments.rails.desk.challenge(attempt.challenge)
    return challenge is None or challenge.state is not ChallengeState.OPEN


async def _attempt(payments: Payments, intent: Intent) -> Attempt | None:
    return await attempts.find(payments.pool, intent.attempt_id or "")


def _action_url(intent: Intent) -> str:
    assert intent.next_action is not None
    url: str = intent.next_action["redirect_to_url"]["url"]
    return url
