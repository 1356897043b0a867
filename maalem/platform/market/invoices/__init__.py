"""Invoices and credit notes: one series of numbers per workshop and year, without a gap."""
