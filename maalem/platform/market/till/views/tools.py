"""For programs: keys, and the addresses that hear of what happens."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from maalem.platform.ground.gateway import errors
from maalem.platform.ground.people.fresh import fresh_sign_in
from maalem.platform.market.till import tool_words as words
from maalem.platform.market.till import tools as found_tools
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.actions import tools
from maalem.platform.market.till.tool_forms import EndpointForm, KeyForm, RollForm

from .frame import found, of_a_till, page, press

ID = re.compile(r"[a-z]{2,8}_[A-Za-z0-9]{4,64}(_[0-9]{1,9})?")
HERE = "programs"
MISSED = timedelta(days=30)
View = Callable[..., HttpResponse]


def for_programs(view: View) -> View:
    """Only for whoever looks after keys and endpoints of this account."""

    @of_a_till
    @wraps(view)
    def wrapped(request: HttpRequest, *, till: Till, **kwargs: str) -> HttpResponse:
        if not (till.may_run_programs and till.is_open):
            raise Http404
        if any(not ID.fullmatch(value) for value in kwargs.values()):
            raise Http404
        return view(request, till=till, **kwargs)

    return wrapped


@for_programs
def programs(request: HttpRequest, *, till: Till) -> HttpResponse:
    """All keys and addresses."""
    bench = found(lambda: found_tools.bench(till))
    return page(request, "till/programs.html", till=till, here=HERE, bench=bench)


@for_programs
@fresh_sign_in
def make_key(request: HttpRequest, *, till: Till) -> HttpResponse:
    """Which kind of key, and what it may do; then the key, once."""
    form = KeyForm(request.POST or None)
    token = press(request)
    context = {"till": till, "here": HERE, "form": form, "token": token}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        return _secret(
            request,
            till,
            lambda: tools.make_key(
                till,
                kind=said["kind"],
                name=said["name"],
                permissions=form.permissions(),
                token=token,
                by=request.user,
            ),
        )
    return page(request, "till/make_key.html", **context)


@for_programs
@fresh_sign_in
def roll_key(request: HttpRequest, *, till: Till, key: str) -> HttpResponse:
    """Another key in the place of this one."""
    bench = found(lambda: found_tools.bench(till))
    ring = next((one for one in bench.keys if one.key.id == key), None)
    if ring is None:
        raise Http404
    form, token = RollForm(request.POST or None), press(request)
    if request.method == "POST" and form.is_valid():
        lives_on = found_tools.overlap_s(form.cleaned_data["overlap"])
        return _secret(
            request,
            till,
            lambda: tools.roll_key(till, key, lives_on_s=lives_on, token=token, by=request.user),
        )
    context = {"till": till, "here": HERE, "ring": ring, "form": form, "token": token}
    return page(request, "till/roll.html", **context)


@require_POST
@for_programs
@fresh_sign_in
def revoke_key(request: HttpRequest, *, till: Till, key: str) -> HttpResponse:
    """End a key, after the page has asked."""
    token = press(request)
    _try(request, lambda: tools.revoke_key(till, key, token=token, by=request.user))
    return redirect("till:programs", whose=till.slug)


@for_programs
@fresh_sign_in
def make_endpoint(request: HttpRequest, *, till: Till) -> HttpResponse:
    """Where to, and about what; then its secret, once."""
    form, token = EndpointForm(request.POST or None), press(request)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        return _secret(
            request,
            till,
            lambda: tools.make_endpoint(
                till,
                url=said["url"],
                events=words.EVENTS[said["about"]],
                words=said["purpose"],
                token=token,
                by=request.user,
            ),
        )
    context = {"till": till, "here": HERE, "form": form, "token": token}
    return page(request, "till/make_endpoint.html", **context)


@for_programs
def endpoint(request: HttpRequest, *, till: Till, endpoint: str) -> HttpResponse:
    """How an address does, and every try to reach it."""
    after = request.GET.get("after", "")
    after = after if ID.fullmatch(after) else ""
    watched = found(lambda: found_tools.watched(till, endpoint, after=after))
    context = {"till": till, "here": HERE, "watched": watched, "token": press(request)}
    return page(request, "till/endpoint.html", **context, form=RollForm(), after=after)


@require_POST
@for_programs
@fresh_sign_in
def change_endpoint(request: HttpRequest, *, till: Till, endpoint: str) -> HttpResponse:
    """Switch on or off, remove, another secret, or send again: which button was pressed."""
    token, by, do = press(request), request.user, request.POST.get("do", "")
    back = redirect("till:endpoint", whose=till.slug, endpoint=endpoint)
    if do == "roll":
        form = RollForm(request.POST)
        if not form.is_valid():
            return back
        lives_on = found_tools.overlap_s(form.cleaned_data["overlap"])
        return _secret(
            request,
            till,
            lambda: tools.roll_endpoint(till, endpoint, lives_on_s=lives_on, token=token, by=by),
        )
    if do in ("on", "off"):
        _try(
            request,
            lambda: tools.switch_endpoint(till, endpoint, is_on=do == "on", token=token, by=by),
        )
    elif do == "drop":
        _try(request, lambda: tools.drop_endpoint(till, endpoint, token=token, by=by))
        return redirect("till:programs", whose=till.slug)
    return back


@require_POST
@for_programs
def tell_again(request: HttpRequest, *, till: Till, endpoint: str) -> HttpResponse:
    """Send one event again, or all that was missed."""
    token, by, event = press(request), request.user, request.POST.get("event", "")
    if event:
        if not ID.fullmatch(event):
            raise Http404
        token = f"{event}-{token}"
        if _try(
            request,
            lambda: tools.tell_again(till, endpoint, event=event, token=token, by=by),
        ):
            messages.success(request, _("Sent again. Its answer stands at the top in a moment."))
    else:
        since = int((timezone.now() - MISSED).timestamp())
        count = _try(
            request,
            lambda: tools.tell_missed(till, endpoint, since=since, token=token, by=by),
        )
        if isinstance(count, int):
            said = ngettext(
                "%(count)d message is sent again.", "%(count)d messages are sent again.", count
            )
            messages.success(request, said % {"count": count})
    return redirect("till:endpoint", whose=till.slug, endpoint=endpoint)


def _secret(request: HttpRequest, till: Till, do: Callable[[], object]) -> HttpResponse:
    """Do it, and show the secret that comes of it: here, and on no other page."""
    made = _try(request, do)
    if made is None:
        return redirect("till:programs", whose=till.slug)
    return page(request, "till/secret.html", till=till, here=HERE, made=made)


def _try(request: HttpRequest, do: Callable[[], object]) -> object | None:
    """What came of it; None, with a sentence for her, where nothing did. True for no answer."""
    try:
        done = do()
    except (errors.Unknown, errors.Unavailable):
        messages.warning(request, words.SILENT)
        return None
    except errors.Refused as said:
        if said.code == "resource_missing":
            raise Http404 from said
        messages.error(request, words.REFUSALS.get(said.code, words.REFUSED))
        return None
    return True if done is None else done
