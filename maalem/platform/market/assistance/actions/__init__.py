"""What agents and artisans do about assistance: one transaction each."""
