"""The verbs of a return: one transaction each."""
