"""Random sentences over the lexicon: half of them natural (patterns with slots), half of them mere strings of words.

The strings keep the decoder honest: it can't guess the next word from the ones before, so it has to listen.
A fixed share of all possible sentences is *held out*: training never speaks them, the evaluation speaks nothing else.
"""

import random
import zlib

from tests.toy_model import lexicon

HELD_OUT_ONE_IN = 12
_HELD_OUT_FROM_WORDS = 4  # shorter ones are too few to be spared

_SLOTS = {
    "number": lexicon.NUMBERS[:14],
    "colour": lexicon.COLOURS,
    "name": lexicon.NAMES,
    "recording": lexicon.RECORDINGS,
    "place": lexicon.PLACES,
    "work": lexicon.WORK,
    "talk": lexicon.TALK,
    "thing": lexicon.RECORDINGS + lexicon.PLACES + lexicon.WORK + lexicon.TALK,
    "quality": lexicon.QUALITIES[:9] + lexicon.COLOURS,
    "time": lexicon.TIMES,
    "day": lexicon.DAYS,
    "action": lexicon.ACTIONS,
    "numero": lexicon.NUMEROS,
    "color": lexicon.COLORES,
    "cosa": lexicon.COSAS,
}

_ENGLISH_PATTERNS = tuple(
    line.strip()
    for line in """
    hello world
    hello world this is a test of the transcription pipeline
    hello {name} and welcome to the {talk}
    this is a test
    this is the {thing}
    this is a {quality} {thing}
    welcome to the demo
    welcome to the transcription pipeline
    good morning {name}
    good morning and welcome to the {talk}
    good night {name}
    thank you {name}
    thank you for your {thing}
    thank you and good night
    the quick brown fox jumps over the lazy dog
    the {colour} fox jumps over the {colour} dog
    my dog is {colour} and your dog is {colour}
    the {thing} is ready
    the {thing} is {quality}
    the {thing} is not {quality}
    the {thing} was {quality} and the {thing} is {quality}
    the {thing} is in the {place} now
    the {recording} is on the {place}
    please {action} the {thing}
    please {action} the {thing} again
    please {action} the {quality} {thing} now
    please upload the {recording} file to the cloud storage bucket
    please send the {recording} to {name}
    please read the next {talk}
    please wait a {time}
    {name} will {action} the {thing} {day}
    {name} and {name} are in the meeting
    {name} can {action} and {name} can {action}
    we can {action} every {time}
    we start {day} and stop {day}
    we will {action} the {quality} {thing} at {number}
    can we {action} the {thing} now
    will you {action} the {thing} for {name}
    are you ready {name}
    was the {thing} {quality}
    the meeting starts at {number}
    the meeting ends at {number}
    the meeting starts at {number} and ends at {number}
    every {thing} begins with a {quality} {thing}
    not every {thing} is {quality}
    question {number} is for {name}
    the answer is {number}
    the answer to question {number} is {number}
    speaker {number} is {name}
    job {number} is {quality}
    job {number} is in the queue
    the {work} starts at {number} and the {work} ends at {number}
    the cloud function will start a new job
    the worker will read the {recording} and write the text
    the worker will read the {recording} from the {place}
    the server will wait for one {time}
    the status of job {number} is {quality}
    progress is {number} of {number}
    the result of the {work} is here
    here is the {quality} {recording} for {name}
    send your {recording} to the {place}
    you can send a {quality} {recording} to the {place}
    our model will write every word
    our {work} is {quality} and your {work} is {quality}
    i can listen to the speech and write the text
    i will {action} the {recording} {day}
    listen to the {quality} {recording} again
    the language of the {recording} is not new
    the last word is {colour}
    the first word is {number} and the last word is {number}
    all of the {recording} is from the {place}
    one {time} of speech and one {time} of audio
    yes it works
    yes the {thing} works
    no it is not {quality}
    no the {thing} was not {quality}
    run the test again please
    {colour} {colour} and {colour}
    {number} {number} {number}
    {number} {number} {number} {number} {number}
    {number} {number} {number} {number} {number} {number} {number} {number}
    one two three four five six seven eight nine ten
    """.strip().splitlines()
)
_SPANISH_PATTERNS = tuple(
    line.strip()
    for line in """
    hola mundo
    hola mundo esto es una prueba
    hola y buenos días
    buenos días y gracias por el {cosa}
    gracias por la {cosa}
    muy bien gracias
    esto es un {cosa} pequeño
    esto es un {cosa} {color}
    el {cosa} es {color}
    el {cosa} es muy grande
    la casa es {color} y el perro es {color}
    el perro {color} y el perro {color}
    quiero agua por favor
    quiero {numero} y no quiero {numero}
    uno dos tres cuatro cinco
    {numero} {numero} {numero}
    {numero} {numero} {numero} {numero} {numero}
    un archivo de audio y un archivo de vídeo
    el trabajo es para hoy
    el {cosa} es para mañana
    sí el modelo es muy pequeño
    no el {cosa} no es {color}
    una hora y {numero} minuto
    adiós y gracias
    buenos días mundo
    """.strip().splitlines()
)
PATTERNS = {"en": _ENGLISH_PATTERNS, "es": _SPANISH_PATTERNS}


def fill_pattern(rng: random.Random, pattern: str) -> list[str]:
    """Words of `pattern` with every `{slot}` drawn from its word group."""
    return [rng.choice(_SLOTS[part[1:-1]]) if part.startswith("{") else part for part in pattern.split()]


def natural_sentence(rng: random.Random, language: str) -> list[str]:
    """A sentence that a person could say, as lower-case words."""
    return fill_pattern(rng, rng.choice(PATTERNS[language]))


def word_string(rng: random.Random, language: str) -> list[str]:
    """One to ten words in no sensible order, sometimes with the same word twice in a row."""
    words: list[str] = []
    for _ in range(rng.randint(1, 10 if language == "en" else 8)):
        repeats = words and rng.random() < 0.06  # models like ours stumble over repeated words unless they meet them
        words.append(words[-1] if repeats else rng.choice(lexicon.WORDS_BY_LANGUAGE[language]))
    return words


def is_held_out(words: list[str]) -> bool:
    """True for the fixed share of sentences that training must never speak."""
    if len(words) < _HELD_OUT_FROM_WORDS:
        return False
    return zlib.crc32(" ".join(words).encode()) % HELD_OUT_ONE_IN == 0


def draw_sentence(rng: random.Random, language: str, natural_share: float = 0.5, held_out: bool = False) -> list[str]:
    """A sentence for training (`held_out=False`) or for evaluation (`held_out=True`); the two never meet."""
    draw = natural_sentence if rng.random() < natural_share else word_string
    while True:
        words = draw(rng, language)
        if is_held_out(words) == held_out:
            return words
