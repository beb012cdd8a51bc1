"""The languages Whisper knows, by the codes it uses (mostly ISO 639-1). A test compares them with the tokenizer."""

from functools import lru_cache

import langcodes
from langcodes.tag_parser import LanguageTagError

LANGUAGES: dict[str, str] = {
    "af": "Afrikaans",
    "am": "Amharic",
    "ar": "Arabic",
    "as": "Assamese",
    "az": "Azerbaijani",
    "ba": "Bashkir",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "bo": "Tibetan",
    "br": "Breton",
    "bs": "Bosnian",
    "ca": "Catalan",
    "cs": "Czech",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "eu": "Basque",
    "fa": "Persian",
    "fi": "Finnish",
    "fo": "Faroese",
    "fr": "French",
    "gl": "Galician",
    "gu": "Gujarati",
    "ha": "Hausa",
    "haw": "Hawaiian",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "ht": "Haitian Creole",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "jw": "Javanese",
    "ka": "Georgian",
    "kk": "Kazakh",
    "km": "Khmer",
    "kn": "Kannada",
    "ko": "Korean",
    "la": "Latin",
    "lb": "Luxembourgish",
    "ln": "Lingala",
    "lo": "Lao",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mg": "Malagasy",
    "mi": "Maori",
    "mk": "Macedonian",
    "ml": "Malayalam",
    "mn": "Mongolian",
    "mr": "Marathi",
    "ms": "Malay",
    "mt": "Maltese",
    "my": "Burmese",
    "ne": "Nepali",
    "nl": "Dutch",
    "nn": "Norwegian Nynorsk",
    "no": "Norwegian",
    "oc": "Occitan",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sa": "Sanskrit",
    "sd": "Sindhi",
    "si": "Sinhala",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sn": "Shona",
    "so": "Somali",
    "sq": "Albanian",
    "sr": "Serbian",
    "su": "Sundanese",
    "sv": "Swedish",
    "sw": "Swahili",
    "ta": "Tamil",
    "te": "Telugu",
    "tg": "Tajik",
    "th": "Thai",
    "tk": "Turkmen",
    "tl": "Tagalog",
    "tr": "Turkish",
    "tt": "Tatar",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "yi": "Yiddish",
    "yo": "Yoruba",
    "zh": "Chinese",
    "yue": "Cantonese",
}

_OTHER_NAMES = {
    # What the code of today means in Whisper's older ones.
    "jv": "jw",
    "nb": "no",
    "fil": "tl",
    # Subtitle sites and Bazarr write Chinese scripts, and the Portuguese of Brazil, like this.
    **dict.fromkeys(("chs", "cht", "zhs", "zht", "hans", "hant", "mandarin"), "zh"),
    **dict.fromkeys(("pob", "pb", "brazilian"), "pt"),
    "castilian": "es",
    "farsi": "fa",
    "flemish": "nl",
}

_BY_NAME = {name.lower(): code for code, name in LANGUAGES.items()}


@lru_cache(maxsize=4096)
def language_of(tag: str) -> str | None:
    """The code in LANGUAGES that a tag means, whoever wrote it; None for none of them.

    Takes ISO 639-1 and 639-2 (both kinds, as films carry them: "ger", "deu"), BCP 47 ("pt-BR", "zh_Hant"), retired
    codes ("iw") and English names ("German").
    """
    plain = tag.strip().lower()
    known = _OTHER_NAMES.get(plain) or _BY_NAME.get(plain) or (plain if plain in LANGUAGES else None)
    if known is not None:
        return known
    try:
        language = langcodes.Language.get(plain)
    except LanguageTagError:
        return None
    for code in (language.language, langcodes.standardize_tag(plain, macro=True).partition("-")[0]):
        if code in LANGUAGES or code in _OTHER_NAMES:
            return _OTHER_NAMES.get(code, code)
    return None
