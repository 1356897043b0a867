"""Till: payments, refunds and the money, for those they belong to and for the officers."""
