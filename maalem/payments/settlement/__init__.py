"""From an owner's balance to her bank: bank accounts, payouts, reserves, and what she owes us."""
