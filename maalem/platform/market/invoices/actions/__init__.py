"""The verbs: say how one is taxed (`say`), issue an invoice or a credit note (`issue`)."""
