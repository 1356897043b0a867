"""Inbox: signed events from the payment institution."""
