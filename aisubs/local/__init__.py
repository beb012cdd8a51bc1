"""The one-machine edition: everything that the cloud has services for, in one process tree."""
