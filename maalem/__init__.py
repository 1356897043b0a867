"""Maalem: a marketplace for artisans, and the payment institution behind it."""

import zoneinfo

# Morocco has changed its hour more than once, and a machine's own table of zones may be years old.
# A day of the books is the same everywhere: by the table that is locked with the program.
zoneinfo.reset_tzpath(to=())
