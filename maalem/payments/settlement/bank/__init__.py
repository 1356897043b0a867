"""The bank, by files: payouts go out as pain.001, what happened comes back as pain.002 and camt."""
