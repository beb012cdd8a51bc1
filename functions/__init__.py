"""The cloud's doors. Each parses a request, makes one pipeline call, and answers."""
