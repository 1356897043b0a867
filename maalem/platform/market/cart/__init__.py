"""Cart: what a buyer means to buy."""
