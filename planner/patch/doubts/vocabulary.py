"""Whether the words of a text are words: of a prompt, or of the language that it is written in.

A stump, two words run together, and what a stream lost in the middle make words that no
language has. Names, abbreviations and jargon do, too: so nothing is refused for them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Final

from planner.patch.doubts.habits import script_of
from planner.patch.lines import fold

_USUAL: Final[Mapping[str, frozenset[str]]] = {
    "en": frozenset({"the", "and", "you", "for", "with", "not", "is", "are"}),
    "de": frozenset({"der", "die", "und", "nicht", "sie", "mit", "den", "ist"}),
    "fr": frozenset({"les", "des", "est", "pas", "vous", "pour", "une", "dans"}),
    "es": frozenset({"los", "que", "para", "una", "con", "por", "las", "del"}),
    "it": frozenset({"che", "non", "per", "una", "con", "gli", "della", "sono"}),
    "pt": frozenset({"que", "para", "uma", "com", "dos", "por", "mais", "ao"}),
    "nl": frozenset({"het", "een", "van", "niet", "met", "voor", "zijn", "aan"}),
    "pl": frozenset({"nie", "jest", "dla", "si\u0119", "oraz", "lub", "przez", "czy"}),
}
"""Languages, and words that most texts in them have: one dictionary is read, not all."""
_CODES: Final = frozenset(
    {"ar", "cs", "da", "de", "en", "es", "fi", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru"}
    | {"sv", "tr", "uk", "zh"}
)
"""Of languages, as ISO 639-1 has them."""
_ANYWHERE: Final = _CODES.union(*_USUAL.values())
"""No word of these is damage, in whatever language the prompt is."""
_CAPITAL_NOUNS: Final = frozenset({"de"})
_FEW: Final = 3
_KNOWN: Final = 0.8
"""The share of a prompt's words that its language has at least."""
_FOREIGN: Final = 0.5
"""Of a line's words; with more of them unknown it is in another language."""
_ANY_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_WORD: Final = re.compile(
    r"(?<![\w\-/.@#'\u2019$<{\\&])[^\W\d_]{2,}(?:['\u2019][^\W\d_]{1,2})?(?![\w/@>}]|\.\w)"
)
"""A word by itself, and no part of a path, a tag, an address or a name of code."""
_MISREAD: Final = re.compile(r"(?<![\w\-/.@#$<{\\|])[A-Za-z]+[01|][A-Za-z01|]*(?![\w|/@>}])")
"""A word in which a sign stands for a letter, and which is no part of anything either."""
_NAMED: Final = re.compile(r"[A-Za-z]\d\d[A-Za-z]|.*[01]|..|.1.", re.ASCII)
"""Names as `a11y` and `col1`, and what any three letters may be."""
_SEEN: Final = str.maketrans("01|", "oll")
"""Letters that a reader of images takes for these signs."""
_SHORT_FORM: Final = re.compile(r"['\u2019](?:s|t|re|ve|ll|d|m)$")
_NEGATED: Final = re.compile(r"(\w+?)n['\u2019]t")
_AUXILIARIES: Final = frozenset(
    {"do", "does", "did", "wo", "would", "ca", "could", "should", "is", "are", "was", "were"}
    | {"has", "have", "had", "must", "need", "ai", "sha", "might"}
)
"""What stands before `n't`; behind other words it is what is left of one."""
_OF_THE_FIELD: Final = frozenset(
    {"allowlist", "async", "blocklist", "changelog", "config", "docstring", "dropdown", "enum"}
    | {"hostname", "hotfix", "linter", "localhost", "logout", "plaintext", "pseudocode", "readme"}
    | {"serializer", "signup", "stacktrace", "subagent", "tokenizer", "tooltip", "traceback"}
    | {"webhook", "markdown", "unused", "untrusted", "incl", "backtick", "chargeback"}
)
"""Words of those who write prompts; the dictionary has them not."""
_ELIDED: Final = {
    "jusqu": "jusque",
    "lorsqu": "lorsque",
    "puisqu": "puisque",
    "d\u00e9j\u00e0": "encore",
}
"""French words that the dictionary has not, and others for them that it has."""
_ENCLITIC: Final = re.compile(r"(?<=[aei]r)(?:me|te|se|l[aeo]s?|nos|os){1,2}$")
"""Pronouns that Spanish puts behind a verb, as in `despedirte`."""
_INVARIABLE: Final[Mapping[str, frozenset[str]]] = {
    "fr": frozenset(
        {"toujours", "jamais", "souvent", "parfois", "d\u00e9j\u00e0", "tr\u00e8s", "trop", "peu"}
        | {"beaucoup", "assez", "mieux", "ailleurs", "partout", "dehors", "dessus", "aujourd"}
        | {"tard", "t\u00f4t", "seulement", "certes", "oui", "non", "dont", "o\u00f9", "plusieurs"}
        | {"abord", "\u00eatre"}
    ),
    "es": frozenset({"antes", "jam\u00e1s", "n\u00famero", "n\u00fameros"}),
    "it": frozenset(
        {"sempre", "l\u00ec", "domani", "adesso", "s\u00ec", "inoltre", "almeno", "neanche"}
    ),
    "nl": frozenset({"genoeg", "minstens"}),
}
"""Words without forms that the dictionaries have not."""
_COMPOUNDING: Final = frozenset({"de", "nl"})
_SHORTEST_PART: Final = 4
_SENTENCE: Final = re.compile(r"(?:^|[.!?:])\W*$")


