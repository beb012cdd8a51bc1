"""`aisubs transcribe --server`: another aisubs server does the work, asked by its web API with a key."""
