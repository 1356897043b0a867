"""A weaver's carpets, a potter's tagines and a buyer from Lyon, for the tests of buying."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from i18nfield.strings import LazyI18nString

from maalem.platform.craft.artisans.models import Artisan, Membership
from maalem.platform.ground.gateway import calls as gateway
from maalem.platform.ground.gateway.fake import Fake
from maalem.platform.ground.people.models import Person
from maalem.platform.ground.places.models import Commune
from maalem.platform.market.cart import queries as carts
from maalem.platform.market.cart.actions.lines import add_line, make_cart
from maalem.platform.market.cart.models import Cart
from maalem.platform.market.catalog.models import Craft, Product, Variant
from maalem.platform.market.checkout import queries as checkout
from maalem.platform.market.checkout.actions.draft import write_draft
from maalem.platform.market.checkout.actions.pay import place
from maalem.platform.market.orders.actions import attempts
from maalem.platform.market.orders.models import OrderGroup, PaymentAttempt
from tests.cast import BUYER, POTTER, WEAVER, Member

_count = itertools.count(1)


def words(fr: str) -> LazyI18nString:
    return LazyI18nString({"fr": fr, "ar": f"{fr} ع", "en": f"{fr} (en)"})


def artisan(member: Member, *, commune: str, trade: str, kind: str = "artisan") -> Artisan:
    """The workshop of one of the cast, with an account at the institution and its owner."""
    account = gateway.create_account(name=member.name, key=f"account-{next(_count)}").id
    place = Commune.objects.filter(folded__contains=commune).order_by("-population").first()
    made, _ = Artisan.objects.get_or_create(
        slug=member.artisan,
        defaults={
            "kind": kind,
            "name": words(member.name),
            "trade": trade,
            "commune": place,
            "payments_account": account,
        },
    )
    person, _ = Person.objects.get_or_create(
        phone=member.phone, defaults={"name": member.name, "language": "ar"}
    )
    Membership.objects.get_or_create(person=person, artisan=made)
    return made


def thing(
    seller: Artisan,
    title: str,
    *,
    price: int,
    on_hand: int = 1,
    supply: str = "unique",
    **more: Any,
) -> Variant:
    """One published product of one variant; `price` in centimes."""
    number = next(_count)
    craft, _ = Craft.objects.get_or_create(
        code=seller.trade, defaults={"slug": seller.trade, "name": words(seller.trade)}
    )
    product = Product.objects.create(
        slug=f"thing-{number}",
        artisan=seller,
        craft=craft,
        title=words(title),
        supply=supply,
        weight_g=more.pop("weight_g", 4_000),
        making_days=more.pop("making_days", None),
        deposit_percent=more.pop("deposit_percent", None),
    )
    variant = Variant.objects.create(
        product=product, sku=f"SKU-{number}", price_minor=price, on_hand=on_hand
    )
    publish(product)
    return variant


def publish(product: Product) -> None:
    product.refresh_from_db()
    product.status, product.published_at = "published", datetime(2026, 1, 1, tzinfo=UTC)
    product.save(update_fields=["status", "published_at"])


def withdraw(variant: Variant) -> None:
    Product.objects.filter(pk=variant.product_id).update(status="withdrawn")


@dataclass
class World:
    """Everything a test of buying needs. `bank` stands in for the payment institution."""

    bank: Fake
    weaver: Artisan
    potter: Artisan
    carpet: Variant
    tagine: Variant

    def thing(self, seller: Artisan, title: str, **more: Any) -> Variant:
        """One more published product."""
        return thing(seller, title, **more)

    def cart(self, **quantities: int) -> Cart:
        """A guest's cart with a carpet and two tagines, or what is asked for."""
        cart = make_cart()
        for name, quantity in (quantities or {"carpet": 1, "tagine": 2}).items():
            add_line(cart, variant_id=getattr(self, name).pk, quantity=quantity)
        return cart

    def address(self, cart: Cart) -> None:
        """The buyer types her address in Lyon."""
        write_draft(
            cart,
            values={
                "name": BUYER.name,
                "phone": BUYER.phone,
                "email": BUYER.email,
                "country": "FR",
                "line1": "12 rue de la République",
                "city": "Lyon",
                "postcode": "69001",
            },
        )

    def agreed(self, cart: Cart) -> str:
        """The digest of the review as it stands now."""
        contents = carts.contents(cart)
        return checkout.plan_of(contents, draft=checkout.draft_of(cart)).agreed

    def placed(self, cart: Cart | None = None) -> OrderGroup:
        """A group that waits for its payment."""
        cart = cart or self.cart()
        self.address(cart)
        return place(cart=cart, agreed=self.agreed(cart), language="fr")

    def opened(self, cart: Cart | None = None) -> tuple[OrderGroup, PaymentAttempt]:
        """A group whose payment page is open."""
        group = self.placed(cart)
        attempts.payment_page(group.number)
        return group, PaymentAttempt.objects.get(group=group, status="open")

    def paid(self, cart: Cart | None = None) -> OrderGroup:
        """A paid group, as the institution's word made it."""
        group, attempt = self.opened(cart)
        self.bank.pay(attempt.session)
        attempts.look(attempt)
        group.refresh_from_db()
        return group

    def paid_at_home(self, cart: Cart) -> OrderGroup:
        """A paid group that goes to the biggest commune of the country."""
        commune = Commune.objects.order_by("-population").first()
        assert commune is not None
        at_home = {"name": "Salma", "phone": "+212661000111", "email": "", "country": "MA"}
        write_draft(cart, values={**at_home, "commune_id": commune.pk, "quarter": "Maârif"})
        group = place(cart=cart, agreed=self.agreed(cart), language="fr")
        attempts.payment_page(group.number)
        attempt = PaymentAttempt.objects.get(group=group, status="open")
        self.bank.pay(attempt.session)
        attempts.look(attempt)
        group.refresh_from_db()
        return group


def build(bank: Fake) -> World:
    weaver = artisan(WEAVER, commune="taznakht", trade="rugs")
    potter = artisan(POTTER, commune="safi", trade="pottery")
    return World(
        bank=bank,
        weaver=weaver,
        potter=potter,
        carpet=thing(weaver, "Tapis de Taznakht", price=320_000),
        tagine=thing(potter, "Tajine de Safi", price=18_000, on_hand=10, supply="stock"),
    )
