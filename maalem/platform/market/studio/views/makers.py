"""The makers of a co-operative, for its head: who they are, the rule, what each has earned."""

from collections.abc import Callable, Iterator
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maalem.platform.craft.artisans.models import Artisan, Kind, Maker, Membership, Role
from maalem.platform.market.makers import queries as asking
from maalem.platform.market.makers.actions import hand, people
from maalem.platform.market.makers.actions.publish import publish
from maalem.platform.market.makers.models import Handed
from maalem.platform.market.makers.states import HandedStatus, Refused
from maalem.platform.market.makers.words import refusal
from maalem.platform.market.studio.maker_forms import HandedForm, MakerForm, RuleForm
from maalem.platform.market.studio.views.frame import View, of_a_workshop, page
from maalem.platform.market.studio.views.imports import as_csv

_ASKED = ["GET", "HEAD", "POST"]


def of_the_head(view: View) -> View:
    """For the head of a co-operative alone; others read whose page it is."""

    @of_a_workshop
    @wraps(view)
    def wrapped(request: HttpRequest, *, artisan: Artisan, **kwargs: object) -> HttpResponse:
        if artisan.kind != Kind.COOPERATIVE:
            raise Http404
        is_head = Membership.objects.filter(
            person_id=request.user.pk, artisan=artisan, role=Role.OWNER
        ).exists()
        if not is_head:
            return page(request, "studio/makers_head.html", status=403, artisan=artisan)
        return view(request, artisan=artisan, **kwargs)

    return wrapped


@require_http_methods(_ASKED)
@of_the_head
def makers(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """How every maker stands, the fund, and one more maker."""
    form = MakerForm(*_posted(request))
    wrong = _try(form, lambda: people.add_maker(artisan, told=form.told()))
    if form.is_bound and not wrong and not form.errors:
        messages.success(request, _("She is in the list now."))
        return redirect("studio:makers")
    published = asking.rules(artisan)
    return page(
        request,
        "studio/makers.html",
        status=_status(form, wrong),
        artisan=artisan,
        book=asking.book(artisan),
        rule=asking.in_force(published, on=timezone.localdate()),
        form=form,
        wrong=wrong,
        here="money",
    )


@require_http_methods(_ASKED)
@of_the_head
def maker(request: HttpRequest, *, artisan: Artisan, maker: int) -> HttpResponse:
    """One maker: her income by month, what she was given, and what is said of her."""
    found = _mine(artisan, maker)
    form = MakerForm(*_posted(request), maker=found)
    wrong = _try(form, lambda: people.change_maker(found.pk, told=form.told()))
    if form.is_bound and not wrong and not form.errors:
        messages.success(request, _("Changed."))
        return redirect("studio:maker", maker=found.pk)
    return _one(request, artisan, found, form=form, handed=HandedForm(), wrong=wrong)


@require_POST
@of_the_head
def handed(request: HttpRequest, *, artisan: Artisan, maker: int) -> HttpResponse:
    """I gave her so much by hand."""
    found = _mine(artisan, maker)
    form = HandedForm(request.POST)
    wrong = _try(form, lambda: hand.say_handed(found, by=request.user, **form.said()))
    if not wrong and not form.errors:
        messages.success(request, _("Noted. She can confirm it on her own page."))
        return redirect("studio:maker", maker=found.pk)
    return _one(request, artisan, found, form=MakerForm(maker=found), handed=form, wrong=wrong)


@require_POST
@of_the_head
def undo(request: HttpRequest, *, artisan: Artisan, maker: int, handed: int) -> HttpResponse:
    """It was a slip: what I said I gave her does not count."""
    row = Handed.objects.filter(pk=handed, maker=_mine(artisan, maker)).first()
    if row is None:
        raise Http404
    try:
        hand.answer(row.pk, then=HandedStatus.UNDONE, by=request.user)
    except Refused as no:
        messages.error(request, refusal(no.code))
    else:
        messages.success(request, _("Taken back. It does not count."))
    return redirect("studio:maker", maker=maker)


@require_http_methods(_ASKED)
@of_the_head
def rule(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """The rule of distribution: what it is, what it was, and another one."""
    published = asking.rules(artisan)
    now = asking.in_force(published, on=timezone.localdate())
    given = [request.POST] if request.method == "POST" else []
    form = RuleForm(*given, now=now)

    def change() -> object:
        day = form.cleaned_data["begins_on"]
        return publish(artisan, begins_on=day, by=request.user, **form.parts())

    wrong = _try(form, change)
    if form.is_bound and not wrong and not form.errors:
        messages.success(request, _("Published. It counts for what is sold from that day on."))
        return redirect("studio:makers_rule")
    return page(
        request,
        "studio/makers_rule.html",
        status=_status(form, wrong),
        artisan=artisan,
        rules=published[::-1],
        now=now,
        form=form,
        wrong=wrong,
        here="money",
    )


@require_safe
@of_the_head
def sheet(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """The book by month and maker, for a spreadsheet."""
    return as_csv(_rows(artisan), name=f"{artisan.slug}-makers")


def _rows(artisan: Artisan) -> Iterator[list[str]]:
    names = {one.pk: str(one.name) for one in Maker.objects.filter(artisan=artisan)}
    yield [_("Month"), _("Name"), _("Dirhams")]
    for first, owner, minor in asking.every_month(artisan):
        name = _("The common fund") if owner is None else names[owner]
        sign = "-" if minor < 0 else ""
        yield [f"{first:%Y-%m}", name, f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02}"]


def _one(
    request: HttpRequest,
    artisan: Artisan,
    found: Maker,
    *,
    form: MakerForm,
    handed: HandedForm,
    wrong: str,
) -> HttpResponse:
    return page(
        request,
        "studio/maker.html",
        status=max(_status(form, wrong), _status(handed, wrong)),
        artisan=artisan,
        maker=found,
        standing=asking.standing(found),
        months=asking.months(found),
        given=list(asking.handed_to(found)[: asking.PAGE]),
        form=form,
        handed=handed,
        wrong=wrong,
        here="money",
    )


def _mine(artisan: Artisan, number: int) -> Maker:
    found = Maker.objects.filter(pk=number, artisan=artisan).first() if number < 2**63 else None
    if found is None:
        raise Http404
    return found


def _try(form: forms.Form, change: Callable[[], object]) -> str:
    """Change it where the form is whole; else, or where it is refused, what is wrong."""
    if not form.is_bound or not form.is_valid():
        return ""
    try:
        change()
    except Refused as no:
        return refusal(no.code)
    return ""


def _status(form: forms.Form, wrong: str) -> int:
    return 422 if wrong or (form.is_bound and form.errors) else 200


def _posted(request: HttpRequest) -> list[object]:
    return [request.POST, request.FILES] if request.method == "POST" else []
