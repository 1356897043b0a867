"""Sounds: short recordings of people's voices, taken in with care, served as they are."""
