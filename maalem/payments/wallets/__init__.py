"""Mobile wallets as a payer uses them: a telephone number, a secret code, a level and its cap."""
