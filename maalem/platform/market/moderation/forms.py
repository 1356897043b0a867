"""What moderators and workshops type. What it is worth is judged by the actions."""

from typing import Any

from django import forms

_FAR_TOO_LONG = 20_000
_LARGEST = 2**31 - 1


class Words(forms.CharField):
    """Words as they were sent; what is far beyond any limit is cut, to be refused as too long."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value))[:_FAR_TOO_LONG].replace("\x00", "")


class RuleForm(forms.Form):
    """A ruling: `do` is its kind, `seen` and `newest` what was read."""

    do = forms.CharField(required=False, max_length=20)
    reason = forms.CharField(required=False, max_length=20)
    words = Words(required=False)
    seen = forms.IntegerField(min_value=0, max_value=_LARGEST)
    newest = forms.IntegerField(min_value=0, max_value=2**63 - 1)


class AnswerForm(forms.Form):
    """An answer, a verdict or a lift: `about` is the ruling's or the appeal's number."""

    about = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    do = forms.CharField(required=False, max_length=20)
    words = Words(required=False)
