"""Plugs of the Queue port."""
