"""The closed lists of this room. An invoice has no state: it is issued, and stays as it was."""

from enum import StrEnum


class Kind(StrEnum):
    """The two papers, each with a series of its own."""

    INVOICE = "invoice"
    CREDIT = "credit"


class Regime(StrEnum):
    """How a workshop stands to VAT, as it says itself."""

    SMALL = "small"  # exempt by its turnover (CGI art. 91-II)
    VAT = "vat"


class Cause(StrEnum):
    """Why a credit note was issued."""

    CANCELLED = "cancelled"
    RETURNED = "returned"
    CLAIMED = "claimed"
