"""The whole story of a payment: every record, booking, event and delivery that hangs on one word.

The word is a receipt number, any object's id, or a shop's order number (a transfer group, a value
of metadata, a session's reference). From there references are followed from table to table, as the
schema names them, so that a room that is built later is in the story too. Read only; what is shown
of a row is on a list, and no secret is.
"""

from maalem.payments.story.records import Entry, Held, Run, Story
from maalem.payments.story.tell import OBJECTS_MAX, tell

__all__ = ["OBJECTS_MAX", "Entry", "Held", "Run", "Story", "tell"]
