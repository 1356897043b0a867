"""What a page showed, sealed into its form: so that nobody overwrites what she has not read."""

from typing import Any

from django import forms
from django.core import signing

_SEEN = "studio.seen"


class Seen(forms.CharField):
    """What the page showed, as it comes back; None for what nobody signed."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            return signing.loads(super().to_python(value), salt=_SEEN)
        except signing.BadSignature:
            return None

    @staticmethod
    def sealed(what: Any) -> str:
        """`what` (JSON) for the form's hidden field."""
        return signing.dumps(what, salt=_SEEN, compress=True)
