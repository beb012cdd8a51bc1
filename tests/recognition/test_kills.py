"""kill -9 with real weights: the text is the same to the byte, and who got further is followed at once."""

from __future__ import annotations

import random
from pathlib import Path

from tests.postgres import Servers
from tests.real_kills import Fire, speech, under_fire, undisturbed
from tests.workshop import Workshop

KILLS = 3


def test_killed_at_random_moments_it_ends_with_the_same_bytes(
    servers: Servers, tiny_en_model: Path, tmp_path: Path
) -> None:
    fire = Fire()
    with servers.clone("pg18") as url, Workshop(url, tmp_path, model=str(tiny_en_model), beam_size=1) as shop:
        recording = speech(tmp_path, 4)
        expected = undisturbed(shop, recording)
        under_fire(shop, recording, expected, random.Random(3), fire, KILLS)
    assert fire.kills > 0
    assert (fire.jobs, fire.equal) == (1, 1)
    assert fire.uncounted == fire.further
