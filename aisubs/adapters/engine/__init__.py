"""Speech engines: one package per plug; `memory`, `odds` and `timing` are what plugs share."""
