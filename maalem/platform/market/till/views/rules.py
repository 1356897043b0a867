"""Rules about payments and the lists that they look into: read, written, changed, ended."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maalem.platform.ground.gateway import errors, risk
from maalem.platform.ground.gateway.risk_records import RiskRule
from maalem.platform.ground.people.fresh import fresh_sign_in
from maalem.platform.market.till import rule_words as words
from maalem.platform.market.till import rules as found_rules
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.actions import rules
from maalem.platform.market.till.rule_forms import ListForm, RuleForm, Terms
from maalem.platform.market.till.rules import OpenList

from .frame import found, of_a_till, page, press
from .tools import ID

HERE = "rules"
View = Callable[..., HttpResponse]


def for_rules(view: View) -> View:
    """Only for whoever writes the rules of this account."""

    @of_a_till
    @wraps(view)
    def wrapped(request: HttpRequest, *, till: Till, **kwargs: str) -> HttpResponse:
        if not till.may_write_rules or any(not ID.fullmatch(value) for value in kwargs.values()):
            raise Http404
        return view(request, till=till, **kwargs)

    return wrapped


@for_rules
def all_rules(request: HttpRequest, *, till: Till) -> HttpResponse:
    """Those in force, those that have ended, and the lists."""
    book = found(lambda: found_rules.book(till))
    return page(request, "till/rules.html", till=till, here=HERE, book=book)


@for_rules
def rule(request: HttpRequest, *, till: Till, rule: str) -> HttpResponse:
    """One rule, with what it said before."""
    there = found(lambda: found_rules.opened(till, rule))
    context = {"till": till, "here": HERE, "open": there, "token": press(request)}
    return page(request, "till/rule.html", **context)


@for_rules
@fresh_sign_in
def make_rule(request: HttpRequest, *, till: Till) -> HttpResponse:
    """A new one."""
    return _written(request, till)


@for_rules
@fresh_sign_in
def change_rule(request: HttpRequest, *, till: Till, rule: str) -> HttpResponse:
    """Its next version."""
    old = found(lambda: risk.rule(rule, account=till.account))
    if old.has_ended:
        return redirect("till:rule", whose=till.slug, rule=rule)
    return _written(request, till, old=old)


def _written(request: HttpRequest, till: Till, *, old: RiskRule | None = None) -> HttpResponse:
    """The form of a rule, and the rule itself once it is right."""
    posted, token = request.POST or None, press(request)
    lists = found(lambda: risk.value_lists(till.account))
    form, terms = RuleForm(posted, rule=old), Terms(posted, lists=lists, rule=old)
    context = {"till": till, "here": HERE, "form": form, "terms": terms, "old": old}
    context |= {"token": token, "lists": lists}
    if posted is None or not (form.is_valid() & terms.is_valid()):
        return page(request, "till/write_rule.html", **context)
    if old and request.POST.get("version") != str(old.version):
        messages.warning(request, _("Somebody changed this rule meanwhile: look at it first."))
        return redirect("till:rule", whose=till.slug, rule=old.id)
    said = {"action": form.cleaned_data["action"], "reason": form.cleaned_data["reason"]}
    said |= {"conditions": terms.conditions(), "ends_at": form.ends_at}
    made: list[RiskRule] = []

    def write() -> None:
        by = request.user
        if old:
            made.append(rules.change(till, old.id, **said, token=token, by=by))
        else:
            made.append(rules.make(till, **said, token=token, by=by))

    if not _try(request, write):
        return page(request, "till/write_rule.html", **context)
    messages.success(request, _("Written. Payments are held against it from now on."))
    return redirect("till:rule", whose=till.slug, rule=made[0].id)


@require_POST
@for_rules
@fresh_sign_in
def end_rule(request: HttpRequest, *, till: Till, rule: str) -> HttpResponse:
    """It counts no more, after the page has asked."""
    token = press(request)
    if _try(request, lambda: rules.end(till, rule, token=token, by=request.user)):
        messages.success(request, _("Ended. It counts no more."))
    return redirect("till:rule", whose=till.slug, rule=rule)


@for_rules
@fresh_sign_in
def make_list(request: HttpRequest, *, till: Till) -> HttpResponse:
    """An empty list."""
    form, token = ListForm(request.POST or None), press(request)
    context = {"till": till, "here": HERE, "form": form, "token": token}
    if request.method != "POST" or not form.is_valid():
        return page(request, "till/make_list.html", **context)
    name, kind, made = form.cleaned_data["name"], form.cleaned_data["kind"], []

    def make() -> None:
        made.append(rules.make_list(till, name=name, kind=kind, token=token, by=request.user))

    if not _try(request, make):
        return page(request, "till/make_list.html", **context)
    return redirect("till:value_list", whose=till.slug, values=made[0].id)


@for_rules
def value_list(request: HttpRequest, *, till: Till, values: str) -> HttpResponse:
    """What stands on a list."""
    after = request.GET.get("after", "")
    there = _list(till, values, after=after if ID.fullmatch(after) else "")
    context = {"till": till, "here": HERE, "open": there, "after": after, "token": press(request)}
    return page(request, "till/value_list.html", **context)


@require_POST
@for_rules
@fresh_sign_in
def change_list(request: HttpRequest, *, till: Till, values: str) -> HttpResponse:
    """Put a value on, take one off, or forget the list: which button was pressed."""
    _list(till, values)
    token, by, item = press(request), request.user, request.POST.get("item", "")
    back = redirect("till:value_list", whose=till.slug, values=values)
    if request.POST.get("do") == "drop":
        if _try(request, lambda: rules.drop_list(till, values, token=token, by=by)):
            messages.success(request, _("The list is gone."))
            return redirect("till:rules", whose=till.slug)
        return back
    if item:
        if not ID.fullmatch(item):
            raise Http404
        if _try(request, lambda: rules.take_off(till, values, item=item, token=token, by=by)):
            messages.success(request, _("Taken off."))
        return back
    value = request.POST.get("value", "").strip()
    if not 1 <= len(value) <= 800:
        messages.error(request, _("Write what shall stand on the list."))
    elif _try(request, lambda: rules.put_on(till, values, value=value, token=token, by=by)):
        messages.success(request, _("It stands on the list."))
    return back


def _list(till: Till, values: str, *, after: str = "") -> OpenList:
    there = found(lambda: found_rules.opened_list(till, values, after=after))
    if there is None:
        raise Http404
    return there


def _try(request: HttpRequest, do: Callable[[], None]) -> bool:
    """Whether it was done; where it was not, a sentence says so."""
    try:
        do()
    except (errors.Unknown, errors.Unavailable):
        messages.warning(request, words.SILENT)
        return False
    except errors.Refused as said:
        if said.code == "resource_missing":
            raise Http404 from said
        messages.error(request, words.REFUSED)
        return False
    return True
