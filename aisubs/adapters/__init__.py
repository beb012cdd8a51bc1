"""The plugs: one folder per port, one file or folder per plug. Only aisubs/wiring.py imports them."""
