"""The closed vocabulary of the demo model: 138 English and 63 Spanish words, grouped by the part they play in a sentence.

Every word is one token of the model (`tokens.py`), so adding a word here means training again.
"""

NUMBERS = tuple(
    "zero one two three four five six seven eight nine ten eleven twelve twenty thirty hundred thousand".split()
)
COLOURS = tuple("red green blue yellow black white orange brown".split())
NAMES = ("alice", "bob")
RECORDINGS = tuple("audio video file recording speech text message".split())
PLACES = tuple("cloud storage bucket queue server machine".split())
WORK = tuple("job worker model upload event function progress status result error test demo".split())
TALK = tuple("speaker segment word language question answer meeting".split())
TIMES = tuple("second minute hour day week morning night".split())
DAYS = ("today", "tomorrow")
QUALITIES = tuple("small large new quick lazy good ready first last next done".split())
ACTIONS = tuple("start stop run wait open close send read write listen speak".split())
HAPPENINGS = tuple("works starts ends begins jumps".split())
GLUE = tuple(
    "the this is a of and in on with we you it i not every now here are was will can all from by at my your our to for over".split()
)
PHRASES = tuple("hello world welcome please thank yes no again transcription pipeline fox dog".split())

ENGLISH = (
    NUMBERS + COLOURS + NAMES + RECORDINGS + PLACES + WORK + TALK + TIMES + DAYS
    + QUALITIES + ACTIONS + HAPPENINGS + GLUE + PHRASES
)  # fmt: skip

NUMEROS = tuple("cero uno dos tres cuatro cinco seis siete ocho nueve diez veinte cien".split())
COLORES = tuple("rojo verde azul blanco negro".split())
COSAS = tuple("archivo audio vídeo voz texto modelo prueba mundo perro casa agua minuto hora trabajo error".split())
OTRAS = tuple(
    "hola esto es una un de la el los y en con por para buenos días noches gracias favor "
    "pequeño grande muy bien adiós sí no quiero hoy mañana listo".split()
)
SPANISH = NUMEROS + COLORES + COSAS + OTRAS

WORDS_BY_LANGUAGE = {"en": ENGLISH, "es": SPANISH}
"""Language code -> its words, lower case, each once."""

ALL_WORDS = tuple(dict.fromkeys(ENGLISH + SPANISH))
"""Both languages' words in a fixed order; a spelling that both share ("audio") stands once."""
