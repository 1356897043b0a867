"""Why something in the co-operative's book is not done, to the person who asked for it."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "not_a_cooperative": _("Only a co-operative keeps a list of makers."),
    "no_name": _("Write her name, in one script at least."),
    "phone_taken": _("Another maker of yours has this telephone number. Check it."),
    "past": _("A rule can not begin in the past. Choose today or a later day."),
    "too_far": _("Choose a day within the next year."),
    "not_whole": _("The three parts must make 100 together. Change one of them."),
    "to_come": _("This day has not come yet. Choose today or an earlier day."),
    "amount": _("Give the amount in dirhams, more than nothing."),
    "moved": _("This was changed meanwhile. Below stands how it is now."),
}


def refusal(code: str) -> str:
    """The sentence for `code`, in the language of the page."""
    return str(REFUSALS[code])
