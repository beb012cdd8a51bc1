"""Speech engines: one package per plug."""
