"""Statements of account: what came, what went and what is left, proved against the ledger."""
