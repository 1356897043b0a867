"""What is asked before a rule is written: what happens, when, and why."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.gateway.risk_records import Condition, RiskRule, ValueList

from . import asking
from . import rule_words as words

TERMS_MAX, BLANK = 10, 2
_COMMAS = re.compile(r"[,،;\n]")
_DIGITS = re.compile(r"[0-9]{1,9}")
_UPPER, _AS_IT_IS = frozenset({"card_country"}), frozenset({"card", "phone", "customer"})


class RuleForm(forms.Form):
    """What happens to the payment, why, and until when."""

    action = forms.ChoiceField(
        label=_("What happens to such a payment?"),
        choices=list(words.ACTIONS.items()),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("It stands on each payment that the rule decides."),
        max_length=500,
    )
    until = forms.DateField(
        label=_("Last day (if there is one)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, rule: RiskRule | None = None, **kwargs: Any) -> None:
        if rule:
            kwargs["initial"] = {"action": rule.action, "reason": rule.reason} | _last_day(rule)
        super().__init__(*args, **kwargs)
        # An end that was set can be moved, and is not forgotten.
        self.fields["until"].required = bool(rule and rule.ends_at)
        _name_errors(self)

    def clean_until(self) -> Any:
        """A day that is not over."""
        day = self.cleaned_data["until"]
        if day and "until" in self.changed_data and day < timezone.localdate():
            raise ValidationError(_("Choose a day that is not over."))
        return day

    @property
    def ends_at(self) -> datetime | None:
        """The end of that day; None where none was given, or it stays as it was."""
        day = self.cleaned_data["until"]
        if not day or "until" not in self.changed_data:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


class TermForm(forms.Form):
    """One condition about what a payment is; left empty, there is none."""

    fact = forms.ChoiceField(label=_("What is looked at"), required=False)
    comparator = forms.ChoiceField(
        label=_("How"),
        choices=list(words.COMPARATORS.items()),
        required=False,
    )
    value = forms.CharField(label=_("What it is held against"), max_length=800, required=False)
    values = forms.ChoiceField(label=_("Or which list"), required=False)

    def __init__(self, *args: Any, lists: Sequence[ValueList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists = {one.id: one for one in lists}
        self.fields["fact"].choices = [("", "—"), *words.FACTS.items()]
        self.fields["values"].choices = [("", "—"), *((one.id, one.name) for one in lists)]
        if not lists:
            without = words.OF_TEXTS | words.OF_NUMBERS
            self.fields["comparator"].choices = list(without.items())
        self.fields["value"].widget.attrs["dir"] = "auto"
        _name_errors(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["condition"] = None
        said = [cleaned.get(name) for name in ("value", "values")]
        fact, comparator = cleaned.get("fact"), cleaned.get("comparator")
        if not fact:
            # Whoever empties what was there takes the condition away.
            if any(said) and "fact" not in self.errors and not self.initial.get("fact"):
                self.add_error("fact", _("Choose what is looked at."))
            return cleaned
        fits = words.OF_NUMBERS if fact in words.NUMBERS else words.OF_TEXTS | words.OF_LISTS
        if comparator not in fits:
            self.add_error("comparator", _("This can't be said of it: choose another."))
        elif not self.errors:
            cleaned["condition"] = Condition(fact, comparator, self._held_against(fact, comparator))
        return cleaned

    def _held_against(self, fact: str, comparator: str) -> Any:
        """The value as payments are compared with it."""
        text = self.cleaned_data["value"].strip()
        if comparator in words.OF_LISTS:
            return self._listed(fact)
        if fact == "amount":
            return _amount(self, text)
        if fact in words.NUMBERS:
            return _number(self, text, most=99)
        given = _COMMAS.split(text) if comparator in ("one_of", "none_of") else [text]
        found = tuple(_as_compared(fact, one.strip()) for one in given if one.strip())
        if not found or not all(_fits(fact, one) for one in found):
            known = ", ".join(words.KNOWN.get(fact, ()))
            said = _("It can be: %(known)s") if known else _("Payments never have such a value.")
            self.add_error("value", ValidationError(said, params={"known": known}))
        return found if comparator in ("one_of", "none_of") else "".join(found)

    def _listed(self, fact: str) -> str:
        one = self.lists.get(self.cleaned_data["values"])
        if one is None:
            self.add_error("values", _("Choose a list."))
            return ""
        if one.kind not in words.KINDS_OF.get(fact, frozenset()) | words.WORDS:
            self.add_error("values", _("This list holds something else."))
        return one.id


class OftenForm(forms.Form):
    """One condition about how often, or how much; left empty, there is none."""

    count = forms.ChoiceField(
        label=_("What is counted"), choices=list(words.COUNTS.items()), required=False
    )
    per = forms.ChoiceField(label=_("Of whom"), choices=list(words.PERS.items()), required=False)
    comparator = forms.ChoiceField(
        label=_("How"), choices=list(words.REACHED.items()), required=False
    )
    value = forms.CharField(label=_("How many, or how much"), max_length=20, required=False)
    window_h = forms.IntegerField(
        label=_("Within how many hours"), min_value=1, max_value=720, initial=24, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].widget.attrs |= {"dir": "ltr", "inputmode": "decimal"}
        _name_errors(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["condition"] = None
        text = (cleaned.get("value") or "").strip()
        if not text or self.errors:
            return cleaned
        by_money = cleaned["count"] == "amount"
        value = _amount(self, text) if by_money else _number(self, text, most=10**6)
        cleaned["condition"] = Condition(
            "velocity",
            cleaned["comparator"],
            value,
            per=cleaned["per"],
            count=cleaned["count"],
            window_h=cleaned["window_h"] or 24,
        )
        return cleaned


class ListForm(forms.Form):
    """An empty list."""

    name = forms.CharField(
        label=_("Name of the list"),
        help_text=_("Such as “Kept out”, or “Buyers we know”."),
        max_length=100,
    )
    kind = forms.ChoiceField(
        label=_("What stands on it?"),
        choices=list(words.KINDS.items()),
        widget=forms.RadioSelect,
        initial="email",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_errors(self)


class Terms:
    """The conditions of a rule as forms: what there is, and some that are empty."""

    def __init__(
        self, posted: Any, *, lists: Sequence[ValueList], rule: RiskRule | None = None
    ) -> None:
        there = rule.conditions if rule else ()
        counted = [one for one in there if one.fact == "velocity"]
        plain = [one for one in there if one.fact != "velocity"]
        self.plain = _forms(TermForm, blank=BLANK)(
            posted,
            initial=[_plain_initial(one) for one in plain],
            prefix="term",
            form_kwargs={"lists": lists},
        )
        self.often = _forms(OftenForm, blank=1 - bool(counted))(
            posted, initial=[_often_initial(one) for one in counted], prefix="often"
        )
        self.error: Any = ""

    def is_valid(self) -> bool:
        """Whether there is a condition, and not too many; what is wrong stands at each."""
        if not (self.plain.is_valid() & self.often.is_valid()):
            return False
        if not 1 <= len(self.conditions()) <= TERMS_MAX:
            self.error = _("A rule has one to ten conditions.")
        return not self.error

    def conditions(self) -> tuple[Condition, ...]:
        """Those that were typed. What is about an amount says which currency it is in."""
        every = (one.cleaned_data.get("condition") for one in (*self.plain, *self.often))
        found = tuple(one for one in every if one)
        amounts = any("amount" in (one.fact, one.count) for one in found)
        stated = any((one.fact, one.comparator) == ("currency", "is") for one in found)
        return (*found, Condition("currency", "is", "mad")) if amounts and not stated else found


def _forms(form: type[forms.Form], *, blank: int) -> Any:
    return forms.formset_factory(form, extra=blank, max_num=TERMS_MAX, absolute_max=TERMS_MAX)


def _last_day(rule: RiskRule) -> dict[str, Any]:
    if rule.ends_at is None:
        return {}
    return {"until": timezone.localdate(rule.ends_at - timedelta(seconds=1))}


def _plain_initial(one: Condition) -> dict[str, Any]:
    listed = one.comparator in words.OF_LISTS
    said = ", ".join(one.value) if isinstance(one.value, tuple) else str(one.value)
    if one.fact == "amount":
        said = _dirhams(one)
    return {
        "fact": one.fact,
        "comparator": one.comparator,
        "value": "" if listed else said,
        "values": said if listed else "",
    }


def _often_initial(one: Condition) -> dict[str, Any]:
    said = _dirhams(one) if one.count == "amount" else str(one.value)
    return {
        "count": one.count,
        "per": one.per,
        "comparator": one.comparator,
        "value": said,
        "window_h": one.window_h,
    }


def _dirhams(one: Condition) -> str:
    minor = int(str(one.value))
    return f"{minor // 100}.{minor % 100:02d}"


def _amount(form: forms.Form, text: str) -> int:
    found = asking.amount_of(text)
    if found is None:
        form.add_error("value", _("Write an amount, such as 250 or 99.50."))
    return found or 0


def _number(form: forms.Form, text: str, *, most: int) -> int:
    if not _DIGITS.fullmatch(text) or int(text) > most:
        said = ValidationError(_("Write a number up to %(most)s."), params={"most": most})
        form.add_error("value", said)
        return 0
    return int(text)


def _as_compared(fact: str, text: str) -> str:
    if fact in _AS_IT_IS:
        return text.replace(" ", "")
    return text.upper() if fact in _UPPER else text.lower()


def _fits(fact: str, text: str) -> bool:
    if fact in words.KNOWN:
        return text in words.KNOWN[fact]
    return re.fullmatch(words.SHAPES.get(fact, r".+"), text) is not None


def _name_errors(form: forms.Form) -> None:
    """Tell who reads with her ears which hint and which error belong to a field."""
    for name, field in form.fields.items():
        ids = [f"{form[name].auto_id}_helptext"] if field.help_text else []
        if form.is_bound and form.errors.get(name):
            ids.append(f"{form[name].auto_id}_error")
            field.widget.attrs["aria-invalid"] = "true"
        if ids:
            field.widget.attrs["aria-describedby"] = " ".join(ids)
