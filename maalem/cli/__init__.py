"""The command line: up, demo, doctor, verify."""
