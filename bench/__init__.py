"""Us and the peers, side by side, on one machine, in one run: `make bench`."""
