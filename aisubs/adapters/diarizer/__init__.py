"""Diarizers: one package per plug."""
