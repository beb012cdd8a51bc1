"""Plugs that tell who calls."""
