"""Maalem: a marketplace for artisans, and the payment institution behind it."""