def are_ordinary(tokens: Iterable[str]) -> bool:
    """Say whether all words between blanks are English, as most are: then none is unknown."""
    return all(map(_is_ordinary, tokens))


@lru_cache(maxsize=50_000)
def _is_ordinary(token: str) -> bool:
    return all(_is_known(found[0], "en") for found in _WORD.finditer(token))


def unknown_word(prompt: str, text: str) -> str | None:
    """Return the first word of a line that neither a prompt nor its language has.

    Nothing in a language that is not known, and none of a line in another one.
    """
    text = fold(text)
    words = list(_WORD.finditer(text))
    unknown = [one for one in words if not _is_known(one[0], "en")]
    languages = _languages_of(prompt) if unknown else ()
    if not languages:
        return None
    own = _words_of(prompt)
    unknown = [
        one
        for one in unknown
        if script_of(one[0]) == "LATIN"
        and one[0].lower() not in _ANYWHERE
        and own.isdisjoint(_stems(one[0]))
        and not _is_known_in(one[0], languages)
    ]
    telling = len(words) >= _FEW or not text.isascii()
    if telling and len(unknown) > _FOREIGN * len(words):
        return None
    return next((one[0] for one in unknown if not _is_name(text, one, languages[0])), None)


def misread_word(prompt: str, text: str) -> tuple[str, str] | None:
    """Return the first word with signs for letters, and the word of a language that it may be."""
    for found in _MISREAD.finditer(text):
        word = found[0].translate(_SEEN)
        if _NAMED.fullmatch(found[0]) or found[0] in prompt:
            continue
        if word.lower() in _words_of(prompt) or _is_known(word, "en"):
            return found[0], word
    return None


def _is_name(text: str, found: re.Match[str], language: str) -> bool:
    """Say whether a word is an abbreviation, or has a capital that only a name has there."""
    word = found[0]
    if word.isupper() or not word[0].isupper():
        return word.isupper()
    return language not in _CAPITAL_NOUNS and _SENTENCE.search(text, 0, found.start()) is None


@lru_cache(maxsize=4)
def _words_of(prompt: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _ANY_WORD.findall(fold(prompt)))


@lru_cache(maxsize=4)
def _languages_of(prompt: str) -> tuple[str, ...]:
    """Return the languages that a prompt is written in, where they are some of a few."""
    words = _words_of(prompt)
    usual = {one: len(_USUAL[one] & words) for one in _USUAL}
    found = sorted((one for one in usual if usual[one] >= _FEW), key=lambda one: -usual[one])
    known = sum(_is_known_in(word, tuple(found)) for word in words) if found else 0
    return tuple(found) if found and known >= _KNOWN * len(words) else ()


def _is_known_in(word: str, languages: Sequence[str]) -> bool:
    return any(_is_known(word, language) for language in languages)


@lru_cache(maxsize=50_000)
def _is_known(word: str, language: str) -> bool:
    """Say whether a language has a word, in any of its forms, as a part of it or shortened."""
    negated = _NEGATED.fullmatch(word.lower())
    if negated:
        return negated[1] in _AUXILIARIES

    if word.lower().removesuffix("s") in _OF_THE_FIELD:
        return True

    if word.lower() in _INVARIABLE.get(language, ()):
        return True

    import simplemma  # noqa: PLC0415 - comes with the first patch, not with `import planner`

    forms = (*_forms(word), *_adjectives_of(word.lower(), language), *_parts(word, language))
    known = partial(simplemma.is_known, lang=language)
    return any(map(known, forms)) or (language in _COMPOUNDING and _is_compound(word, known))


def _is_compound(word: str, known: Callable[[str], bool]) -> bool:
    """Say whether a word is two known ones."""
    for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        first, second = word[:at], word[at:]
        if known(second.capitalize()) and known(first):
            return True
    return False


def _adjectives_of(word: str, language: str) -> Iterator[str]:
    """Yield of which adjective a word may be the adverb, where the word list has few of these."""
    if language == "fr":
        for ending, of_adjective in (("amment", "ant"), ("emment", "ent"), ("\u00e9ment", "e")):
            if word.endswith(ending):
                yield word.removesuffix(ending) + of_adjective
        yield word.removesuffix("ment")
        yield f"{word}r"
    elif language in {"it", "pt"}:
        adjective = word.removesuffix("mente")
        yield from (adjective, f"{adjective}e")


def _parts(word: str, language: str) -> Iterator[str]:
    """Yield what a word is made of that the word list has not whole."""
    if language == "fr":
        yield _ELIDED.get(word.lower().partition("'")[0], word)
    elif language == "es":
        yield _ENCLITIC.sub("", word.lower())


def _stems(word: str) -> Iterator[str]:
    """Yield what a prompt may have of a word: itself, not shortened, not in the plural."""
    yield from _forms(word)
    short = _SHORT_FORM.sub("", word.lower())
    yield short.removesuffix("s")
    yield short.removesuffix("es")


def _forms(word: str) -> Iterator[str]:
    yield word
    yield word.lower()
    yield _SHORT_FORM.sub("", word.lower())
    yield word.capitalize()
