"""Artisans: who makes and sells."""
