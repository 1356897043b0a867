"""Writing, answering, reporting, hiding, appealing: each verb is one transaction."""
