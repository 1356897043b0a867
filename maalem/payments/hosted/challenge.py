"""The page where a payer proves who she is: her bank's, or her mobile wallet's, both simulated.

What she types goes to the issuer's desk and nowhere else. What the browser brings back proves
nothing: the rail is asked again, and its answer is what counts.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from maalem.payments.acquiring import confirm as acquiring
from maalem.payments.acquiring import sessions
from maalem.payments.acquiring.records import Attempt, Intent
from maalem.payments.acquiring.sessions import Session
from maalem.payments.acquiring.setup import confirm as setting
from maalem.payments.acquiring.setup import visits
from maalem.payments.acquiring.setup.records import SetupAttempt, SetupIntent
from maalem.payments.acquiring.states import IntentStatus
from maalem.payments.context import Payments
from maalem.payments.hosted.render import Frame, go, page
from maalem.payments.hosted.visit import (
    fresh_seal,
    guarded,
    language_of,
    merchant_name,
    missing,
    notice,
    payments_of,
    sealed_form,
    spoken,
    with_words,
)
from maalem.payments.rails.magic import CODE
from maalem.payments.rails.ports import Challenge, ChallengeKind, ChallengeState
from maalem.payments.vault.digits import fold_digits

Trial = Attempt | SetupAttempt
Will = Intent | SetupIntent
_PAID = frozenset({IntentStatus.SUCCEEDED, IntentStatus.REQUIRES_CAPTURE})


@guarded
async def show(request: Request) -> Response:
    """GET /hosted/{3ds,wallet}/{token}: the question; once it is answered, the way on."""
    payments = payments_of(request)
    found = await _found(payments, request.path_params["token"])
    if found is None:
        return missing(request)
    attempt, intent = found
    frame = await _frame(payments, request, attempt=attempt, intent=intent)
    challenge = await payments.rails.desk.challenge(attempt.challenge or "")
    if challenge is None or challenge.state is not ChallengeState.OPEN or _settled(intent, attempt):
        return await _finish(payments, attempt, frame=frame, outcome="answered")
    return _question(payments, challenge, frame=frame)


@guarded
async def answer(request: Request) -> Response:
    """POST there: the code, an approval, a refusal, or the wish to leave."""
    payments = payments_of(request)
    found = await _found(payments, request.path_params["token"])
    if found is None:
        return missing(request)
    attempt, intent = found
    frame = await _frame(payments, request, attempt=attempt, intent=intent)
    form = await sealed_form(request, payments, path=frame.here)
    frame = spoken(frame, form)
    name, desk = attempt.challenge or "", payments.rails.desk
    match form.get("do"):
        case "leave":
            await desk.refuse(name)
            return await _finish(payments, attempt, frame=frame, outcome="abandoned")
        case "refuse":
            after = await desk.refuse(name)
        case "approve":
            after = await _approve(payments, name)
        case _:
            after = await desk.respond(name, secret=fold_digits(form.get("secret", "")))
    if after is not None and after.state is ChallengeState.OPEN:
        return _question(payments, after, frame=frame, wrong=True)
    return await _finish(payments, attempt, frame=frame, outcome="answered")


async def _found(payments: Payments, token: str) -> tuple[Trial, Will] | None:
    """The attempt whose page this is: to pay, or to set a card up."""
    return await acquiring.attempt_of_token(payments, token) or await setting.attempt_of_token(
        payments, token
    )


async def _approve(payments: Payments, name: str) -> Challenge | None:
    """The button of the simulated bank's app stands for its own, out-of-band confirmation."""
    challenge = await payments.rails.desk.challenge(name)
    if challenge is None or challenge.kind is not ChallengeKind.APP:
        return challenge
    return await payments.rails.desk.respond(name, secret=CODE)


def _question(
    payments: Payments, challenge: Challenge, *, frame: Frame, wrong: bool = False
) -> Response:
    return page(
        "challenge.html",
        frame=frame,
        status=422 if wrong else 200,
        challenge=challenge,
        wrong=wrong,
        form_token=fresh_seal(payments, frame.here),
    )


async def _finish(payments: Payments, attempt: Trial, *, frame: Frame, outcome: str) -> Response:
    """Ask the rail, write down its answer, and send the payer on."""
    if isinstance(attempt, SetupAttempt):
        over = await setting.complete(
            payments, attempt=attempt.id, abandoned=outcome == "abandoned"
        )
        session = await visits.of_setup(payments, over.setup.id)
        if session is None:
            return _onwards(attempt, over.setup, frame=frame)
        if over.setup.status in _PAID:
            return go(sessions.success_url(session), frame=frame)
        return go(with_words(f"/pay/{session.id}", lang=frame.language), frame=frame)
    done = await acquiring.complete_authentication(
        payments,
        attempt=attempt.id,
        outcome="abandoned" if outcome == "abandoned" else "answered",
    )
    intent = done.intent
    if intent.session_id is None:
        return _onwards(attempt, intent, frame=frame)
    session = await sessions.session_of(payments, intent.session_id)
    assert session is not None
    if intent.status in _PAID:
        return go(sessions.success_url(session), frame=frame)
    method = "wallet" if attempt.rail == "wallet" else "card"
    undecided = intent.status in (IntentStatus.PROCESSING, IntentStatus.REQUIRES_ACTION)
    wait = "1" if undecided else ""
    back = with_words(f"/pay/{session.id}", lang=frame.language, method=method, wait=wait)
    return go(back, frame=frame)


def _onwards(attempt: Trial, intent: Will, *, frame: Frame) -> Response:
    """An intent of the API's own: wait for its answer, then go back to who made it."""
    if intent.status in (IntentStatus.PROCESSING, IntentStatus.REQUIRES_ACTION):
        again = with_words(frame.here, lang=frame.language)
        return notice("unknown", frame=frame, tone="wait", refresh=again, next_url=again)
    return _back_to_merchant(attempt, intent, frame=frame)


def _back_to_merchant(attempt: Trial, intent: Will, *, frame: Frame) -> Response:
    """Its return address, with the words that SDKs look for."""
    if not attempt.return_url:
        return notice("challenge_over", frame=frame, tone="good" if intent.status in _PAID else "")
    good = intent.status in _PAID
    kind = "setup_intent" if isinstance(intent, SetupIntent) else "payment_intent"
    words = {kind: intent.id, f"{kind}_client_secret": intent.client_secret}
    back = with_words(
        attempt.return_url, **words, redirect_status="succeeded" if good else "failed"
    )
    return go(back, frame=frame)


def _settled(intent: Will, attempt: Trial) -> bool:
    return intent.attempt_id != attempt.id or intent.status != IntentStatus.REQUIRES_ACTION


async def _session(payments: Payments, intent: Will) -> Session | None:
    if isinstance(intent, SetupIntent):
        return await visits.of_setup(payments, intent.id)
    return await sessions.session_of(payments, intent.session_id) if intent.session_id else None


async def _frame(payments: Payments, request: Request, *, attempt: Trial, intent: Will) -> Frame:
    session = await _session(payments, intent)
    leads_to = [attempt.return_url] if attempt.return_url else []
    if session is not None:
        leads_to.append(session.success_url)
    return Frame(
        language=language_of(request, preferred=session.locale if session else None),
        here=request.url.path,
        merchant=await merchant_name(payments, intent.account_id),
        leads_to=tuple(url for url in leads_to if urlsplit(url).netloc),
    )
