"""Pictures: taken in from people, made smaller, served."""
