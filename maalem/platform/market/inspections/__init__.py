"""What a hub says of a piece before it leaves: taken in, looked at, let go or not."""
