"""A finished text in other languages: cut into whole sentences, translated batch by batch, put back on the time of what
was said. Every sentence of the original is accounted for exactly once."""
