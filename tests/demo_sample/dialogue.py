"""Who says what, and how long it is quiet before. Our own words; the proverb is nobody's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One turn. `phonemes` (IPA) instead of letters for a language that the letters-to-sounds rules do not know."""

    speaker: str
    text: str
    pause_s: float = 0.45
    language: str = "en"
    phonemes: str = ""


LINES = (
    Line("Clara", "Good morning, Tom. How was your visit to the old ferryman?", 0.6),
    Line("Tom", "Long. He talked for two hours about the river, the fog, and the people he carried across."),
    Line("Clara", "And now you have to sit down and write all of it out by hand?"),
    Line("Tom", "No. I put the recording into a folder, closed my laptop, and went for a walk along the water."),
    Line("Tom", "When I came back, every word was there, with the time when he said it.", 0.3),
    Line("Clara", "Even the saying that he learned as a child in Spain?"),
    Line("Tom", "Listen, here it is.", 0.45),
    Line(
        "The ferryman",
        "Mi abuela decía siempre: quien mucho abarca, poco aprieta.",
        1.2,
        "es",
        "mi aβwˈela ðesˈia sjˈempɾe: kjˈen mˈuʧo aβˈaɾka, pˈoko apɾjˈeta.",
    ),
    Line("Clara", "That is beautiful. It means that whoever grabs too much holds very little.", 1.2),
    Line("Tom", "So let us do one thing at a time. First the subtitles, then some breakfast.", 0.45),
)

END_S = 0.8
"""Quiet after the last word."""
