"""The worker's door: one container, one execution, one or many jobs."""
