"""Whether a pair's new text has an end: it breaks off nowhere, and nothing old goes on."""

import re
from collections.abc import Iterator
from itertools import takewhile

from planner.patch.pairs.edges import is_spaceless
from planner.patch.pairs.lines import PairedLines, is_in_code
from planner.patch.pairs.words import CLOSERS, ENDS, begins_list_item, words
from planner.patch.slips import margin_of

_OPEN_ENDS = ",([{<-/&=:;"
"""Signs at the end of a text that goes on."""
_SENTENCE = 3
"""Words; fewer may be a heading, or a name."""
_TITLED = re.compile(r"[ \t]*(?:[-*+] )?[\w -]{1,20}:[ \t]")
"""A name and what it stands for, as in `Name: Ada`."""
_INFLECTIONS = "s|es|d|ed|r|er|ly|ing|n|en"
"""With these a whole word goes on as well: `brief` is no cut `briefly`."""
_HANGING = frozenset(
    {
        *("a", "an", "and", "as", "at", "but", "by", "for", "from"),
        *("in", "is", "of", "or", "the", "then", "to", "with", "because", "unless", "if", "when"),
        *("while", "although", "until", "since", "than", "which", "who", "whose", "where"),
        *("are", "was", "were", "be", "will", "can", "must", "should", "your", "their", "its"),
    }
)
"""With these no rule ends."""
_ABBREVIATED = re.compile(
    r"(?:\b(?:etc|vs|approx|incl|min|max|no|ca|dr|mr|ms|st|inc|ltd|co|jr|sr)|\b\w\.\w|\W\w)\.$"
)
_STOPS = frozenset(".!?;:,")
_MEANT_TOGETHER = frozenset(["?!", "!?"])
_WITH_UNIT = re.compile(r"\d ?[^\W\d_]{1,3}$")
_GOES_ON = re.compile(r"\s+[\w\u2014\u2013`*\"'\u201c]")


_BEGUN = 12
"""Characters by which the rest of an old line is known."""


def cut_in_margin(pair: PairedLines) -> str | None:
    """Refuse a text that breaks off in the blanks before its last line."""
    above, _, last = pair.replace.rpartition("\n")
    if not (above and last) or last.strip() or pair.rest or not pair.find_lines[-1].strip():
        return None
    return f"{pair.who}'s `replace` breaks off in the blanks before its last line."


def cut_start(pair: PairedLines) -> str | None:
    """Refuse a text that begins as the old one goes on, without its first words and its sign."""
    written, find = pair.replace_lines[0], pair.find_lines[0]
    begun = written.strip()[:_BEGUN]
    if pair.head.strip() or len(begun) < _BEGUN:
        return None
    is_within = begun[0].islower() or (written[0] == " " and find[:1] != " ")
    at = find.find(begun) if is_within else 0
    if at < 1 or not find[:at].strip():
        return None
    return f"{pair.who}'s `replace` lacks the beginning {find[:at].strip()[:40]!r} of its text."


def late_end(pair: PairedLines) -> str | None:
    """Refuse a sentence that lost its end, and another one behind it."""
    written, find = pair.replace_lines[-1].rstrip(CLOSERS), pair.find_lines[-1].rstrip(CLOSERS)
    behind = pair.rest.lstrip()[:1]
    if not (find[-1:] in ENDS and written[-1:].isalnum() and behind.isalpha()):
        return None
    if behind.islower() or _ABBREVIATED.search(find.lower()):
        return None
    return f"{pair.who} would run a sentence into the next one: {pair.rest.strip()[:40]!r}."


def early_end(pair: PairedLines) -> str | None:
    """Refuse a full stop that is new, and more of the old sentence behind it."""
    written, find = pair.replace_lines[-1].rstrip(CLOSERS), pair.find_lines[-1].rstrip(CLOSERS)
    if not (pair.rest[:1].isspace() and _GOES_ON.match(pair.rest)):
        return None
    if written[-1:] not in ENDS or find[-1:] in ENDS | {":", ";"}:
        return None
    if not written or _ABBREVIATED.search(written.lower()):
        return None
    return f"{pair.who} would end a sentence before {pair.rest.strip()[:40]!r}."


def cut_within(pair: PairedLines) -> str | None:
    """Refuse a last line that is the beginning of one of the quoted lines, cut in a word."""
    last = pair.replace.rstrip().rpartition("\n")[2].strip()
    if not last or not last[-1].isalnum() or "\n" not in pair.find:
        return None
    for line in pair.find_lines:
        text = line.strip()
        if text != last and text.startswith(last) and text[len(last)].isalnum():
            return f"{pair.who}'s `replace` breaks off in {text[:60]!r}."
    return None


