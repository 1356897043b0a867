"""What is said of files, columns and cells that can't be right. In the language of the page."""

from django.utils.translation import gettext as _

from maalem.platform.market.imports.columns import NAMES
from maalem.platform.market.imports.states import Fault, FileFault, Unusable


def of_file(trouble: Unusable, *, language: str) -> str:
    """Why a file was not taken, and what to do."""
    column = column_name(trouble.about, language=language) if trouble.about else ""
    return {
        FileFault.EMPTY: _("There is no line in this file."),
        FileFault.TOO_HEAVY: _("This file is too heavy. Split it in two."),
        FileFault.NO_SHEET: _("This is no spreadsheet that we can read. Save it as XLSX or CSV."),
        FileFault.TOO_MANY_LINES: _("A file has 20,000 lines at most. Split it in two."),
        FileFault.TOO_WIDE: _("This sheet has too many columns. Start from our model."),
        FileFault.NO_COLUMNS: _("The column “{column}” is missing. Start from our model."),
        FileFault.COLUMN_TWICE: _("The column “{column}” stands there twice."),
    }[trouble.fault].format(column=column)


def of_cell(fault: str) -> str:
    """Why a cell can't be right."""
    return {
        Fault.MISSING: _("Nothing stands there."),
        Fault.TOO_LONG: _("This is too long."),
        Fault.NO_NUMBER: _("This is not a number."),
        Fault.OUT_OF_RANGE: _("This number is too small, too large, or too fine."),
        Fault.UNKNOWN_CRAFT: _("We don’t know this craft. Take one of the list."),
        Fault.UNKNOWN_SUPPLY: _("Write: one of a kind, in stock, or made to order."),
        Fault.TWICE: _("This reference stands on an earlier line already."),
        Fault.ONE_PIECE: _("Of a unique piece there is only one."),
        Fault.PROMISED: _("Buyers were promised more pieces than that."),
        Fault.OTHER_SUPPLY: _("This piece is on the shelf as another kind: make a new one."),
        Fault.UNEXPECTED: _("This line could not be taken in. Send it again, or ask us."),
    }[Fault(fault)]


def column_name(field: str, *, language: str) -> str:
    """What a column is called in the language of the page."""
    tongues = NAMES[field]
    return tongues.get(language, tongues["fr"])[0]
