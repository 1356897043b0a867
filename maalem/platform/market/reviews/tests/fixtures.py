"""A delivered carpet and two tagines, a buyer's words, and photos as telephones make them."""

import io
import itertools

from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions.parcels import confirm_delivery, dispatch
from maalem.platform.market.orders.models import Order
from maalem.platform.market.reviews.actions.write import Said, say
from maalem.platform.market.reviews.models import Review

_count = itertools.count(1)


def arrives(order: Order) -> Order:
    """The parcel is sent and received."""
    dispatch(order.number, by="seller")
    return confirm_delivery(order.number, by="buyer")


def delivered(world, **quantities: int) -> Order:
    """A paid and delivered parcel of the weaver's, or the first of what is asked for."""
    return arrives(world.paid(world.cart(**(quantities or {"carpet": 1}))).orders.first())


def reviewed(order: Order, *, stars: int = 5, words: str = "Très beau tapis.", **more) -> Review:
    """The buyer's review of the first line."""
    said = Said(stars=stars, words=words, **more)
    return say(order.number, line_id=order.lines.first().pk, said=said)


def page(order: Order, *, to: str = "reviews:write", language: str = "fr") -> str:
    """The buyer's page of the first line."""
    path = links.path(order.group.number).split("/")
    mark = path[-2]
    tail = "appeal/" if to == "reviews:appeal" else ""
    line = order.lines.first().pk
    return f"/{language}/reviews/{order.group.number}/{mark}/{line}/{tail}"


def officer(name: str = "Officer") -> Person:
    """Staff who may judge reviews."""
    person = Person.objects.create(
        phone=f"+2126610009{next(_count):02d}", name=name, is_staff=True, language="fr"
    )
    right = Permission.objects.get(codename="moderate_reviews", content_type__app_label="reviews")
    person.user_permissions.add(right)
    return person


def photo(*, size=(900, 600), colour="red", format="JPEG", name="a.jpg", **save):
    """A photo as it is uploaded."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, format, **save)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")
