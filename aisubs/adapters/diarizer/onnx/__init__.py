"""Who spoke when, with onnxruntime and numpy: two small networks hear the sound once, and leave rows to decide from.

```
blocks ─▶ chunks of 10 s ─▶ segmentation-3.0: who of ≤ 3 local voices ─▶ runs ─▶ CAM++: a print of each ─▶ rows
rows ─▶ linkage: prints to fragments ─▶ fragments to speakers ─▶ every print to a speaker ─▶ votes ─▶ turns
```
"""

from aisubs.adapters.diarizer.onnx.decider import OnnxDecider
from aisubs.adapters.diarizer.onnx.plug import OnnxDiarizer

__all__ = ["OnnxDecider", "OnnxDiarizer"]
