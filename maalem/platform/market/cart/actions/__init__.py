"""What changes a cart or the pieces held for it."""
