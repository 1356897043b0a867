"""Setting a card up for later payments: the issuer is asked about an amount of nothing."""
