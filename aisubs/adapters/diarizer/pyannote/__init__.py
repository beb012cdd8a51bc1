"""Who spoke when, with pyannote.audio 4 (torch): its networks hear the same chunks as ours, its clustering decides.

```
chunks of 10 s ─▶ segmentation: who of ≤ 3 local voices ─▶ embedding: a print of each ─▶ rows
rows ─▶ the pipeline's clustering (VBx, of community-1): a speaker for each print ─▶ votes ─▶ turns
```

Its own way, a whole file at once, could not be interrupted and would hold the recording: so each chunk is heard by
itself, every 4.995 s instead of every second, and is a row. The weights lie in a folder (docs/local.md); nothing is
downloaded, and nothing is told to anybody: pyannote.audio would report what it does, if it were not switched off here.
"""

from aisubs.adapters.diarizer.pyannote.loading import can_be_used
from aisubs.adapters.diarizer.pyannote.plug import PyannoteDecider, PyannoteDiarizer

__all__ = ["PyannoteDecider", "PyannoteDiarizer", "can_be_used"]
