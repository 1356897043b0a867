"""What changes a sale. Each verb is one transaction; calls outside lie between two of them."""
