"""The database dies, or its disk is full, while payments are made."""
