"""Card numbers go in and never come out, except into one call to a rail."""
