"""Notices: what is said to people outside a page."""
