"""Site: the frame every page shares."""
