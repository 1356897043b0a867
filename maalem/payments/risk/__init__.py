"""Which payments to refuse, to have proved, to look at: rules as data, decided before the rail."""
