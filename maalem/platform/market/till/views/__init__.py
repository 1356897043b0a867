"""The till's pages. Each is of one account only."""
