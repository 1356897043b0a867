"""Catalogues that come in as a spreadsheet: read, checked line by line, taken in, resumed."""