def doubled_end(pair: PairedLines) -> str | None:
    """Refuse a mark that is new, and the old one behind it, as in `!.`; code may have it."""
    written, mark = pair.replace_lines[-1], pair.rest[:1]
    if mark not in _STOPS or written[-1:] not in _STOPS or pair.find_lines[-1][-1:] in _STOPS:
        return None
    both = written[-1] + mark
    if _ABBREVIATED.search(written.lower()) or both in _MEANT_TOGETHER or both in pair.closed:
        return None
    if is_in_code(pair) or pair.new_keys[-1][: -len(pair.rest)].count("`") % 2:
        return None
    return f"{pair.who} would end a text twice: {(written + pair.rest)[-40:]!r}."


def cut_end(pair: PairedLines) -> str | None:
    """Refuse a text that breaks off in the last line."""
    if pair.rest or not pair.new_keys or pair.new_keys[-1] in pair.old_keys:
        return None
    raw, find = pair.replace_lines[-1], pair.find_lines[-1].rstrip()
    written = raw.rstrip()
    if not (written and find):
        return None
    shown = f"{pair.who}'s `replace` breaks off: {written[-60:]!r}"
    begun = next((old for old in pair.old_keys if _begins(written, old)), None)
    if written == find or (find.startswith(written) and _ends_whole(written, find)):
        return None
    if find.startswith(written) or (begun and begun not in pair.new_keys):
        return f"{shown} is the beginning of {(begun or find)[-60:]!r}."
    why = _without_end(pair, raw, find)
    return f"{shown} {why}." if why else None


def _without_end(pair: PairedLines, raw: str, find: str) -> str:
    """Say why a text is no whole sentence, in the place of one or below it."""
    written = raw.rstrip()
    last, before = written.rstrip(CLOSERS)[-1:], find.rstrip(CLOSERS)[-1:]
    tokens = words(written) if before in ENDS and last not in ENDS else []
    if not tokens:
        return ""
    if len(tokens) < 2 and not begins_list_item(written):
        return ""
    if not (raw != written or written[-1].isalnum() or written[-1] in _OPEN_ENDS):
        return ""
    reworded = tokens[:2] == words(find)[:2]
    if reworded or raw != written or last in {",", "("} or tokens[-1].lower() in _HANGING:
        return "lacks its end"
    if _ends_inside_word(pair, written):
        return "ends inside a word"
    return "has no end, as all lines beside it have" if _is_alone(pair, written) else ""


def _begins(written: str, old: str) -> bool:
    """Say whether a line is another one broken off."""
    return old.startswith(written) and old != written and len(words(written)) > 1


def _is_alone(pair: PairedLines, written: str) -> bool:
    """Say whether all lines beside it end a sentence: those it replaces, adds, and its list's."""
    if not written[-1].isalpha() or _TITLED.match(written):
        return False
    marked = begins_list_item(written)
    short = len(words(written)) < _SENTENCE
    if not marked and (short or not written[0].isalpha()):
        return False
    added = [pair.new_keys[at] for at in pair.added]
    alike = [line for line in added if begins_list_item(line) is marked]
    if len(alike) > 1 and not any(map(_ends_sentence, alike)):
        return False
    at = len(pair.new_keys) - 2
    above = pair.new_keys[at] if at in pair.added else ""
    if marked and begins_list_item(above) and margin_of(above) == margin_of(written):
        return _ends_sentence(above)
    beside = list(_items_beside(pair)) if marked else []
    return all(map(_ends_sentence, beside)) and (not short or len(beside) > 1)


def _ends_whole(written: str, find: str) -> bool:
    """Say whether what a text keeps of `find` are whole sentences."""
    return _ends_sentence(written) and find[len(written)].isspace()


def _ends_sentence(line: str) -> bool:
    return line.rstrip(CLOSERS)[-1:] in ENDS or line.endswith(":")


def _items_beside(pair: PairedLines) -> Iterator[str]:
    """Yield the items of the list that a pair stands in, but for those it touches."""
    above = pair.closed[: pair.line_start].split("\n")[-2::-1]
    below = pair.closed[pair.line_end :].split("\n")
    for lines in (above, below):
        yield from map(str.rstrip, takewhile(begins_list_item, lines))


def _ends_inside_word(pair: PairedLines, written: str) -> bool:
    """Say whether the last word is known only as the beginning of others."""
    last = words(written)[-1]
    if not written.endswith(last) or is_spaceless(last[-1]):
        return False
    if written.endswith(f", {last}") and len(last) == 1:
        return False
    if _WITH_UNIT.search(written):
        return False
    part = re.escape(last)
    if re.search(rf"\b{part}\b", pair.closed):
        return False
    goes_on = rf"\b{part}(?!(?:{_INFLECTIONS})\b)\w"
    return bool(re.search(rf"\b{part}\w", pair.find) or re.search(goes_on, pair.closed))
