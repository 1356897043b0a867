"""Who speaks, how far a piece is, and what is refused."""

from enum import StrEnum


class Side(StrEnum):
    """The two who talk."""

    BUYER = "buyer"
    WORKSHOP = "workshop"

    @property
    def other(self) -> "Side":
        """She who is spoken to."""
        return Side.WORKSHOP if self is Side.BUYER else Side.BUYER


class Stage(StrEnum):
    """How far what is made to order has come, in quarters: a picture says it without words."""

    MATERIALS = "materials"
    BEGUN = "begun"
    HALF = "half"
    NEARLY = "nearly"
    FINISHED = "finished"


class Refused(ValueError):
    """Nothing was written. `code` is one of words.REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
