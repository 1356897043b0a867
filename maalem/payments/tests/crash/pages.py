"""The paths of a payer on the institution's own pages, and of the session that she is there for.

A payer whose page broke off opens its address again, and does what it then asks of her. She has no
key: what keeps her from paying twice is the form, and the payment that the page finds under way.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from starlette.applications import Starlette

from maalem.payments.acquiring.chores import resolve_unknown
from maalem.payments.context import Modes
from maalem.payments.hosted.routes import routes
from maalem.payments.jobs.table import expire_sessions
from maalem.payments.rails.magic import CODE
from maalem.payments.tests.crash.hands import Hands
from maalem.payments.tests.crash.paths import PIN, Path, Work, job
from maalem.payments.tests.service import SHOP, Forms

MOST_PAGES = 8
CARD = {"exp": "12 / 34", "cvc": "123", "holder": "Claire Martin"}
VISA = {"number": "4242424242424242", **CARD}
CHALLENGED = {"number": "4000002760003184", **CARD, "secret": CODE}
WALLET = {"phone": "06 61 00 01 01", "secret": PIN}
# A card that is typed again is kept again, beside the try that the network never heard of. Charges
# and the ledger are not among these: there is one payment.
TYPED_AGAIN = frozenset(
    {
        "public.checkout_tries",
        "public.events",
        "public.payment_attempts",
        "public.payment_methods",
        "simulator.answers",
    }
)


async def _session(h: Hands) -> None:
    made = await h.ask(
        "checkout/sessions",
        mode="payment",
        line_items__0__price_data__currency="mad",
        line_items__0__price_data__unit_amount=10_000,
        line_items__0__price_data__product_data__name="Tapis",
        line_items__0__quantity=1,
        success_url=f"{SHOP}/done",
        cancel_url=f"{SHOP}/cart",
        payment_method_types__0="card",
        payment_method_types__1="wallet",
    )
    h.state["url"] = made["url"]


def walked(typed: Mapping[str, str], *, method: str = "card") -> Work:
    """She opens the session's page and types what each page asks for, until she may leave."""

    async def act(h: Hands) -> None:
        pages = Starlette(routes=routes())
        pages.state.modes = Modes(h.payments)
        here = f"{h.state['url']}?method={method}"
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=pages)) as browser:
            answer = await browser.get(here)
            for _ in range(MOST_PAGES):
                answer = await _followed(browser, answer)
                asked = _asked(answer.text)
                if "wait=1" in answer.text:
                    await _waited(h)
                    answer = await browser.get(here)
                    continue
                if answer.is_redirect or asked is None:
                    return
                answer = await browser.post(
                    answer.url.join(asked["action"]), data=_filled(asked, typed)
                )
        raise AssertionError(answer.text)

    return act


async def _waited(h: Hands) -> None:
    """Nobody knows yet what became of it: the page asks again by itself until a job has asked."""
    h.later(h.clock.now() + timedelta(minutes=1))
    await resolve_unknown(h.payments)


async def _followed(browser: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """Where it leads, as long as that is one of our pages."""
    while answer.is_redirect and not answer.headers["location"].startswith(SHOP):
        answer = await browser.get(answer.url.join(answer.headers["location"]))
    return answer


def _asked(page: str) -> dict[str, Any] | None:
    parser = Forms()
    parser.feed(page)
    return parser.forms[0] if parser.forms else None


def _filled(form: dict[str, Any], typed: Mapping[str, str]) -> dict[str, str]:
    known = {name: typed.get(name, value) for name, value in form["fields"].items()}
    pressed = {name: value for name, value in form["buttons"][:1] if name}
    return {**known, **pressed}


PAGES = {
    "paid on the page": Path(_session, walked(VISA), twice=TYPED_AGAIN),
    "paid on the page, 3-D Secure": Path(_session, walked(CHALLENGED), twice=TYPED_AGAIN),
    "paid on the page, by wallet": Path(
        _session, walked(WALLET, method="wallet"), twice=TYPED_AGAIN
    ),
    "page left until its time is over": Path(_session, job(expire_sessions), timedelta(hours=25)),
}
