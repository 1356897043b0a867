"""The card that a payer types on a session's page, on its way into the vault."""

from typing import NamedTuple, Protocol

from starlette.requests import Request
from starlette.responses import Response

from maalem.payments.accounts import methods
from maalem.payments.accounts.records import PaymentMethod
from maalem.payments.acquiring.sessions import Session
from maalem.payments.context import Payments
from maalem.payments.errors import CardError
from maalem.payments.hosted.forms import CARD_ERRORS, decline_text, echo, read_card
from maalem.payments.hosted.render import Frame
from maalem.payments.hosted.visit import sealed_form, spoken, stopped
from maalem.payments.vault.records import CardProblem


class Form(Protocol):
    """The page with its form again: what is wrong with it, and what was typed."""

    def __call__(
        self,
        payments: Payments,
        session: Session,
        /,
        *,
        frame: Frame,
        errors: dict[str, str] | None = None,
        decline: str | None = None,
        typed: dict[str, str] | None = None,
    ) -> Response: ...


class Taken(NamedTuple):
    """A card in the vault and its new method, not stored yet; the frame speaks her language."""

    method: PaymentMethod
    frame: Frame


async def taken(
    request: Request, payments: Payments, session: Session, *, frame: Frame, form: Form
) -> Taken | Response:
    """The posted card; or the page that says why there is none. Raises `OutOfDate`."""
    posted = await sealed_form(request, payments, path=frame.here)
    frame = spoken(frame, posted)
    typed = read_card(posted)
    if typed.errors:
        return form(payments, session, frame=frame, errors=typed.errors, typed=echo(typed))
    stop = await stopped(payments, session, frame=frame, form=posted["form"])
    if stop is not None:
        return stop
    try:
        method = await methods.take_card(
            payments,
            session.account_id,
            typed=typed.card,
            billing_name=typed.holder,
            billing_email=session.customer_email,
        )
    except CardError as refused:
        if refused.code in CARD_ERRORS:
            name, key = CARD_ERRORS[CardProblem(refused.code)]
            return form(payments, session, frame=frame, errors={name: key}, typed=echo(typed))
        decline = decline_text(refused.fields)
        return form(payments, session, frame=frame, decline=decline, typed=echo(typed))
    return Taken(method, frame)
