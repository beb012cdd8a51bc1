"""The picture: who speaks, and the sound as bars that run past. Small, because all that moves moves by whole bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT, PICTURES_PER_S = 480, 270, 10

_BAR, _GAP = 6, 2
_BARS = WIDTH // (_BAR + _GAP)
_MIDDLE_Y, _HALF_HEIGHT = 170, 60
_BACKGROUND, _QUIET, _TITLE = (18, 22, 30), (70, 78, 94), (150, 158, 174)
COLOURS = {"Clara": (255, 170, 90), "Tom": (110, 180, 255), "The ferryman": (130, 220, 150)}
TITLE = "What the ferryman said"

Pixels = npt.NDArray[np.uint8]


class Picture:
    """Draws the picture of a moment."""

    def __init__(self, samples: npt.NDArray[np.float32], rate_hz: int) -> None:
        block = rate_hz // PICTURES_PER_S
        whole = samples[: len(samples) // block * block].reshape(-1, block)
        loudness = np.sqrt((whole**2).mean(axis=1))
        self._heights = np.minimum(1.0, loudness / 0.16)

    def at(self, number: int, speaker: str | None) -> Pixels:
        """Picture `number` (0, 1, …): RGB of shape (HEIGHT, WIDTH, 3). The moment itself is in the middle."""
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (WIDTH, HEIGHT), _BACKGROUND)
        draw = ImageDraw.Draw(image)
        draw.text((WIDTH // 2, 28), TITLE, font=_font(18), fill=_TITLE, anchor="mm")
        if speaker:
            draw.text((WIDTH // 2, 72), speaker, font=_font(34), fill=COLOURS[speaker], anchor="mm")
        for column in range(_BARS):
            index = number + column - _BARS // 2
            height = float(self._heights[index]) if 0 <= index < len(self._heights) else 0.0
            half = max(1, round(height * _HALF_HEIGHT))
            colour = COLOURS.get(speaker or "", _QUIET) if column == _BARS // 2 else _QUIET
            left = column * (_BAR + _GAP)
            draw.rectangle((left, _MIDDLE_Y - half, left + _BAR - 1, _MIDDLE_Y + half), fill=colour)
        return np.asarray(image)


def _font(size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)
