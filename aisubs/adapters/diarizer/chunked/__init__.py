"""What plugs have in common that hear chunks of 10 s: the grid of time, the rows, votes and turns, prints of voices."""
