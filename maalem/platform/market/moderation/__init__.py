"""Moderation: a piece taken off the shelf, or wanted otherwise; why; and the second look."""
