"""What is said about a price: what it is made of, and how much of it is paid at once."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maalem.kit.money import share
from maalem.platform.ground.site.templatetags.money import money
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.catalog.states import DEPOSITS, CardShown
from maalem.platform.market.studio.edit_forms import Measured, in_words
from maalem.platform.market.studio.forms import DEAREST
from maalem.platform.market.studio.seen import Seen


class FairForm(forms.Form):
    """What she says of her price: materials in dirhams, hours for one piece, and who sees it."""

    seen = Seen(required=False)
    shown = forms.ChoiceField(
        label=_("What may buyers see?"),
        choices=[
            (CardShown.NOTHING.value, _("Nothing: it is for me")),
            (CardShown.SHARES.value, _("The shares")),
            (CardShown.HOURS.value, _("The shares, my hours and what an hour brings")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, card: tuple[int, int, str] | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"seen": Seen.sealed(card), "shown": CardShown.NOTHING.value}
        if card is not None:
            materials, minutes, shown = card
            initial |= {
                "materials": in_words(materials, by=100),
                "hours": in_words(minutes, by=60),
                "shown": shown,
            }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["materials"] = Measured(
            label=_("Materials for one piece"), by=100, unit=_("dirhams"), most=DEAREST, least=0
        )
        self.fields["hours"] = Measured(
            label=_("Hours of work for one piece"), by=60, unit=_("hours"), most=5_000
        )
        for name in ("materials", "hours"):
            self.fields[name].required = True
        self.order_fields(["materials", "hours", "shown"])

    def said(self) -> tuple[int, int, str]:
        """Centimes, minutes, how much is shown."""
        said = self.cleaned_data
        return said["materials"], said["hours"], said["shown"]

    def seen_card(self) -> tuple[int, int, str] | None:
        """What her page showed; None where there was no card or nobody can say."""
        seen = self.cleaned_data["seen"]
        return tuple(seen) if isinstance(seen, list) else None


class DepositForm(forms.Form):
    """What share of the price is paid when it is ordered; the rest when it is ready."""

    seen = Seen(required=False)

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        there = product.deposit_percent
        initial = {"percent": there or 0, "seen": Seen.sealed(there)}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["percent"] = forms.TypedChoiceField(
            label=_("What does the buyer pay when ordering?"),
            coerce=int,
            choices=[
                (0, _("All of it")),
                *((one, _part_of_the_price(product, percent=one)) for one in DEPOSITS),
            ],
            widget=forms.RadioSelect,
        )

    def percent(self) -> int | None:
        """The share, or None for all of it."""
        return self.cleaned_data["percent"] or None


def _part_of_the_price(product: Product, *, percent: int) -> SafeString:
    amount = share(product.price_from_minor or 0, bps=percent * 100)
    said = gettext("%(percent)s %% when it is ordered") % {"percent": percent}
    return format_html("{}: {}", said, money(amount, product.currency))
