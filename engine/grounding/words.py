"""The words that grounding knows: kinds of works, editions, articles, part words. Data, no logic."""

from __future__ import annotations

KINDS = {
    "film": ("film", "films", "movie", "movies", "motion picture", "feature", "feature film", "documentary", "short"),
    "book": (
        "book", "books", "novel", "novels", "novella", "memoir", "play", "comic", "comics", "comic book", "manga",
        "poem", "graphic novel", "short story", "audiobook", "novel series", "book series", "paperback", "hardcover",
    ),
    "music": ("music", "album", "albums", "song", "songs", "single", "ep", "lp", "record", "track", "soundtrack"),
    "tv": ("tv", "tv series", "tv show", "tv film", "television series", "miniseries", "sitcom", "anime"),
    "game": ("game", "games", "video game", "videogame", "board game"),
    "news": ("news", "article", "news article"),
    "goods": ("goods", "product", "products"),
}  # fmt: skip
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}

SERIES_WORDS = frozenset({"series", "saga", "trilogy", "tetralogy", "cycle", "franchise", "quartet"})

# A live take or a remix is another work; a remaster or a special edition is the same one.
VERSION_WORDS = frozenset(
    {
        "live",
        "remix",
        "remixes",
        "acoustic",
        "instrumental",
        "demo",
        "karaoke",
        "cover",
        "unplugged",
        "tribute",
        "parody",
    }
)
EDITION_WORDS = (
    "special", "deluxe", "super deluxe", "collector's", "collectors", "limited", "anniversary", "extended", "ultimate",
    "expanded", "revised", "updated", "illustrated", "annotated", "complete", "definitive", "platinum", "gold",
    "premium", "exclusive", "international", "uncut", "unrated", "theatrical", "final", "standard", "digital",
    "classic", "mass market", "movie tie-in", "enhanced", "restored", "bonus track", "game of the year", "criterion",
)  # fmt: skip

ARTICLES = ("the", "a", "an")
TRAILING_ARTICLES = (
    "the", "a", "an", "le", "la", "les", "l'", "un", "une", "der", "die", "das", "den", "ein", "eine", "el", "los",
    "las", "il", "lo", "gli", "i", "o", "os", "det", "de", "het", "een",
)  # fmt: skip
STOPWORDS = frozenset({"the", "a", "an", "of", "and", "in", "on", "at", "to", "for", "with", "from", "by", "or"})
PART_WORDS = frozenset({"part", "pt", "volume", "vol", "episode", "ep", "chapter", "ch", "book", "bk", "no", "nr"})
NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        (
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        ),
        start=1,
    )
}  # fmt: skip
TENS_WORDS = {
    word: 10 * value
    for value, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
ABBREVIATIONS = {"dr": "doctor", "mr": "mister", "st": "saint", "vs": "versus", "mt": "mount", "jr": "junior"}
CJK_NUMERALS = frozenset("一二三四五六七八九十百千上中下前後后壱弐参")
TITLE_FIELDS = ("title", "name", "label", "item", "recommendation", "film", "movie", "book", "album", "song", "product")
MAKER_FIELDS = ("author", "authors", "director", "directors", "artist", "artists", "creator", "creators", "by", "brand")
KIND_FIELDS = ("kind", "type", "domain", "medium", "category")
NAME_PARTICLES = frozenset(
    {
        "and",
        "de",
        "da",
        "di",
        "du",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "of",
        "the",
        "y",
        "et",
    }
    | {"e", "dos", "del", "feat"}
)
