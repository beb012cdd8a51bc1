"""The plug: a folder per pair of languages, with `model.bin`, `source.spm` and `target.spm`, as

    ct2-transformers-converter --model Helsinki-NLP/opus-mt-en-de --output_dir opus-mt-en-de \\
        --copy_files source.spm target.spm

makes it. One pair is loaded at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ctranslate2
import sentencepiece

from aisubs.model.errors import error
from aisubs.ports import Answer, Order

FILES = ("model.bin", "config.json", "source.spm", "target.spm")
END = "</s>"
MAX_PIECES = 500
"""Marian models know 512 places. Our sentences have some dozens of words."""
BEAM = 4


class OpusMtTranslator:
    """Plug of `aisubs.ports.Translator`. A glossary cannot be told to such a model; whoever asks checks it."""

    name = "opus-mt"
    sent_to: str | None = None

    def __init__(self, folder: Path | None, device: str, compute_type: str, *, threads: int = 0) -> None:
        """Raises ValueError, with a sentence, where there are no models."""
        if folder is None:
            raise ValueError("TRANSLATION_MODEL_DIR names no folder of models")
        if not folder.is_dir():
            raise ValueError(f"{folder} is no folder")
        self._folder = folder
        self._how: dict[str, Any] = {"device": device, "compute_type": compute_type, "intra_threads": threads}
        self._loaded: tuple[Path, _Pair] | None = None

    def check(self, source: str, target: str) -> None:
        self._find(source, target)

    def translate(self, order: Order) -> Answer:
        pair = self._load(self._find(order.source, order.target))
        try:
            texts, pieces = pair.translate([text for _, text in order.sentences], order.target)
        except RuntimeError as fault:  # memory, or what the library makes of a broken model
            raise error("translator_unavailable", str(fault)) from fault
        return Answer([(number, text) for (number, _), text in zip(order.sentences, texts, strict=True)], pieces)

    def _find(self, source: str, target: str) -> Path:
        """The last of several by name. Raises `no_such_pair`."""
        ending = f"{source}-{target}"
        for place in sorted(self._folder.iterdir(), reverse=True):
            named = place.name == ending or place.name.endswith(f"-{ending}")
            if named and all((place / name).is_file() for name in FILES):
                return place
        raise error("no_such_pair", f"no folder …{ending} in {self._folder}", source=source, target=target)

    def _load(self, place: Path) -> _Pair:
        if self._loaded is None or self._loaded[0] != place:
            self._loaded = None  # never two at a time
            try:
                self._loaded = place, _Pair(place, self._how)
            except (RuntimeError, ValueError, OSError) as fault:
                why = f"{place.name} could not be loaded ({fault})"
                raise error("translator_unusable", translator="opus-mt", why=why) from fault
        return self._loaded[1]


class _Pair:
    """One loaded model with the pieces that its words are made of."""

    def __init__(self, place: Path, how: dict[str, Any]) -> None:
        self._model = ctranslate2.Translator(str(place), **how)
        self._source = sentencepiece.SentencePieceProcessor(model_file=str(place / "source.spm"))
        self._target = sentencepiece.SentencePieceProcessor(model_file=str(place / "target.spm"))
        config = json.loads((place / "config.json").read_text("utf-8"))
        self._ends = not config.get("add_source_eos", False)
        self._known = _vocabulary(place)

    def translate(self, texts: list[str], target: str) -> tuple[list[str], int]:
        """With how many pieces went in and came out."""
        # Models of several target languages are told by a first piece which is meant.
        tag = [f">>{target}<<"] if f">>{target}<<" in self._known else []
        asked = [
            tag + self._source.encode(text, out_type=str)[:MAX_PIECES] + ([END] if self._ends else []) for text in texts
        ]
        results = self._model.translate_batch(asked, beam_size=BEAM, max_decoding_length=MAX_PIECES)
        said = [[piece for piece in result.hypotheses[0] if piece != END] for result in results]
        return [self._target.decode(pieces) for pieces in said], sum(map(len, asked)) + sum(map(len, said))


def _vocabulary(place: Path) -> frozenset[str]:
    """Of the source: JSON, or a piece a line in what older converters wrote."""
    for name in ("shared_vocabulary", "source_vocabulary"):
        if (file := place / f"{name}.json").is_file():
            return frozenset(json.loads(file.read_text("utf-8")))
        if (file := place / f"{name}.txt").is_file():
            return frozenset(file.read_text("utf-8").splitlines())
    return frozenset()
