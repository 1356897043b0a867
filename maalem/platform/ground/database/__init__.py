"""Django's way to PostgreSQL; before a request it looks at the line and asks nothing."""
