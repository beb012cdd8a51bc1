"""Plugs of the Runner port."""
