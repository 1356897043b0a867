"""The pages where a payer types a secret: checkout, challenge, wallet approval."""
