"""The tokens of the toy model, in the order that CTranslate2's Whisper expects.

Text tokens are 256 bytes (so that any prompt can be encoded) and each word of the lexicon as " word" and as " Word".
Then follow the special tokens; the 1501 timestamps (0.00 to 30.00 s in steps of 20 ms) must be the very last ids.

CTranslate2 (`src/models/whisper.cc`) takes a model for multilingual when its vocabulary holds the empty string,
whatever its size; without it there would be no language tokens.
"""

import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from tests.toy_model.lexicon import ALL_WORDS

TIMESTAMP_STEP_S = 0.02
TIMESTAMPS = 1501
LANGUAGES = ("en", "es")


def _byte_letters() -> list[str]:
    """GPT-2's printable stand-in for each of the 256 bytes, as byte-level BPE writes them."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        letters.setdefault(byte, chr(256 + len(letters) - len(printable)))
    return [letters[byte] for byte in range(256)]


_LETTERS = _byte_letters()


def _byte_level(text: str) -> str:
    return "".join(_LETTERS[byte] for byte in text.encode())


TEXT_TOKENS = (
    *_LETTERS,
    *(_byte_level(" " + word) for word in ALL_WORDS),
    *(_byte_level(" " + word[0].upper() + word[1:]) for word in ALL_WORDS),
    "",  # as said above: this makes the model multilingual
)
SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    *(f"<|{code}|>" for code in LANGUAGES),
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
VOCABULARY = (*TEXT_TOKENS, *SPECIAL_TOKENS, *(f"<|{i * TIMESTAMP_STEP_S:.2f}|>" for i in range(TIMESTAMPS)))

SPECIAL = {token: len(TEXT_TOKENS) + index for index, token in enumerate(SPECIAL_TOKENS)}
END_OF_TEXT = SPECIAL["<|endoftext|>"]
START_OF_TRANSCRIPT = SPECIAL["<|startoftranscript|>"]
START_OF_PREVIOUS = SPECIAL["<|startofprev|>"]
TRANSCRIBE = SPECIAL["<|transcribe|>"]
NO_SPEECH = SPECIAL["<|nospeech|>"]
NO_TIMESTAMPS = SPECIAL["<|notimestamps|>"]
FIRST_TIMESTAMP = NO_TIMESTAMPS + 1

FULL_STOP = ord(".")
SPACE_BYTE = 32
WORD_INDEX = {word: index for index, word in enumerate(ALL_WORDS)}
_FIRST_WORD = 256
_FIRST_CAPITAL = _FIRST_WORD + len(ALL_WORDS)


def timestamp(seconds: float) -> int:
    """Id of the timestamp nearest to `seconds` from the start of the window, kept within 0 to 30 s."""
    return FIRST_TIMESTAMP + min(TIMESTAMPS - 1, max(0, round(seconds / TIMESTAMP_STEP_S)))


def sentence(words: list[str]) -> list[int]:
    """Ids of " First second … ." for lower-case words."""
    ids = [WORD_INDEX[word] + _FIRST_WORD for word in words]
    ids[0] += len(ALL_WORDS)
    return [*ids, FULL_STOP]


def write_tokenizer(path: Path) -> None:
    """Write `tokenizer.json` as faster-whisper reads it: whole words at once, anything else byte by byte."""
    tokenizer = Tokenizer(
        models.BPE(vocab={token: i for i, token in enumerate(TEXT_TOKENS)}, merges=[], ignore_merges=True)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS])
    ids = tokenizer.get_vocab()
    if any(ids[token] != index for token, index in SPECIAL.items()):
        raise ValueError("the special tokens' ids are not those of the vocabulary")
    path.write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False))
