"""A piece that is on the shelf already: its price, words, sizes, photos, and off the shelf."""

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.catalog.actions import edit, shelf
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.catalog.states import Refused, Status, Supply
from maalem.platform.market.makers.queries import makers_there
from maalem.platform.market.studio import piece_queries, queries
from maalem.platform.market.studio.actions.pieces import change_offers
from maalem.platform.market.studio.cash import VALUES
from maalem.platform.market.studio.edit_forms import (
    PhotoForm,
    PriceForm,
    SizesForm,
    WordsForm,
)
from maalem.platform.market.studio.maker_forms import HandsForm
from maalem.platform.market.studio.price_forms import DepositForm, FairForm
from maalem.platform.market.studio.views.frame import of_a_workshop, page


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def price(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """Price and number of pieces; all variants on one page, changed one by one."""
    product = hers(artisan, slug)
    given = request.POST if request.method == "POST" else None
    made = [
        PriceForm(given if given and f"v{one.pk}-price" in given else None, variant=one,
                  supply=product.supply)
        for one in product.variants.all()
    ]  # fmt: skip

    bound = [form for form in made if form.is_bound]

    def change() -> None:
        change_offers([form.offer() for form in bound], by=by_whom(request))

    return asked(
        request,
        "studio/edit_price.html",
        product=product,
        artisan=artisan,
        bound=bound,
        change=change,
        forms=made,
        values=VALUES,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def words(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """Name, materials and story, a language at a time."""
    product = hers(artisan, slug)
    form = WordsForm(posted(request), words=edit.words_of(product))

    def change() -> None:
        seen = form.cleaned_data["seen"] or {}
        edit.describe(product.pk, words=form.words(), seen=seen, by=by_whom(request))

    return asked(
        request,
        "studio/edit_words.html",
        product=product,
        artisan=artisan,
        bound=[form] if form.is_bound else [],
        change=change,
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def sizes(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """How large and heavy it is, and how long it takes to make."""
    product = hers(artisan, slug)
    form = SizesForm(posted(request), product=product)

    def change() -> None:
        edit.measure(
            product.pk,
            sizes=form.sizes(),
            seen=form.cleaned_data["seen"] or {},
            making_days=form.cleaned_data.get("making_days"),
            by=by_whom(request),
        )

    return asked(
        request,
        "studio/edit_sizes.html",
        product=product,
        artisan=artisan,
        bound=[form] if form.is_bound else [],
        change=change,
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def fair(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """What the price is made of, what an hour brings, and how much of it buyers see."""
    product = hers(artisan, slug)
    there = piece_queries.price_card(product)
    form = FairForm(posted(request), card=there)

    def change() -> None:
        edit.explain(product.pk, said=form.said(), seen=form.seen_card(), by=by_whom(request))

    told = piece_queries.told_card(artisan, product, card=there)
    return asked(
        request,
        "studio/edit_fair.html",
        product=product,
        artisan=artisan,
        bound=[form] if form.is_bound else [],
        change=change,
        form=form,
        told=told,
        floor=settings.HOURLY_FLOOR_MINOR,
        is_under=told is not None and told.is_under(settings.HOURLY_FLOOR_MINOR),
        to="studio:edit_fair",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def deposit(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """What of the price of a piece that is made to order is paid when it is ordered."""
    product = hers(artisan, slug)
    if product.supply != Supply.MADE_TO_ORDER:
        raise Http404
    form = DepositForm(posted(request), product=product)

    def change() -> None:
        seen = form.cleaned_data["seen"]
        edit.ask_deposit(product.pk, percent=form.percent(), seen=seen, by=by_whom(request))

    return asked(
        request,
        "studio/edit_deposit.html",
        product=product,
        artisan=artisan,
        bound=[form] if form.is_bound else [],
        change=change,
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def photos(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """One more photo, one less, or another one first. Stays on the page."""
    product = hers(artisan, slug)
    form = PhotoForm(posted(request), request.FILES if request.method == "POST" else None)
    chosen = request.POST.get("chosen", "")
    if request.method == "POST" and queries.NUMBER.fullmatch(chosen):
        form = PhotoForm()
        verb = edit.drop_photo if "drop" in request.POST else edit.lead_with
        wrong = _try(lambda: verb(product.pk, int(chosen), by=by_whom(request)))
    elif form.is_bound and form.is_valid():
        picture = form.cleaned_data["photo"]
        wrong = _try(lambda: edit.add_photo(product.pk, picture, by=by_whom(request)))
    else:
        wrong = ""
    if request.method == "POST" and not wrong and not form.errors:
        return redirect("studio:edit_photos", slug=slug)
    return page(
        request,
        "studio/edit_photos.html",
        status=422 if wrong or form.errors else 200,
        artisan=artisan,
        piece=product,
        photos=list(product.photos.all()),
        most=edit.MOST_PHOTOS,
        form=form,
        wrong=wrong,
        here="pieces",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def hands(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """Whose hands made it: the makers by their pictures. What was sold before stays as it was."""
    product = hers(artisan, slug)
    makers = makers_there(artisan, also=product.maker_id)
    if not makers:
        raise Http404
    form = HandsForm(posted(request), initial={"maker": product.maker_id})
    form.fields["maker"].queryset = makers  # type: ignore[attr-defined]

    def change() -> None:
        edit.made_by(product.pk, maker=form.cleaned_data["maker"], by=by_whom(request))

    return asked(
        request,
        "studio/edit_maker.html",
        product=product,
        artisan=artisan,
        bound=[form] if form.is_bound else [],
        change=change,
        form=form,
        makers=makers,
    )


@require_POST
@of_a_workshop
def put(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """Off the shelf, or back on it. Pressed twice, it stays as it is."""
    product = hers(artisan, slug)
    wanted = Status.PUBLISHED if "back" in request.POST else Status.WITHDRAWN
    if product.status != wanted:
        verb = shelf.publish if wanted is Status.PUBLISHED else shelf.withdraw
        wrong = _try(lambda: verb(product, by=by_whom(request)))
        if wrong:
            messages.error(request, wrong)
    return redirect("studio:piece", slug=slug)


def asked(
    request: HttpRequest,
    template: str,
    *,
    product: Product,
    artisan: Artisan,
    bound: list[forms.Form],
    change: Callable[[], None],
    to: str = "studio:piece",
    **context: object,
) -> HttpResponse:
    """Ask, or change and go back to the piece; what is wrong is said where it was typed."""
    wrong = ""
    if bound and all(form.is_valid() for form in bound):
        wrong = _try(change)
        if not wrong:
            messages.success(request, _("Changed."))
            return redirect(to, slug=product.slug)
    status = 409 if wrong else 422 if bound else 200
    return page(
        request,
        template,
        status=status,
        artisan=artisan,
        piece=product,
        wrong=wrong,
        here="pieces",
        **context,
    )


def _try(change: Callable[[], None]) -> str:
    """Change it; else the sentence that says why not."""
    try:
        change()
    except Refused as refused:
        return _why(refused.code)
    return ""


def _why(code: str) -> str:
    return {
        "changed_meanwhile": _(
            "Somebody has changed this meanwhile. Open the page again to see what stands there now."
        ),
        "promised": _("Buyers were promised more pieces than that: they have paid or are paying."),
        "one_piece": _("Of this piece there is only one."),
        "no_title": _("Give it a name in one language at least."),
        "too_many_photos": _("A piece has eight photos at most. Take one away first."),
        "last_photo": _("A piece on the shelf needs a photo. Add another one first."),
        "taken_off": _("A moderator took this piece off the shelf. You can answer below."),
    }.get(code, _("This did not work. Please try again."))


def hers(artisan: Artisan, slug: str) -> Product:
    found = Product.objects.filter(artisan_id=artisan.pk, slug=slug).first()
    if found is None:
        raise Http404
    return found


def posted(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def by_whom(request: HttpRequest) -> str:
    return f"person:{request.user.pk}"
