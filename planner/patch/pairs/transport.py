"""What a transport put around or into both texts of a pair, and took nothing away by it."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from planner.patch.pairs.words import words

Texts = tuple[str, str]
"""`find` and `replace`."""

_TWICE = re.compile(r"\r{2,}\n")
_FENCED = re.compile(r"\s*(`{3,}|~{3,})\w*\r?\n(?P<text>.*?)\r?\n\1\s*", re.DOTALL)
_BOTH = (
    re.compile(r"\s*(?P<mark>\"{3}|'{3}|[\"'`])\n?(?P<text>.+?)\n?(?P=mark)\s*", re.DOTALL),
    re.compile(r"\s*\u201c(?P<text>.+)\u201d\s*", re.DOTALL),
    re.compile(r"\s*\u00ab\s?(?P<text>.+?)\s?\u00bb\s*", re.DOTALL),
    re.compile(r"\s*<!\[CDATA\[\n?(?P<text>.+?)\n?\]\]>\s*", re.DOTALL),
    re.compile(r"\s*<(?P<mark>[\w-]{1,30})>\n?(?P<text>.+?)\n?</(?P=mark)>\s*", re.DOTALL),
    re.compile(r"\ufeff(?P<text>.+)", re.DOTALL),
    re.compile(r"\n{2}(?P<text>[^\n].*[^\n])\n{2}", re.DOTALL),
    re.compile(r"[ \t]+(?P<text>\S.*\S)[ \t]+", re.DOTALL),
)
"""Each the whole of a text; where both texts have the same, neither has it."""
_OLD, _NEW = (
    r"(?:find|search|old\w*|original|current|before)",
    r"(?:replace\w*|new\w*|updated|revised|edited|proposed|after)",
)
_BEHIND_LABEL = r"(?:[ \t]*\r?\n|[ \t])"
"""What parts a label from its text, whose indentation is its own."""
_EACH = tuple(
    (re.compile(old, re.DOTALL | re.IGNORECASE), re.compile(new, re.DOTALL | re.IGNORECASE))
    for old, new in (
        (
            rf"\s*\**{_OLD}(?: text| line)?\**:\**{_BEHIND_LABEL}(?P<text>\s*\S.*)",
            rf"\s*\**{_NEW}(?: with| text| line)?\**:\**{_BEHIND_LABEL}(?P<text>\s*\S.*)",
        ),
        (
            rf"\s*<(?P<mark>{_OLD})>\n?(?P<text>.+?)\n?</(?P=mark)>\s*",
            rf"\s*<(?P<mark>{_NEW})>\n?(?P<text>.+?)\n?</(?P=mark)>\s*",
        ),
        (
            r"\s*<{5,} ?SEARCH\n(?P<text>.+?)(?:\n={5,}\s*)?",
            r"(?:\s*={5,}\n)?(?P<text>.+?)\n>{5,} ?REPLACE\s*",
        ),
    )
)
"""What tells the two apart: labels, tags and marks."""
_NUMBER = r"[ \t]*(?:L?\d{1,5}(?: {0,2}[:|\u2192]|\t)|\[\d{1,4}\])"
_BLANK = r"(?: |(?=[ \t]*$))"
_LINES = tuple(
    (re.compile(old), re.compile(new))
    for old, new in (
        (_NUMBER, _NUMBER),
        (_NUMBER + _BLANK, _NUMBER + _BLANK),
        (">" + _BLANK, ">" + _BLANK),
        (">", ">"),
        (r"[- ]", r"[+ ]"),
        (r"- |  ", r"\+ |  "),
    )
)
"""What stands before each line of both: its number, the sign of a quotation, of a diff."""
_SIGNED = re.compile(r"^[-+]", re.MULTILINE)
"""A line of a diff; blanks alone are none."""
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_BARE = re.compile(r"[<>\"]|&(?!(?:\w+|#\w+);)")
"""What no markup leaves as it is."""
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_SPELT = re.compile(r".?\\n.?")
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})")
_FEWEST_WORDS = 4
"""A name of fewer is quoted in a prompt itself, and may have lost its quotes since."""


def spells_breaks(prompt: str, finds: Iterable[str]) -> bool:
    r"""Say whether one of these texts spells its line breaks, as `\n`, and the prompt has none."""
    spelt = [find for find in finds if "\\n" in find and "\n" not in find]
    return (
        bool(spelt) and "\\n" not in prompt and any(_holds(prompt, _broken(one)) for one in spelt)
    )


def _unmarked(text: str) -> str:
    return text.replace("\\_", "_")


def _tabbed(text: str) -> str:
    return text.replace("\\t", "\t")


def _unquoted(text: str) -> str:
    return text.replace('\\"', '"')


Escape = tuple[Callable[[str], str], str]
"""How escapes are undone, and the characters that are escaped so."""

_ESCAPES: tuple[Escape, ...] = (
    (_unmarked, "_"),
    (_unquoted, '"'),
    (html.unescape, "<>&"),
    (_tabbed, "\t"),
)


def escapes_in(prompt: str, finds: Sequence[str]) -> Sequence[Escape]:
    """Return which escapes one of these texts shows: it stands in the prompt without them."""
    return [
        escape
        for escape in _ESCAPES
        if any(
            (plain := escape[0](find)) != find
            and not _holds(prompt, find)
            and _holds(prompt, plain)
            for find in finds
        )
    ]


def _without_shown(find: str, replace: str, shown: Sequence[Escape]) -> str:
    """Return a text without the escapes that another pair shows, where its own had none to show."""
    for undo, escaped in shown:
        if not any(char in find for char in escaped):
            replace = undo(replace)
    return replace


def without_transport(
    prompt: str, find: str, replace: str, *, spelt: bool = False, shown: Sequence[Escape] = ()
) -> Texts:
    r"""Return a pair without what is put round both its texts, and with its `\n` as line breaks.

    Only where `find` does not stand in the prompt as it is: then it is no text of it.

    Args:
        prompt: The text as it was given.
        find: The first text.
        replace: The second one.
        spelt: Whether another pair of the same patch spells its line breaks.
        shown: What escapes another one has (see `escapes_in`).
    """
    if _holds(prompt, find):
        replace = _without_shown(find, replace, shown)
        return find, _broken(replace) if spelt and "\n" not in replace else replace
    find, replace = next(_undressed(prompt, find, replace), (find, replace))
    if "\\n" not in find or "\n" in find or _has_own_spelt(prompt, find, replace):
        return next(_unescaped(prompt, find, replace), (find, replace))
    broken = _broken(find), replace if "\n" in replace else _broken(replace)
    escaped = _ESCAPED.findall("".join(broken))
    return (find, replace) if any(one not in prompt for one in escaped) else broken


def _has_own_spelt(prompt: str, find: str, replace: str) -> bool:
    r"""Say whether a `\n` of a pair may be one that the prompt spells itself, as in `C:\new`."""
    own = {found[0] for found in _SPELT.finditer(prompt)} if "\\n" in prompt else ()
    return any(one in find or one in replace for one in own)


def _undressed(prompt: str, find: str, replace: str) -> Iterator[Texts]:
    """Yield both texts out of what shows them, where the prompt has what is in it."""
    fenced = _FENCED.fullmatch(find), _FENCED.fullmatch(replace)
    if fenced[0] and fenced[1]:
        yield fenced[0]["text"], fenced[1]["text"]
    for dress in (_FENCED, *_BOTH):
        old, new = dress.fullmatch(find), dress.fullmatch(replace)
        if not old or len(words(old["text"])) < _FEWEST_WORDS:
            continue
        mark = old.groupdict().get("mark")
        same = new is not None and mark == new.groupdict().get("mark")
        is_shown = new is None and not (mark and mark in replace) and "```" not in replace
        if (same or is_shown) and _is_text(prompt, old["text"]):
            yield old["text"], new["text"] if new else replace
    for each, other in _EACH:
        old, new = each.fullmatch(find), other.fullmatch(replace)
        if old and _is_text(prompt, old["text"]):
            yield old["text"], new["text"] if new else replace
    yield from _without_line_starts(prompt, find, replace)


def _without_line_starts(prompt: str, find: str, replace: str) -> Iterator[Texts]:
    """Yield both texts without what each of their lines begins with."""
    for each, other in _LINES:
        bare = _without_starts(each, find)
        if not bare or not _begins_line(prompt, bare):
            continue
        written = _without_starts(other, replace)
        is_sign = each.pattern != other.pattern
        if is_sign and not (_SIGNED.search(find) or _SIGNED.search(replace)):
            continue  # Blanks alone are an indentation.
        if written is None and each.pattern == other.pattern:
            written = _without_start(find, replace, other)
        if written is not None:
            yield bare, written


def _without_starts(start: re.Pattern[str], text: str) -> str | None:
    """Return a text without what each line with text begins with; None where one does not."""
    kept: list[str] = []
    for line in text.split("\n"):
        found = start.match(line)
        if line.strip() and not found:
            return None
        kept.append(line[found.end() :] if found else line)
    return "\n".join(kept)


def _without_start(find: str, replace: str, start: re.Pattern[str]) -> str | None:
    """Return a text of which no line begins so, or the first one only, as `find`'s only line does.

    None where some lines begin so, and others do not.
    """
    first, *below = replace.split("\n")
    if any(map(start.match, below)):
        return None
    found = start.match(first)
    if found is None:
        return replace
    return None if "\n" in find else "\n".join([first[found.end() :], *below])


def _unescaped(prompt: str, find: str, replace: str) -> Iterator[Texts]:
    """Yield both texts as they were before all of them was escaped once, for JSON or markup."""
    if _holds(prompt, find):
        return
    bare_quotes = '"' in replace.replace('\\"', "")
    marked_up = bool(_BARE.search(find)) or bool(_ENTITY.search(replace) and _BARE.search(replace))
    ways: tuple[tuple[bool, Callable[[str], str]], ...] = (
        (not ('\\"' in replace and bare_quotes), _unquoted),
        (not marked_up, html.unescape),
        (True, _unmarked),
        (True, lambda text: text.replace("\\\\", "\\")),
        ("\\t" not in prompt, _tabbed),
        (True, _without_code_points),
    )
    for is_whole, undo in ways:
        if is_whole and undo(find) != find and _holds(prompt, undo(find)):
            yield undo(find), undo(replace)


def _without_code_points(text: str) -> str:
    """Return a text with the characters that JSON spells; as it is, where half a one is spelt."""
    written = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), text)
    try:
        return written.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return text


def _is_text(prompt: str, text: str) -> bool:
    return _holds(prompt, text) or _holds(prompt, _broken(text))


def _begins_line(prompt: str, text: str) -> bool:
    """Say whether a text stands in a prompt, and nothing stands before it on its first line.

    Else a blank of its indentation might be taken for one behind a number, or for a sign.
    """
    closed = "\n" + prompt
    return any(_holds(closed, "\n" + one) for one in (text, _broken(text)))


def _holds(prompt: str, text: str) -> bool:
    """Say whether a text stands in a prompt, line endings being what they are."""
    if text in prompt:
        return True
    return "\r" in prompt and text.replace("\r\n", "\n") in prompt.replace("\r\n", "\n")


def ended_once(prompt: str, text: str) -> str:
    r"""Return a text whose lines end once each: `\r\r\n` is an ending that was written twice."""
    return _TWICE.sub("\n", text) if "\r\r\n" in text and "\r\r\n" not in prompt else text


def _broken(text: str) -> str:
    return text.replace("\\r\\n", "\n").replace("\\n", "\n").replace('\\"', '"')
