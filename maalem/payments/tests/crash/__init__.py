"""Every money path, killed at every statement, and what stands afterwards."""
