"""Returns: a buyer changes her mind about what has arrived, and sends it back."""
