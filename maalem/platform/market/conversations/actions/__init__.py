"""What is said in a conversation: one transaction each."""
