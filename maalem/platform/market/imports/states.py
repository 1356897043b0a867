"""The life of an import and of its lines, and what can be wrong with them."""

from enum import StrEnum


class ImportStatus(StrEnum):
    """Waiting: nothing was taken in yet. Running: some was. Done: each line has its answer."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class LineStatus(StrEnum):
    """What became of a line. `same`: the piece was there and is as the line says."""

    WAITING = "waiting"
    MADE = "made"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


class Fault(StrEnum):
    """Why a cell can't be right."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NO_NUMBER = "no_number"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_CRAFT = "unknown_craft"
    UNKNOWN_SUPPLY = "unknown_supply"
    TWICE = "twice"  # the reference stands on an earlier line
    ONE_PIECE = "one_piece"
    PROMISED = "promised"
    OTHER_SUPPLY = "other_supply"  # a piece on the shelf does not become one of another kind
    UNEXPECTED = "unexpected"


class FileFault(StrEnum):
    """Why a whole file was not taken."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    NO_SHEET = "no_sheet"
    TOO_MANY_LINES = "too_many_lines"
    TOO_WIDE = "too_wide"
    NO_COLUMNS = "no_columns"
    COLUMN_TWICE = "column_twice"


class Unusable(ValueError):
    """The file can't be used; `fault` says why, `about` names a column where there is one."""

    def __init__(self, fault: FileFault, *, about: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.about = about
