"""A safeguarding proof on paper: a page in three languages, and a sheet for a program."""
