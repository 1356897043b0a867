"""Checkout: from cart to paid order."""
