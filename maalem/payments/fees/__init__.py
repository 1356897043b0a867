"""What a payment costs and earns: dated rates, and the pure decision on one payment."""
