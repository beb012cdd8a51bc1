"""The closed vocabulary of the toy model: 138 English and 63 Spanish words, by the part they play.

Every word is one token of the model (`tokens.py`), so adding a word here means training again.
"""


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


NUMBERS = _words("zero one two three four five six seven eight nine ten eleven twelve twenty thirty hundred thousand")
COLOURS = _words("red green blue yellow black white orange brown")
NAMES = ("alice", "bob")
RECORDINGS = _words("audio video file recording speech text message")
PLACES = _words("cloud storage bucket queue server machine")
WORK = _words("job worker model upload event function progress status result error test demo")
TALK = _words("speaker segment word language question answer meeting")
TIMES = _words("second minute hour day week morning night")
DAYS = ("today", "tomorrow")
QUALITIES = _words("small large new quick lazy good ready first last next done")
ACTIONS = _words("start stop run wait open close send read write listen speak")
HAPPENINGS = _words("works starts ends begins jumps")
GLUE = _words(
    "the this is a of and in on with we you it i not every now here are was will can all from by at my your our "
    "to for over"
)
PHRASES = _words("hello world welcome please thank yes no again transcription pipeline fox dog")

ENGLISH = (
    NUMBERS + COLOURS + NAMES + RECORDINGS + PLACES + WORK + TALK + TIMES + DAYS
    + QUALITIES + ACTIONS + HAPPENINGS + GLUE + PHRASES
)  # fmt: skip

NUMEROS = _words("cero uno dos tres cuatro cinco seis siete ocho nueve diez veinte cien")
COLORES = _words("rojo verde azul blanco negro")
COSAS = _words("archivo audio vídeo voz texto modelo prueba mundo perro casa agua minuto hora trabajo error")
OTRAS = _words(
    "hola esto es una un de la el los y en con por para buenos días noches gracias favor "
    "pequeño grande muy bien adiós sí no quiero hoy mañana listo"
)
SPANISH = NUMEROS + COLORES + COSAS + OTRAS

WORDS_BY_LANGUAGE = {"en": ENGLISH, "es": SPANISH}
"""Language code -> its words, lower case, each once."""

ALL_WORDS = tuple(dict.fromkeys(ENGLISH + SPANISH))
"""Both languages' words in a fixed order; a spelling that both share ("audio") stands once."""
