"""What the platform keeps of a sale: the operator's rules, and how a sale is divided by them."""
