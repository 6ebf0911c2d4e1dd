"""Whether a section keeps its heading, and a heading its section."""

import re
from collections.abc import Sequence

from planner.patch.pairs.lines import PairedLines
from planner.patch.pairs.words import BEGINS_ITEM, begins_list_item, words

_HEADING = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]+\S|\*\*[^*\n]+\*\*:?[ \t]*$|[^\W\d_][^\n]{0,60}[:\uff1a][ \t]*$)"
)
_LABEL = re.compile(r"[ \t]*[^\W\d_][^\n:\uff1a.]{0,60}[:\uff1a]")
_TITLE = re.compile(r"(#{1,6})[ \t]+\S")
_NAME = 6
"""Words of a heading; more are a sentence."""
_SECTION = 3
"""Lines with text; a heading and fewer are as soon written anew."""
_MOST = 0.6


def replaces_section(pair: PairedLines) -> str | None:
    """Refuse one edited item of a section in the place of all of it, heading included."""
    find, replace = _with_text(pair.find_lines), _with_text(pair.replace_lines)
    if len(find) < _SECTION or len(replace) != 1 or pair.head or pair.rest:
        return None
    heading, item = BEGINS_ITEM.match(find[0]), replace[0]
    if not (heading and heading[1][0] == "#" and begins_list_item(item)):
        return None
    if any(_shares_most_words(item, line) for line in find[1:]):
        return f"{pair.who} would put {item.strip()[:60]!r} in place of the section {find[0]!r}."
    return None


def loses_heading(pair: PairedLines) -> str | None:
    """Refuse an item, or plain text, in the place of a heading whose section stays."""
    find, replace = _with_text(pair.find_lines), _with_text(pair.replace_lines)
    if not (find and replace) or pair.head or pair.rest or not _HEADING.match(find[0]):
        return None
    if any(map(_HEADING.match, replace)):
        return None
    name, rest = replace[0].strip(), pair.closed[pair.line_end :].lstrip()
    if begins_list_item(name):
        below, ends = rest, _HEADING
    elif name[0].isalnum() and len(words(name)) <= _NAME and _TITLE.match(find[0]):
        below, ends = (*find[1:], rest)[0], _TITLE
    else:
        return None
    if not below or ends.match(below):
        return None
    return f"{pair.who} would put {name[:60]!r} in place of the heading {find[0]!r}."


def swallows_label(pair: PairedLines) -> str | None:
    """Refuse the loss of a label that ends `find`, set apart, where the text that it names stays.

    So it is with `Scope:` below a blank line.
    """
    *above, blank, label = ["", "", *pair.find.rstrip().split("\n")]
    if pair.rest or not any(above) or blank.strip() or not _LABEL.fullmatch(label):
        return None
    ends = pair.replace.rstrip()[-1:]
    if not pair.replace.strip() or ends in {":", "\uff1a"} or label in pair.replace:
        return None
    below = pair.closed[pair.line_end :].lstrip()
    return f"{pair.who} would leave a section without its heading {label!r}." if below else None


def swallows_heading(pair: PairedLines) -> str | None:
    """Refuse the loss of a heading below the first line, where a text of its section stays."""
    if pair.head or pair.rest or "#" not in pair.find:
        return None
    find, written = _with_text(pair.find_lines), _with_text(pair.replace_lines)
    lost = [at for at, line in enumerate(find) if at and _TITLE.match(line) and line not in written]
    renamed = [line for line in written if _TITLE.match(line) and line not in find]
    bare = [line for at, line in enumerate(find) if at not in lost]
    if not lost or written == bare or renamed:
        return None  # Two sections become one, or a heading another one.
    below = pair.closed[pair.line_end :].lstrip()
    stays = below and not _TITLE.match(below) and lost[-1] == len(find) - 1
    if stays or not set(written).isdisjoint(find[lost[0] + 1 :]):
        return f"{pair.who} would leave a section without its heading {find[lost[-1]]!r}."
    return None


def ends_in_heading(pair: PairedLines) -> str | None:
    """Refuse a text that breaks off behind a heading: no text of that section follows."""
    old, new = ([key for key in keys if key] for keys in (pair.old_keys, pair.new_keys))
    heading = _TITLE.match(new[-1]) if new and not pair.rest else None
    if heading is None or new[-1] in old or (old and _TITLE.match(old[-1])):
        return None
    rest = pair.closed[pair.line_end :].lstrip()
    below = _TITLE.match(rest)
    if rest and not (below and len(below[1]) <= len(heading[1])):
        return None
    return f"{pair.who}'s `replace` breaks off behind the heading {new[-1][:60]!r}."


def _with_text(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _shares_most_words(item: str, other: str) -> bool:
    mine, theirs = set(words(item)), set(words(other))
    return len(mine & theirs) >= _MOST * max(len(mine), len(theirs))
