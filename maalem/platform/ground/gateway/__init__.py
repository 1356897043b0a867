"""Gateway: the only way to the payment institution."""
