"""A fresh sign-in: whoever changes where money goes, or lets a program in, proves who she is anew.

A session lives for a month and may be open on a telephone that somebody else holds. What is asked
here is a code to the number or address that she is known by, at most ten minutes ago.
"""

import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

View = Callable[..., HttpResponseBase]
FRESH_FOR = timedelta(minutes=10)
CODE_FOR, TRIES = timedelta(minutes=10), 5
_AT, _CODE = "fresh_at", "fresh_code"


def is_fresh(request: HttpRequest) -> bool:
    """Whether she proved who she is a short while ago: by signing in, or by a code since."""
    proofs = [float(one.get("at", 0)) for one in get_authentication_records(request, request.user)]
    last = max([*proofs, float(request.session.get(_AT, 0))], default=0)
    return 0 <= time.time() - last < FRESH_FOR.total_seconds()


def fresh_sign_in(view: View) -> View:
    """Ask for a code first where the last proof is too long ago; what was typed is asked again."""

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: object) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, **kwargs)
        back = request.get_full_path()
        if request.method != "GET":
            back = urlsplit(request.headers.get("Referer", "")).path or reverse("people:account")
        return redirect(f"{reverse('people:confirm')}?{urlencode({'next': back})}")

    return wrapped


def next_page(request: HttpRequest) -> str:
    """Where she was going, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours and wanted.startswith("/") else reverse("people:account")


def is_waiting(request: HttpRequest) -> bool:
    """Whether a code was sent that still counts."""
    kept = request.session.get(_CODE) or {}
    return kept.get("until", 0) > time.time() and kept.get("tries", 0) < TRIES


def send(request: HttpRequest) -> bool:
    """Send a code to her number, or her address; False where she asks too often."""
    person = request.user
    reached = person.phone or person.email
    if not ratelimit.consume(request, action="request_login_code", key=reached):
        return False
    code = f"{secrets.randbelow(10**6):06d}"
    until = time.time() + CODE_FOR.total_seconds()
    request.session[_CODE] = {"mark": _mark(code, person.pk), "until": until, "tries": 0}
    context = {"code": code, "minutes": int(CODE_FOR.total_seconds() // 60)}
    import_string(settings.TELL)(
        kind="login_code", to=person, language="", context=context, secret=True
    )
    return True


def prove(request: HttpRequest, code: str) -> bool:
    """Whether this is the code. A wrong one counts, the right one is forgotten at once."""
    if not is_waiting(request):
        return False
    kept = dict(request.session[_CODE])
    if constant_time_compare(kept["mark"], _mark(code, request.user.pk)):
        del request.session[_CODE]
        request.session.cycle_key()
        request.session[_AT] = time.time()
        return True
    request.session[_CODE] = {**kept, "tries": kept["tries"] + 1}
    return False


def _mark(code: str, person: int) -> str:
    """What is kept of a code: the session's row does not tell it."""
    return salted_hmac("maalem.people.fresh", f"{person}:{code}", algorithm="sha256").hexdigest()
