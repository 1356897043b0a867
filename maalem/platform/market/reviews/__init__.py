"""Reviews: what buyers say of a bought line, what its maker answers, and who judges them."""
