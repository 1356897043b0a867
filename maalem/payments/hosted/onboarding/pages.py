"""The pages themselves. A link opens once; after that the browser's own word is asked for."""

from starlette.requests import Request
from starlette.responses import Response

from maalem.payments import store
from maalem.payments.accounts import links
from maalem.payments.accounts.links import UPDATE, AccountLink
from maalem.payments.context import Payments
from maalem.payments.errors import BadRequest, Refused
from maalem.payments.files.keep import SIZE_MAX
from maalem.payments.hosted.onboarding import keep
from maalem.payments.hosted.onboarding.steps import DOCUMENT, Step, steps
from maalem.payments.hosted.onboarding.typed import ECHOED, Typed, read
from maalem.payments.hosted.render import Frame, go, page
from maalem.payments.hosted.texts import say
from maalem.payments.hosted.visit import (
    OutOfDate,
    fresh_seal,
    guarded,
    language_of,
    merchant_name,
    missing,
    payments_of,
    sealed_fields,
    sealed_form,
    spoken,
    with_words,
)
from maalem.payments.multipart import parts
from maalem.payments.units import Unit, UnitRefused

COOKIE = "maalem_onboarding"
DONE = "done"


@guarded
async def show(request: Request) -> Response:
    """GET /onboarding/{token}: what is asked for next, or thanks."""
    payments = payments_of(request)
    link = await _link(payments, request)
    if link is None:
        return missing(request)
    frame = await _frame(payments, request, link=link)
    word = request.cookies.get(COOKIE)
    if links.admits(link, word, at=payments.clock.now()):
        return await _next_page(payments, request, link=link, frame=frame)
    opened = links.opened(link, at=payments.clock.now())
    if opened is None:
        return go(link.refresh_url, frame=frame)
    word, visited = opened
    try:
        await payments.writer.commit(Unit().put(visited))
    except UnitRefused:
        return go(link.refresh_url, frame=frame)  # another browser was quicker
    answer = await _next_page(payments, request, link=visited, frame=frame)
    answer.set_cookie(
        COOKIE,
        word,
        max_age=int(links.VISIT_LASTS.total_seconds()),
        path=request.url.path,
        secure=payments.config.payments_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return answer


@guarded
async def tell(request: Request) -> Response:
    """POST there: one page of it."""
    payments = payments_of(request)
    link = await _link(payments, request)
    if link is None:
        return missing(request)
    frame = await _frame(payments, request, link=link)
    if not links.admits(link, request.cookies.get(COOKIE), at=payments.clock.now()):
        return go(link.refresh_url, frame=frame)
    found = await keep.known(payments, link.account_id)
    left = steps(found.account, link, has_bank=found.has_bank)
    try:
        form, content = await _posted(request, payments, frame=frame)
    except TooLarge:  # what else was in the form was not read: nothing changes by it
        form, content = {"step": DOCUMENT}, None
    frame = spoken(frame, form)
    step = next((each for each in left if each.name == form.get("step")), None)
    if step is None:  # it was told already: in another tab, or by a second press
        return go(with_words(frame.here, lang=frame.language), frame=frame)
    if step.name == DOCUMENT:
        errors = await _picture(payments, request, link=link, content=content)
    else:
        errors = await _kept(payments, request, link=link, found=found, step=step, form=form)
    if errors:
        return _form(payments, found, frame=frame, left=left, step=step, errors=errors, typed=form)
    return go(_onwards(link, left, step=step, frame=frame), frame=frame)


async def _kept(
    payments: Payments,
    request: Request,
    *,
    link: AccountLink,
    found: keep.Known,
    step: Step,
    form: dict[str, str],
) -> dict[str, str]:
    """Keep what was typed; or say what is wrong with it, and keep nothing."""
    today = payments.clock.now().date()
    typed = read(form, step.fields, known=keep.provided(found), today=today)
    if typed.errors:
        return typed.errors
    try:
        await keep.keep(payments, link.account_id, typed, ip=_address(request))
    except Refused:
        return {"rib": "onb_e_rib_known"}
    return {}


async def _picture(
    payments: Payments, request: Request, *, link: AccountLink, content: bytes | None
) -> dict[str, str]:
    """Keep the picture of a card; what is wrong with it, if something is."""
    if content is None or len(content) > SIZE_MAX:
        return {"file": "onb_e_file_large"}
    if not content:
        # Who only looks through what is there may leave the picture as it is.
        return {} if link.type == UPDATE else {"file": "onb_e_file"}
    try:
        name = await keep.keep_picture(payments, link.account_id, content=content)
    except BadRequest:
        return {"file": "onb_e_file_kind"}
    typed = Typed(person={"document_front": name})
    await keep.keep(payments, link.account_id, typed, ip=_address(request))
    return {}


async def _posted(
    request: Request, payments: Payments, *, frame: Frame
) -> tuple[dict[str, str], bytes | None]:
    """The fields, and the picture's bytes (None: too many of them)."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return await sealed_form(request, payments, path=frame.here), b""
    try:
        found = await parts(request.headers.get("content-type"), request.receive)
    except BadRequest as refused:
        if "larger" in refused.message:
            raise TooLarge from None
        raise OutOfDate from None
    form = sealed_fields(request, payments, dict(found.pairs), path=frame.here)
    return form, found.content


class TooLarge(OutOfDate):
    """A picture of more bytes than we take: the rest of the form was not read."""


def _onwards(link: AccountLink, left: list[Step], *, step: Step, frame: Frame) -> str:
    """The next page. A link to update goes through them one by one."""
    if link.type != UPDATE:
        return with_words(frame.here, lang=frame.language)
    names = [each.name for each in left]
    after = names[names.index(step.name) + 1 :]
    return with_words(frame.here, lang=frame.language, step=after[0] if after else DONE)


async def _next_page(
    payments: Payments, request: Request, *, link: AccountLink, frame: Frame
) -> Response:
    found = await keep.known(payments, link.account_id)
    if found.account.deleted or found.account.rejected is not None:
        return go(link.return_url, frame=frame)
    left = steps(found.account, link, has_bank=found.has_bank)
    wanted = request.query_params.get("step")
    step = next((each for each in left if each.name == wanted), None)
    if step is None and left and not (wanted == DONE and link.type == UPDATE):
        step = left[0]
    if step is not None:
        return _form(payments, found, frame=frame, left=left, step=step)
    checking = bool(found.account.requirements.get("pending_verification"))
    return page("onboarded.html", frame=frame, return_url=link.return_url, checking=checking)


def _form(
    payments: Payments,
    found: keep.Known,
    *,
    frame: Frame,
    left: list[Step],
    step: Step,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    behind, company = found.person, found.account.company
    shown = {
        "first_name": behind.first_name if behind else None,
        "last_name": behind.last_name if behind else None,
        "company_name": company.get("name"),
    }
    echoed = {name: typed.get(name, "")[:100] for name in ECHOED} if typed else {}
    names = [str(say(frame.language, f"onb_{each.name}")) for each in left if each != step]
    return page(
        "onboarding.html",
        frame=frame,
        status=422 if errors else 200,
        form_token=fresh_seal(payments, frame.here),
        step=step.name,
        fields=step.fields,
        errors=errors or {},
        typed={name: value or "" for name, value in {**shown, **echoed}.items()},
        given=keep.provided(found),
        refused=[] if errors else keep.refused(found),
        after=" · ".join(names),
        company=found.account.business_type not in (None, "individual"),
        return_url=frame.leads_to[-1],
    )


async def _link(payments: Payments, request: Request) -> AccountLink | None:
    digest = links.digest_of(request.path_params["token"])
    return await store.first(payments.pool, AccountLink, "digest = $1", digest)


async def _frame(payments: Payments, request: Request, *, link: AccountLink) -> Frame:
    return Frame(
        language=language_of(request),
        here=request.url.path,
        merchant=await merchant_name(payments, link.platform_id),
        leads_to=(link.refresh_url, link.return_url),
    )


def _address(request: Request) -> str:
    """From where the terms were accepted."""
    return request.client.host if request.client else ""
