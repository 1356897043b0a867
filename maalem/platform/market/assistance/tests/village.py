"""Rachid of the chamber of crafts, who sits with the weaver; her code, and a consent that runs."""

import re
from typing import Any

from django.contrib.auth.models import Permission

from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance.actions import ask
from maalem.platform.market.assistance.models import Consent
from tests.cast import WEAVER

ALL = ("pieces", "orders", "reviews")


def agent(name: str = "Rachid Ouali", phone: str = "+212661000980") -> Person:
    """A field agent with the right."""
    made = Person.objects.create(phone=phone, name=name, language="fr")
    made.user_permissions.add(Permission.objects.get(codename="act_for_artisans"))
    return Person.objects.get(pk=made.pk)


def asked(by: Person, *, scopes: tuple[str, ...] = ALL, phone: str = WEAVER.phone) -> Consent:
    """He has asked; her telephone has the code."""
    return ask.ask(agent=by, phone=phone, scopes=scopes)


def code_of(consent: Consent) -> str:
    """The code that her last message tells."""
    told = Message.objects.filter(kind="assistance_code", person_id=consent.person_id)
    found = re.search(r"\b\d{6}\b", told.latest("pk").body)
    assert found is not None
    return found.group()


def given(by: Person, **asking: Any) -> Consent:
    """She has told it."""
    one = asked(by, **asking)
    return ask.give(one.pk, agent=by, code=code_of(one))
