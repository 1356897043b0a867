"""One payer's request: whose payment, in which language, and is the form really ours."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from maalem.payments.acquiring import sessions
from maalem.payments.acquiring.challenges import LIVE
from maalem.payments.acquiring.sessions import Session, SessionStatus, Visit, success_url
from maalem.payments.acquiring.setup import visits
from maalem.payments.context import Modes, Payments
from maalem.payments.hosted.forms import Seals
from maalem.payments.hosted.render import Frame, go, page
from maalem.payments.hosted.texts import choose
from maalem.payments.mode import Working

log = logging.getLogger(__name__)
BODY_MAX, FIELDS_MAX = 16_384, 20
BODY_WITHIN_S = 30.0

Handler = Callable[[Request], Awaitable[Response]]


class OutOfDate(Exception):
    """The form is not ours, was not made for this page, or is too old."""


def payments_of(request: Request) -> Payments:
    """The books that the page's address belongs to."""
    modes: Modes = request.app.state.modes
    return modes.of(live=_is_live(request) and modes.live is not None)


def _is_live(request: Request) -> bool:
    """Sessions and challenges of the live mode say so in their names."""
    named: dict[str, str] = request.path_params
    session, token = named.get("session", ""), named.get("token", "")
    return session.startswith("cs_live_") or token.startswith(LIVE)


def seals(payments: Payments) -> Seals:
    return Seals(payments.config.fingerprint_key)


def fresh_seal(payments: Payments, path: str) -> str:
    """A token for a form of the page at `path`."""
    return seals(payments).seal(path, at=payments.clock.now().timestamp())


async def merchant_name(payments: Payments, account_id: str) -> str:
    """The name on the page; an account without one is just called the shop."""
    name = await payments.pool.fetchval(
        "SELECT business_name FROM accounts WHERE id = $1", account_id
    )
    return name or "Maalem"


def session_frame(request: Request, visit: Visit | visits.Visit, *, method: str = "") -> Frame:
    """The frame of a session's page."""
    session = visit.session
    return Frame(
        language=language_of(request, preferred=session.locale),
        here=f"/pay/{session.id}",
        merchant=visit.merchant,
        leads_to=(success_url(session),),
        method=method,
    )


def language_of(request: Request, *, preferred: str | None = None) -> str:
    """What she chose here, else what the shop speaks with her, else what her browser asks for."""
    wanted = request.query_params.get("lang") or preferred
    return choose(wanted, accepted=request.headers.get("accept-language", ""))


def spoken(frame: Frame, form: dict[str, str]) -> Frame:
    """The frame in the language in which the posted page was."""
    return replace(frame, language=choose(form.get("lang") or frame.language))


async def stopped(
    payments: Payments, session: Session, *, frame: Frame, form: str
) -> Response | None:
    """A second press of one button, or one press too many, or a payment that is over."""
    if session.status != SessionStatus.OPEN or session.expires_at <= payments.clock.now():
        return go(with_words(frame.here, lang=frame.language), frame=frame)
    pressed = await sessions.press(payments, session, form=form)
    if pressed == "too_many":
        return notice(
            "many",
            frame=frame,
            status=429,
            tone="bad",
            next_url=session.cancel_url,
            next_label="back_to_shop",
        )
    if pressed == "again":
        return go(with_words(frame.here, lang=frame.language), frame=frame)
    return None


def missing(request: Request) -> Response:
    """No such page; the payer goes back to where she came from."""
    frame = Frame(language=language_of(request), here=request.url.path)
    return notice("missing", frame=frame, status=404, tone="bad")


def with_words(path: str, **words: str) -> str:
    """`path` with a query; empty words are left out."""
    query = urlencode({name: word for name, word in words.items() if word})
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}{query}" if query else path


async def sealed_form(request: Request, payments: Payments, *, path: str) -> dict[str, str]:
    """The posted fields; `OutOfDate` unless our own page for `path` was posted from here."""
    return sealed_fields(request, payments, dict(await _posted(request)), path=path)


def sealed_fields(
    request: Request, payments: Payments, form: dict[str, str], *, path: str
) -> dict[str, str]:
    """The fields, if they are of our own page for `path` and come from here; else `OutOfDate`."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise OutOfDate
    origin = request.headers.get("origin", "null")
    if origin != "null" and urlsplit(origin).netloc != request.headers.get("host"):
        raise OutOfDate
    now = payments.clock.now().timestamp()
    if not seals(payments).unbroken(form.get("form", ""), page=path, at=now):
        raise OutOfDate
    return form


async def _posted(request: Request) -> list[tuple[str, str]]:
    """The fields of a small form; `OutOfDate` for anything larger or stranger."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_MAX:
                    raise OutOfDate
    except TimeoutError:
        raise OutOfDate from None
    try:
        return parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict"
        )
    except ValueError:
        raise OutOfDate from None


def guarded(handler: Handler) -> Handler:
    """Whatever happens, the payer reads a sentence and finds a next step."""

    async def answer(request: Request) -> Response:
        with Working(live=_is_live(request)):
            return await in_mode(request)

    async def in_mode(request: Request) -> Response:
        frame = Frame(language=language_of(request), here=_page_of(request.url.path))
        try:
            return await handler(request)
        except OutOfDate:
            return notice("late", frame=frame, status=409, next_url=frame.here)
        except Exception as trouble:
            # The kind of trouble and its place, never its words: they might quote what was typed.
            log.error("hosted page failed: %s at %s", type(trouble).__name__, _place(trouble))
            return notice("trouble", frame=frame, status=500, tone="bad", next_url=frame.here)

    return answer


def notice(
    kind: str,
    *,
    frame: Frame,
    status: int = 200,
    tone: str = "",
    next_url: str | None = None,
    next_label: str = "try_again",
    amount: int | None = None,
    currency: str | None = "mad",
    refresh: str | None = None,
) -> Response:
    """A page of one sentence and one next step; `refresh` is visited in a few seconds."""
    return page(
        "notice.html",
        frame=frame,
        status=status,
        refresh=refresh,
        notice=kind,
        tone=tone,
        next_url=next_url,
        next_label=next_label,
        amount=amount,
        currency=currency,
    )


def _page_of(path: str) -> str:
    """The page behind a form's address."""
    for end in ("/card", "/wallet"):
        if path.startswith("/pay/") and path.endswith(end):
            return path.removesuffix(end)
    return path


def _place(trouble: BaseException) -> str:
    trace = trouble.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
