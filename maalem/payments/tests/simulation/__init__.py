"""Clients, processes, networks, a receiver and a clock in one loop, one step at a time."""
