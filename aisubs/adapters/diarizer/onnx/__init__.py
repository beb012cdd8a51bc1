"""Who spoke when, with onnxruntime and numpy: two small networks hear the sound once, and leave rows to decide from."""
