"""What a workshop and a hub do about an inspection: one transaction each."""
