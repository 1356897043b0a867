"""A person's own pages. Signing in and out are allauth's views with our forms and templates."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from . import actions
from .forms import LanguageForm, NameForm


@never_cache
@login_required
def name(request: HttpRequest) -> HttpResponse:
    """Ask a new person's name, once; it may be left for later."""
    form = NameForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        actions.rename(request.user, name=form.cleaned_data["name"])
        return redirect("people:account")
    return render(request, "people/name.html", {"form": form})


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, how I am reached, in which language, and the way out."""
    form = LanguageForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        actions.speak(request.user, language=form.cleaned_data["language"])
        return redirect("people:account")
    return render(request, "people/account.html", {"form": form})
