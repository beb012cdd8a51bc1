"""Recordings with something wrong with them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np


def silent_video(path: Path) -> None:
    """Pictures without a sound track."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
