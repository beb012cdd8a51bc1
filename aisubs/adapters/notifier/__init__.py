"""Plugs of the Notifier port."""
