"""Exchange rates: what a price in dirhams is about, in the money of whoever looks at it."""
