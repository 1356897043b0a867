"""The bank that keeps the clients' money: a port for files, and a bank that is simulated."""
