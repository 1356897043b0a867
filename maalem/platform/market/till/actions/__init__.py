"""The till's verbs. Each asks the institution under a key of its press, and is written down."""
