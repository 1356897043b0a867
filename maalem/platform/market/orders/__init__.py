"""Orders: what was promised."""
