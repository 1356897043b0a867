"""What a checkout changes: the draft, the order, and the way to the payment page."""
