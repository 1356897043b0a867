"""Onboarding: what a workshop has and still lacks, from facts that are in the database."""
