"""Everything that can go wrong on the way to the payment institution: a closed tree."""


class GatewayError(Exception):
    """The root. `code` is the institution's word for it, or ours where it gave none."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Declined(GatewayError):
    """The payer's bank or wallet said no. Nothing was charged; another means may work."""


class Refused(GatewayError):
    """The institution understood and will not. Asking the same again gives the same answer."""


class Unknown(GatewayError):
    """No answer that tells: it may have happened. Ask again with the same key; never "failed"."""


class Unavailable(GatewayError):
    """It did not happen: the institution could not be asked. Asking later is right."""


class BadSignature(GatewayError):
    """A message that the institution did not sign, or signed too long ago. Believe none of it."""
