"""Plugs of `aisubs.ports.Translator`."""
