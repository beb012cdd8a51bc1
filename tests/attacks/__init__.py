"""Attacks that worked once, each with its whole kind, tried on the running system: none may work again."""
