"""A person's own pages. Signing in and out are allauth's views with our forms and templates."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from . import actions, fresh
from .forms import FreshCodeForm, LanguageForm, NameForm


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


@never_cache
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Is it really you? A code to the number or address that we know, then on to where she went."""
    onward = fresh.next_page(request)
    asked = request.method == "POST" and request.POST.get("action") == "send"
    if asked and not fresh.send(request):
        messages.error(request, _("Please wait a moment before you ask for another code."))
    form = None
    if fresh.is_waiting(request):
        typed = request.method == "POST" and "code" in request.POST
        form = FreshCodeForm(request.POST if typed else None)
        if typed and form.is_valid():
            if fresh.prove(request, form.cleaned_data["code"]):
                return redirect(onward)
            form.add_error(
                "code", _("This is not the code we sent. Look at the last message from us.")
            )
    return render(request, "people/confirm.html", {"form": form, "next": onward})
