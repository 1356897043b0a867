"""Ports outward: the card network, the issuer's challenge, the mobile switch."""
