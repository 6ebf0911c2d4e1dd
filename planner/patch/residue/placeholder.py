"""Added lines that only stand for text left out (rule R10)."""

import re

_DOTS = re.compile(
    r"\.{3,}|\.(?: \.){2,}|[\u2025\u2026\u22ee\u22ef\ufe19]|[\u3002\u2024\u30fb\u00b7\uff65]{3,}"
    r"|^[ \t]*\.\.[ \t]*$"
)
_ELLIPSES = ("...", "\u2026")
_ITEM = re.compile(r"\A\s*(?:[-*+]|\d{1,3}(?:[.)]|(?:\.\d{1,3})+[.)]?))\s+")
"""What begins an item of a list."""
_SCISSORS = re.compile(r"[-\s]*+(?:8<|>8|\u2702)[-\s8<>\u2702]*\Z")
_RANGE = re.compile(
    r"\A[^\w\[({<]*(?:[^\W\d]+\s+)?\d+\W{0,3}(?:[-\u2013\u2014]|to|through"
    r"|and|bis|a)\W{0,3}\d+\W*",
    re.IGNORECASE,
)
"""Which items are meant: `2-4`, `rules 2 to 4`."""
_FIELD = re.compile(r"\s*\{+[A-Za-z_][\w.]*\}+\s*\Z")
"""What a template fills in."""
_COMMENTS = ("#", "//", "/*", "<!--")
_BRACKETS = {"[": "]", "(": ")", "<": ">", "{": "}"}
_WORD = re.compile(r"[^\W_]+")
_MARKS = " \t\u00a0#/*-<>!()[]{}`_=~|:;,\"'+%$\u2022"
_TELLING = frozenset(
    {
        *("rest", "remaining", "remainder", "unchanged", "omitted", "existing", "same", "previous"),
        *("original", "continues", "continued", "etc", "snip", "snipped", "truncated", "untouched"),
        *("abbreviated", "brevity", "above", "below", "before", "remains", "kept", "unmodified"),
        *("elided", "skipped", "abridged", "shortened", "reste", "inchangé", "inchangée", "resto"),
        *(
            "unverändert",
            "\u7701\u7565",
            "\u4ee5\u4e0b\u7701\u7565",
            "\u4ee5\u4e0b\u7565",
            "\u4e2d\u7565",
        ),
        *("\u5176\u4f59\u4e0d\u53d8", "\u5176\u4f59\u4fdd\u6301\u4e0d\u53d8"),
    }
)
_LEFT_OUT = frozenset(
    {"unchanged", "omitted", "snip", "snipped", "truncated", "untouched", "unmodified", "elided"}
)
"""Words that no template's field is called by."""
_HINTING = frozenset(
    {
        *("no", "keep", "other", "others", "more", "remain", "stay", "stays", "else", "further"),
        *("cut", "here", "left"),
    }
)
"""Words that in brackets tell of text left out, and elsewhere say nothing."""
_STAYING = frozenset({"no", "stay", "stays", "remain", "as"})
_FILLING = _HINTING.union(
    {
        *("prior", "as", "identical", "like", "and", "of", "the", "is", "are", "for", "in", "to"),
        *("with", "changes", "change", "not", "shown", "prompt", "text", "content", "contents"),
        *("lines", "line", "section", "sections", "rules", "rule", "instructions", "code", "file"),
        *(
            "document",
            "items",
            "fields",
            "field",
            "keys",
            "entries",
            "settings",
            "options",
            "part",
            "parts",
            "system",
            "everything",
            "all",
            "it",
            "out",
        ),
        *("this", "length", "le", "el", "est", "permanece", "igual", "sin", "cambios", "der"),
        *("bleibt",),
    }
)
_IDLE = _TELLING | _FILLING
_LONGEST = 120
"""Characters; a longer line says something of its own."""


_NAMING = frozenset(
    {
        *("todo", "tbd", "na", "n", "a", "new", "full", "whole", "complete", "updated", "revised"),
        *("improved", "current", "system", "prompt", "text", "content", "instructions", "insert"),
        *("put", "here", "your", "the", "see", "above", "below", "same", "as", "before"),
        *("none", "null", "nothing", "empty"),
        *("placeholder", "unchanged", "discussed", "agreed", "described", "mentioned", "shown"),
        *("given", "earlier", "previously", "description", "string", "str", "in", "edit"),
    }
)
"""Words of which a text is made that only names another one."""


def is_placeholder(line: str) -> bool:
    """Say whether a line only stands for text left out, as `... rest unchanged ...` does."""
    if len(line) > _LONGEST:
        return False
    if "{" in line and _FIELD.match(line):
        return _is_telling_name(line)
    item = _ITEM.match(line)
    line = line[item.end() :] if item else line
    if _leaves_range(line):
        return True
    dotted = _has_dots(line)
    if is_ellipsis(line) or _hints(line.strip()):
        return True
    if not dotted and line.strip()[:1] not in _BRACKETS:
        return _says_nothing(line)
    return _trails(line)


def stands_for_text(text: str) -> bool:
    """Say whether a whole text only names one: `TODO`, `<new prompt>`, `{{new_prompt}}`."""
    found = _WORD.findall(text[:_LONGEST].lower())
    words = {word for word in found if not word.isdecimal()}
    return bool(words) and len(text) <= _LONGEST and words <= _NAMING


def _leaves_range(line: str) -> bool:
    """Say whether a line tells that several numbered ones stay: `2-4: no change`."""
    found = _RANGE.match(line)
    if found is None:
        return False
    words = set(_WORD.findall(line[found.end() :].lower()))
    return words <= _IDLE and not words.isdisjoint(_TELLING | _STAYING)


