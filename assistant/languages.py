"""The languages that Whisper writes, by their codes (ISO 639, with Whisper's own "jw" for Javanese)."""

from __future__ import annotations

AUTO = "auto"  # heard from what is said
ENGLISH = "en"

LANGUAGES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "as": "Assamese", "az": "Azerbaijani", "ba": "Bashkir",
    "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bo": "Tibetan", "br": "Breton", "bs": "Bosnian",
    "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fo": "Faroese",
    "fr": "French", "gl": "Galician", "gu": "Gujarati", "ha": "Hausa", "haw": "Hawaiian", "he": "Hebrew",
    "hi": "Hindi", "hr": "Croatian", "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "jw": "Javanese", "ka": "Georgian", "kk": "Kazakh",
    "km": "Khmer", "kn": "Kannada", "ko": "Korean", "la": "Latin", "lb": "Luxembourgish", "ln": "Lingala",
    "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "mg": "Malagasy", "mi": "Maori", "mk": "Macedonian",
    "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "my": "Burmese",
    "ne": "Nepali", "nl": "Dutch", "nn": "Norwegian Nynorsk", "no": "Norwegian", "oc": "Occitan", "pa": "Punjabi",
    "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sa": "Sanskrit",
    "sd": "Sindhi", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sn": "Shona", "so": "Somali",
    "sq": "Albanian", "sr": "Serbian", "su": "Sundanese", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "tg": "Tajik", "th": "Thai", "tk": "Turkmen", "tl": "Tagalog", "tr": "Turkish", "tt": "Tatar",
    "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "yi": "Yiddish", "yo": "Yoruba",
    "yue": "Cantonese", "zh": "Chinese",
}  # fmt: skip

UNSPACED_LANGUAGES = {"zh", "ja", "th", "lo", "my", "yue"}  # written without spaces between words

_BY_NAME = {name.lower(): code for code, name in LANGUAGES.items()}


def language_code(text: str) -> str:
    """`AUTO` or the code that is meant by `text`: "de", "de-AT" and "German" are the same.

    Raises:
        ValueError: it is none of them; the text names the ones there are.
    """
    wanted = text.strip().lower()
    code = _BY_NAME.get(wanted, wanted.replace("_", "-").split("-")[0])
    if code == AUTO or code in LANGUAGES:
        return code
    raise ValueError(f"{text!r} is no language; give {AUTO} or one of {', '.join(LANGUAGES)}")


def language_name(code: str) -> str:
    """ "German (de)" """
    return f"{LANGUAGES[code]} ({code})"


def is_reviewed(code: str) -> bool:
    """Whether flags and follow-ups work for a call in this language; one that never became clear counts as English."""
    return code in ("", ENGLISH)


def review_notice(code: str) -> str:
    """What a user has to know of a call that is not in English; empty for one that is."""
    if code == ENGLISH:
        return ""
    return f"Flags and follow-ups work for English only; this call is transcribed in {LANGUAGES[code]}."
