"""Requests of one session take turns where each must see what the one before has counted."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def in_turn(view: View) -> View:
    """Hold the session's row while `view` runs, and give it the session as it is by then.

    Tries of a code are counted in the session. Without turns, many sent at the same moment would
    each count from the same number and the limit would not hold.
    """

    @wraps(view)
    def takes_its_turn(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.session.session_key
        if request.method != "POST" or key is None:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            Session.objects.select_for_update().filter(pk=key).first()
            request.session = type(request.session)(key)
            response = view(request, *args, **kwargs)
            if request.session.modified and request.session.session_key == key:
                request.session.save()
                # The middleware would write it once more, when somebody else may have counted on.
                request.session.modified = False
        return response

    return takes_its_turn
