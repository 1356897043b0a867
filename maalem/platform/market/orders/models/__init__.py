"""The sale as it was agreed (`sale`), and the money asked for it and received (`money`)."""

from maalem.platform.market.orders.models.money import (
    Alert,
    Goodwill,
    Payment,
    PaymentAttempt,
    Refund,
    Release,
    Reversal,
)
from maalem.platform.market.orders.models.sale import History, Order, OrderGroup, OrderLine

__all__ = [
    "Alert",
    "Goodwill",
    "History",
    "Order",
    "OrderGroup",
    "OrderLine",
    "Payment",
    "PaymentAttempt",
    "Refund",
    "Release",
    "Reversal",
]
