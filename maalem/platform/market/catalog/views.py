"""The shop's browsing pages. A view reads and shows; it never writes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from maalem.platform.ground.rates.shown import shown_to
from maalem.platform.market.catalog import fragments, queries, stored
from maalem.platform.market.catalog.cards import cards
from maalem.platform.market.catalog.filters import LONGEST_QUERY
from maalem.platform.market.catalog.head import head, place_data, product_data, shop_data
from maalem.platform.market.catalog.listing import Listing
from maalem.platform.market.catalog.pages import answer
from maalem.platform.market.catalog.piece import Piece
from maalem.platform.market.catalog.ratings import standing_of
from maalem.platform.market.catalog.suggesting import suggestions

SUGGESTIONS_KEPT_S = 60


def home(request: HttpRequest) -> HttpResponse:
    """The front page."""
    newest = queries.newest(8)

    def context() -> dict[str, object]:
        return {
            "head": head(request, data=shop_data(request)),
            "crafts": queries.roots(),
            "showcase": queries.showcase(),
            "newest": cards(newest, shown=shown_to(request), eager=0),
            "artisans": queries.featured_artisans(),
            "regions": queries.regions(),
            "map": fragments.region_map(),
        }

    return answer(request, "catalog/home.html", context, state=tuple(newest))


def crafts(request: HttpRequest) -> HttpResponse:
    """Every craft."""

    def context() -> dict[str, object]:
        return {"head": head(request), "families": queries.families()}

    return answer(request, "catalog/crafts.html", context, state=())


def craft(request: HttpRequest, slug: str) -> HttpResponse:
    """A craft: its branches, its pieces, its workshops."""
    found = queries.craft_by_slug(slug)
    if found is None:
        raise Http404
    listing = Listing(request, craft=slug)

    def context() -> dict[str, object]:
        branches = queries.branches(found)
        family = tuple(one.code for one in [found, *([] if found.parent_id else branches)])
        return {
            "head": head(request, listing=listing, text=str(found.blurb)),
            "craft": found,
            "parent": next((one for one in queries.crafts() if one.pk == found.parent_id), None),
            "branches": branches,
            "listing": listing,
            "artisans": queries.craft_artisans(family) if _first_look(listing) else [],
        }

    return answer(request, "catalog/craft.html", context, state=listing.state)


def region(request: HttpRequest, slug: str) -> HttpResponse:
    """A region: its places, its workshops, its pieces."""
    found = queries.region_by_slug(slug)
    if found is None:
        raise Http404
    listing = Listing(request, region=slug)

    def context() -> dict[str, object]:
        first = _first_look(listing)
        return {
            "head": head(request, listing=listing),
            "region": found,
            "map": fragments.region_map(found.code),
            "places": queries.region_places(found.code) if first else [],
            "artisans": queries.region_artisans(found.code) if first else [],
            "listing": listing,
        }

    return answer(request, "catalog/region.html", context, state=listing.state)


def _first_look(listing: Listing) -> bool:
    """Whether the page introduces its subject: not when a visitor is leafing or narrowing."""
    return listing.filters.page == 1 and not listing.filters.narrowed


def artisan(request: HttpRequest, slug: str) -> HttpResponse:
    """A workshop: its story, its place, its makers, its pieces."""
    found = queries.artisan_by_slug(slug)
    if found is None:
        raise Http404
    listing = Listing(request, artisan=found.pk)
    standing = standing_of(found)

    def context() -> dict[str, object]:
        return {
            "standing": standing,
            "head": head(
                request,
                listing=listing,
                text=str(found.story),
                picture=found.portrait,
                data=place_data(request, found),
            ),
            "artisan": found,
            "craft": next((one for one in queries.crafts() if one.code == found.trade), None),
            "listing": listing,
        }

    state = (found.updated_at, standing, listing.state)
    return answer(request, "catalog/artisan.html", context, state=state)


def artisans(request: HttpRequest) -> HttpResponse:
    """The workshops, by region."""
    chosen = queries.region_by_slug(request.GET.get("region", ""))
    listed = queries.directory(chosen.code if chosen else "")

    def context() -> dict[str, object]:
        return {
            "head": head(request),
            "regions": queries.regions(),
            "region": chosen,
            "artisans": listed,
        }

    state = tuple((one.pk, one.updated_at) for one in listed)
    return answer(request, "catalog/artisans.html", context, state=state)


def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A piece, or, where it was withdrawn, a word about it and others like it (410)."""
    found = stored.by_slug(slug)
    if found is None:
        raise Http404
    piece = Piece(found, now=timezone.now())
    others = queries.related(found)
    if piece.withdrawn:
        context = {"head": head(request, hidden=True), "piece": piece, "shown": shown_to(request)}
        context["related"] = cards(others, shown=shown_to(request), eager=0)
        return render(request, "catalog/withdrawn.html", context, status=410)

    def whole() -> dict[str, object]:
        return {
            "head": head(
                request,
                kind="product",
                text=piece.description,
                picture=piece.photos[0].path if piece.photos else "",
                data=product_data(request, piece),
            ),
            "piece": piece,
            "related": cards(others, shown=shown_to(request), eager=0),
        }

    return answer(request, "catalog/product.html", whole, state=(found, tuple(others)))


def search(request: HttpRequest) -> HttpResponse:
    """What the words find; without words, everything; where nothing is found, where to look."""
    listing = Listing(request)

    def context() -> dict[str, object]:
        return {
            "head": head(request, listing=listing),
            "listing": listing,
            "crafts": [] if listing.total else queries.roots(),
            "newest": []
            if listing.total
            else cards(queries.newest(8), shown=listing.shown, eager=0),
            "title": _("Search") if listing.filters.q else _("All pieces"),
        }

    return answer(request, "catalog/search.html", context, state=listing.state)


@cache_control(public=True, max_age=SUGGESTIONS_KEPT_S)
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """What may be meant by what was typed so far, as options of a list. The same for everybody."""
    found = suggestions(request.GET.get("q", "")[:LONGEST_QUERY])
    return HttpResponse(render_to_string("catalog/suggestions.html", {"found": found}))
