"""Plugs of the Store port, and of the Mirror port."""
