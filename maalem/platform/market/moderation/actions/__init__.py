"""Looking, ruling, lifting, appealing, deciding: each verb is one transaction."""
