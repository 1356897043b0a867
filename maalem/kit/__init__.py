"""Money, ids, clock, signatures and text folding. Standard library only."""
