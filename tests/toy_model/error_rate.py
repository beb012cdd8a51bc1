"""Word error rate: how many words must be changed, left out or put in to make the transcript right."""

import unicodedata


def spoken_words(text: str) -> list[str]:
    """Lower-case words without punctuation; letters with accents are kept."""
    letters = (c if c.isalnum() else " " for c in unicodedata.normalize("NFC", text).lower())
    return "".join(letters).split()


def count_word_errors(expected: list[str], heard: list[str]) -> int:
    """Levenshtein distance over words: substitutions + deletions + insertions."""
    distances = list(range(len(heard) + 1))
    for row, word in enumerate(expected, 1):
        diagonal, distances[0] = distances[0], row
        for column, other in enumerate(heard, 1):
            substituted = diagonal + (word != other)
            diagonal = distances[column]
            distances[column] = min(substituted, distances[column] + 1, distances[column - 1] + 1)
    return distances[-1]


def word_error_rate(expected: str, heard: str) -> float:
    """Errors per expected word, from 0; above 1 if much was made up. Raises `ValueError` when nothing was expected."""
    words = spoken_words(expected)
    if not words:
        raise ValueError("no expected words")
    return count_word_errors(words, spoken_words(heard)) / len(words)
