"""Places: regions, provinces, communes."""
