"""Small words of these pages."""

from django import template

from maalem.platform.market.assistance import words
from maalem.platform.market.assistance.states import Act, EndedBy, Scope
from maalem.platform.market.catalog.models import Change

register = template.Library()


@register.filter
def act_said(act: str) -> str:
    """What was done."""
    return str(words.ACTS[Act(act)])


@register.filter
def scope_said(scope: str) -> str:
    """What was agreed."""
    return str(words.SCOPES[Scope(scope)])


@register.filter
def ended_said(by: str) -> str:
    """Who ended it."""
    return str(words.ENDED[EndedBy(by)])


@register.filter
def told(change: Change) -> words.Said:
    """A change in words."""
    return words.said(change)
