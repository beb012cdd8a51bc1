"""espeak-ng in process, through ctypes: text -> samples with the start of every word and phone.

Needs the shared library (Debian: `libespeak-ng1`, `espeak-ng-data`).
Source: espeak-ng's `speak_lib.h`, API revision 12 (espeak-ng 1.50 and later).
"""

import ctypes
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

INSTALL_HINT = "espeak-ng is missing: sudo apt-get install libespeak-ng1 espeak-ng-data"

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: hand the samples to the callback, play nothing
_PHONEME_EVENTS = 1  # espeakINITIALIZE_PHONEME_EVENTS
_UTF8 = 1  # espeakCHARS_UTF8
_POS_CHARACTER = 1
_LIST_TERMINATED, _WORD, _PHONEME = 0, 1, 7  # espeak_EVENT_TYPE
_RATE, _PITCH, _PITCH_RANGE, _WORD_GAP = 1, 3, 4, 7  # espeak_PARAMETER


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # in characters, from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # in ms
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass
class Speech:
    """What one call of the synthesiser gave."""

    sample_rate: int
    """Hz; 22050 for all of espeak-ng's own voices."""
    blocks: list[NDArray[np.int16]] = field(default_factory=list)
    word_starts_ms: list[tuple[int, int]] = field(default_factory=list)
    """(0-based character position in the text, ms from the first sample)."""
    phone_starts_ms: list[tuple[int, str]] = field(default_factory=list)
    """(ms from the first sample, espeak's name of the phone)."""

    @property
    def samples(self) -> NDArray[np.float32]:
        """Mono samples in -1 … 1."""
        joined = np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.int16)
        return joined.astype(np.float32) / np.float32(32768)


class Espeak:
    """One synthesiser. The library holds global state, so a process makes only one."""

    def __init__(self) -> None:
        """Loads the library; raises `RuntimeError` with an installation hint if there is none."""
        try:
            self._library = ctypes.CDLL("libespeak-ng.so.1")
        except OSError as error:
            raise RuntimeError(INSTALL_HINT) from error
        self._sample_rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS))
        if self._sample_rate <= 0:
            raise RuntimeError(INSTALL_HINT)
        text_and_place = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint)
        self._library.espeak_Synth.argtypes = (*text_and_place, ctypes.c_void_p, ctypes.c_void_p)
        self._callback = _Callback(self._collect)  # kept: ctypes would free it
        self._library.espeak_SetSynthCallback(self._callback)
        self._speech = Speech(self._sample_rate)

    def _collect(self, wave, count, events) -> int:  # type: ignore[no-untyped-def]  # ctypes pointers
        if wave and count > 0:
            self._speech.blocks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while events[index].type != _LIST_TERMINATED:
            event = events[index]
            if event.type == _WORD:
                self._speech.word_starts_ms.append((event.text_position - 1, event.audio_position))
            elif event.type == _PHONEME:
                name = bytes(event.id.string).split(b"\0")[0].decode("utf8", "replace")
                self._speech.phone_starts_ms.append((event.audio_position, name))
            index += 1
        return 0

    def speak(
        self, text: str, voice: str, rate_wpm: int = 170, pitch: int = 50, pitch_range: int = 50, word_gap: int = 0
    ) -> Speech:
        """Synthesise `text`; `voice` as `en-us` or `en-us+f3`, `pitch` and `pitch_range` 0 to 100, `word_gap` in 10 ms.

        Raises `ValueError` for a voice that espeak-ng doesn't have.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        settings = ((_RATE, rate_wpm), (_PITCH, pitch), (_PITCH_RANGE, pitch_range), (_WORD_GAP, word_gap))
        for parameter, value in settings:
            self._library.espeak_SetParameter(parameter, int(value), 0)
        self._speech = Speech(self._sample_rate)
        encoded = text.encode() + b"\0"
        self._library.espeak_Synth(encoded, len(encoded), 0, _POS_CHARACTER, 0, _UTF8, None, None)
        return self._speech
