"""Speech engines: one package per plug; `timing` is what plugs share."""