def _is_telling_name(line: str) -> bool:
    """Say whether a template's field is called as text left out is: {rest_unchanged}."""
    words = set(_WORD.findall(line.lower().replace("_", " ")))
    return words <= _LEFT_OUT or (len(words) > 1 and words <= _IDLE)


def _trails(line: str) -> bool:
    """Say whether a line with dots or brackets tells of text left out."""
    core = line.strip(_MARKS)
    opens, closes = core.startswith(_ELLIPSES), core.endswith(_ELLIPSES)
    if opens and (closes or line.lstrip().startswith(_COMMENTS)):
        return True
    if not (opens or closes or _bracketed(line.strip())):
        return _says_nothing(line)
    words = set(_WORD.findall(line.lower()))
    return not words.isdisjoint(_TELLING) or (opens and words <= _FILLING)


_CUTTING = (
    r"truncated|omitted|snip(?:ped)?|elided|abridged|abbreviated|skipped|redacted for length"
    r"|trimmed"
    r"|unchanged|cut off|cut here|not shown|usw|etc|and so on|weiter wie bisher|wie (?:gehabt"
    r"|bisher)|gek\u00fcrzt|ausgelassen|unver\u00e4ndert|omitido"
    r"|tronqu\u00e9|inchang\u00e9|same as (?:before|above)|(?:rest|remaining"
    r"|remainder)\b[^\])>]{0,40}"
    r"|as before|\u7701\u7565|\u622a\u65ad|\u4ee5\u4e0b\u7565"
)
_TRUNCATED = re.compile(
    r"(?=[\[(<.\u2026~-])(?:"
    rf"\[(?:[^\]\[\n]{{0,40}}[ .])?(?:{_CUTTING}|continued?|to be continued)\b[^\]\[\n]{{0,40}}\]"
    rf"|\((?:[^(),\n]{{0,20}}[ .])?(?:{_CUTTING})[. ]{{0,4}}\)"
    rf"|<(?:[^<>\n]{{0,20}}[ .])?(?:{_CUTTING})(?:[. ]{{0,4}}|[ :][^<>\n]{{1,40}})>"
    r"|(?:\.{3}|\u2026)[ ]?[\[(<]\+?\d+[^\])>\n]{0,12}[\])>]|\[\+\d+\]"
    r"|(?:\.{3}|\u2026)[ ]?\(more\)|--[ ]?More[ ]?--|~\d+ more~|\(cont(?:\.|inued)?\)"
    r"|\((?:\.{3}|\u2026)[^()\n]{1,40}\)"
    r"|[\[(<]\+?\d+ (?:more )?(?:chars|characters|bytes|words|tokens|lines)[\])>]"
    r"|[\[(<][ \t]*(?:\.{3,}|\u2026)[ \t]*[\])>]|[\[<(](?:\.{3}|\u2026)[^\])>\n]{1,60}(?:\.{3}"
    r"|\u2026)[\])>]"
    r"|(?:\.{3}|\u2026)[ \t]*[\[(<][^\])>\n]{1,60}[\])>][ \t]*(?:\.{3}|\u2026))",
    re.IGNORECASE,
)

_CUTS = ("[", "(", "<", "\u2026", "...", "--", "~")
"""A mark of a cut begins with one of these, so that most lines need no search."""
_DOTS_IN_BRACKETS = re.compile(r"[\[(<{][ \t]*(?:\.{3,}|\u2026)[ \t]*[\])>}]")
_MENTIONED = re.compile(r"`[^`\n]*`|\"[^\"\n]{0,60}\"")


def has_truncation(line: str) -> bool:
    """Say whether a mark inside a line tells that text was cut there, as `(truncated)` does."""
    if not any(map(line.__contains__, _CUTS)):
        return False
    return _TRUNCATED.search(_MENTIONED.sub("", line)) is not None


def says_truncation(line: str) -> bool:
    """Say the same of a line in which dots in brackets may be an example's."""
    return has_truncation(_DOTS_IN_BRACKETS.sub("", line))


def is_ellipsis(line: str) -> bool:
    """Say whether dots, and nothing but ornament beside them, stand on a line."""
    if line.strip() in {":", "\u00b7", "\u2022"}:
        return True
    if ("8" in line or "\u2702" in line) and _SCISSORS.match(line):
        return True
    return _has_dots(line) and not _DOTS.sub("", line).strip(_MARKS + ".")


def _has_dots(line: str) -> bool:
    if line.isascii() and ".." not in line and ". ." not in line:
        return False
    return _DOTS.search(line) is not None


def _hints(text: str) -> bool:
    """Say whether a remark in brackets, in emphasis or in a comment tells of text left out."""
    emphasised = text[:1] in {"*", "_"} and text[-1:] == text[:1] != text[1:2]
    remark = text.startswith("<!--") or (text[:1] in {"[", "("} and _bracketed(text))
    if not (emphasised or remark):
        return False
    words = {word for word in _WORD.findall(text.lower()) if not word.isdecimal()}
    if not words <= _IDLE:
        return False
    return not words.isdisjoint(_TELLING | _HINTING)


def _says_nothing(line: str) -> bool:
    """Say whether no word of a line says anything but that text was left out."""
    telling = False
    for found in _WORD.finditer(line.lower()):
        if found[0] in _TELLING:
            telling = True
        elif found[0] not in _FILLING:
            return False
    return telling


def _bracketed(text: str) -> bool:
    """Say whether one pair of brackets holds the whole text."""
    close = _BRACKETS.get(text[:1])
    return close is not None and text.find(close) == len(text) - 1
