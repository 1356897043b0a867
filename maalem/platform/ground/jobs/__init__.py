"""Jobs: work done after the answer."""
