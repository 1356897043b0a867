"""Makers: what each one earns of what her co-operative sells, by the rule it gave itself."""
