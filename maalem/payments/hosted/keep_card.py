"""The page of a session that sets a card up: the same form, and nothing to pay."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from maalem.payments.acquiring import sessions
from maalem.payments.acquiring.sessions import Session, SessionStatus
from maalem.payments.acquiring.setup import confirm as setting
from maalem.payments.acquiring.setup import mandates, visits
from maalem.payments.acquiring.setup.records import SetupIntent
from maalem.payments.acquiring.setup.states import SetupAttemptStatus, SetupIntentStatus
from maalem.payments.acquiring.setup.visits import Visit
from maalem.payments.context import Payments
from maalem.payments.errors import ApiError
from maalem.payments.hosted.forms import decline_text
from maalem.payments.hosted.render import Frame, go, page
from maalem.payments.hosted.typed_card import Taken, taken
from maalem.payments.hosted.visit import (
    fresh_seal,
    missing,
    notice,
    payments_of,
    session_frame,
    with_words,
)
from maalem.payments.rails.ports import ChallengeState
from maalem.payments.units import ChangedMeanwhile

_UNDECIDED = frozenset({SetupIntentStatus.PROCESSING, SetupIntentStatus.REQUIRES_ACTION})


async def show(request: Request) -> Response:
    """GET /pay/{session}: the form, or what became of the card."""
    payments = payments_of(request)
    visit = await visits.visited(payments, request.path_params["session"])
    if visit is None:
        return missing(request)
    return await _as_it_stands(payments, visit, frame=session_frame(request, visit))


async def keep(request: Request) -> Response:
    """POST /pay/{session}/card: the card goes into the vault, then its issuer is asked."""
    payments = payments_of(request)
    visit = await visits.visited(payments, request.path_params["session"])
    if visit is None:
        return missing(request)
    session, frame = visit.session, session_frame(request, visit)
    found = await taken(request, payments, session, frame=frame, form=_form)
    if not isinstance(found, Taken):
        return found
    method, frame = found
    back = with_words(frame.here, lang=frame.language)
    try:
        done = await setting.confirm(
            payments,
            setup=visit.setup,
            method=method,
            return_url=sessions.page_url(session, payments_url=payments.config.payments_url),
            also=(method,),
            acceptance=_agreed(payments, request),
        )
    except (ApiError, ChangedMeanwhile):
        return go(back, frame=frame)  # another tab was faster: the page says how it stands
    return _onwards(done.setup, session, frame=frame) or go(back, frame=frame)


def _agreed(payments: Payments, request: Request) -> dict[str, Any]:
    """The page said what she agrees to, and she pressed the button below."""
    return mandates.acceptance(
        payments.config,
        type="online",
        at=int(payments.clock.now().timestamp()),
        ip=request.client.host if request.client else None,
        agent=request.headers.get("user-agent", "")[:1_000] or None,
    )


def _onwards(setup: SetupIntent, session: Session, *, frame: Frame) -> Response | None:
    """Where a setup that is made, or waits for its holder, sends her."""
    if setup.status == SetupIntentStatus.SUCCEEDED:
        return go(sessions.success_url(session), frame=frame)
    if setup.status == SetupIntentStatus.REQUIRES_ACTION and setup.next_action:
        url = setup.next_action["redirect_to_url"]["url"]
        return go(with_words(url, lang=frame.language), frame=frame)
    return None


async def _as_it_stands(payments: Payments, visit: Visit, *, frame: Frame) -> Response:
    session = visit.session
    setup = await _asked_again(payments, visit.setup)
    if setup.status == SetupIntentStatus.SUCCEEDED or session.status == SessionStatus.COMPLETE:
        done = sessions.success_url(session)
        return notice("keep_done", frame=frame, tone="good", next_url=done, next_label="keep_on")
    if setup.status == SetupIntentStatus.REQUIRES_ACTION:
        onwards = _onwards(setup, session, frame=frame)
        assert onwards is not None
        return onwards
    if setup.status == SetupIntentStatus.PROCESSING:
        again = with_words(frame.here, lang=frame.language)
        return notice(
            "keep_unknown",
            frame=frame,
            tone="wait",
            next_url=again,
            next_label="refresh",
            refresh=again,
        )
    over = session.status == SessionStatus.EXPIRED or session.expires_at <= payments.clock.now()
    if over or setup.status == SetupIntentStatus.CANCELED:
        back = session.cancel_url
        return notice("keep_expired", frame=frame, next_url=back, next_label="back_to_shop")
    decline = decline_text(setup.last_setup_error)
    return _form(payments, session, frame=frame, decline=decline, status=200)


async def _asked_again(payments: Payments, setup: SetupIntent) -> SetupIntent:
    """The setup after asking about an answer that never came, or is due by now."""
    if setup.status not in _UNDECIDED or setup.attempt_id is None:
        return setup
    asked = await setting.load(payments, setup.attempt_id)
    if asked.attempt.status == SetupAttemptStatus.UNKNOWN:
        return (await setting.resolve(payments, asked)).setup
    if asked.attempt.status == SetupAttemptStatus.CHALLENGED:
        open_still = await payments.rails.desk.challenge(asked.attempt.challenge or "")
        if open_still is None or open_still.state is not ChallengeState.OPEN:
            return (await setting.complete(payments, attempt=asked.attempt.id)).setup
    return asked.setup


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
        "keep_card.html",
        frame=frame,
        status=status,
        form_token=fresh_seal(payments, frame.here),
        cancel_url=session.cancel_url,
        errors=errors or {},
        decline=decline,
        typed={"exp": "", "holder": "", **(typed or {})},
        kept_nothing=typed is not None,
    )
