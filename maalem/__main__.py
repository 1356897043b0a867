"""`python -m maalem` is the same as the `maalem` command."""

from maalem.cli.__main__ import main

main()
