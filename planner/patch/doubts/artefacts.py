"""What programs leave in a line: spreadsheets, shells, gateways, readers of images, templates.

A sound rule may speak of such a thing, so it is told to a person and nothing is refused
for it. Where the prompt has the like, it is its style.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from planner.patch.doubts.habits import Habits

_ITEM: Final = r"^[ \t]*(?:(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+)?"
_LINK: Final = r"(?<![^\s<>()\"`])https?://[^\s<>()\"`]*"
_CODE: Final = re.compile(r"`[^`\n]*`")


class Artefact(NamedTuple):
    """What one kind of program leaves."""

    why: str
    holds: tuple[str, ...]
    """Texts, one of which stands in every match: most lines have none of them."""
    pattern: re.Pattern[str]
    is_in_code: bool = False
    """Whether it is damage in a code span, too."""
    is_style: bool = False
    """Whether a prompt may well have it; only one that has another style tells that it is odd."""


def _left(
    why: str,
    holds: Sequence[str],
    *patterns: str,
    is_in_code: bool = False,
    is_style: bool = False,
) -> Artefact:
    pattern = re.compile("|".join(patterns), re.MULTILINE)
    return Artefact(why, tuple(holds), pattern, is_in_code, is_style)


_SHEET: Final = "a spreadsheet shows values so"
_UNFILLED: Final = "a program did not fill it in"

ARTEFACTS: Final = (
    _left(_SHEET, ("E+",), r"\b\d\.\d{2,12}E\+\d\d\b", is_in_code=True),
    _left(_SHEET, ("####", "#N/A"), r"(?<=\S[ \t])#{4,}(?![\w#])|(?<!\w)#N/A\b"),
    _left(
        _SHEET,
        ("-",),
        r"(?<![\w-])\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?![\w-])",
    ),
    _left(
        "a program rounds so",
        ("00000", "99999"),
        r"\d\.\d{0,12}?(?:0{6}|9{6})\d",
        is_in_code=True,
    ),
    _left(
        "it is no number", ("00",), r"(?<!\d[ \u00a0\u202f])(?<![\w.,:/+$-])00+(?![\w/-]|[.,:]\d)"
    ),
    _left(
        "a program names a value so",
        ("(", "b'", 'b"'),
        r"\b[A-Z][a-z]+\((?:'[^'\n]*'|\d[\d.]*)\)|(?<![\w'])b(?:'[^'\n]+'|\"[^\"\n]+\")",
    ),
    _left(
        _UNFILLED,
        ("$", "\\g<", "%("),
        r"\$\{\d\}|\\g<\w+>|%\(\w+\)[dif]",
        r"\$[1-3](?![\w%]|[.,]\d)",
        is_in_code=True,
    ),
    _left(
        _UNFILLED,
        ("undefined", "null", "None", "NaN"),
        r"\{\{? ?(?:undefined|null|None|NaN) ?\}",
        is_in_code=True,
    ),
    _left("a code span holds nothing", ("``",), r"(?<!`)``(?!`)", is_in_code=True),
    _left(
        "a path may have lost its backslashes",
        ("C:", "D:", "E:"),
        r"\b[C-E]:[A-Za-z]\w{2,}",
        is_in_code=True,
    ),
    _left(
        "a chat cites so", ("turn0", "turn1", "turn2", "turn3"), r"turn\d(?:search|view|news|file)"
    ),
    _left("it may say what is new", ("(upd", "(rev"), r"^#[^\n]*\((?i:updated|revised)\)[ \t]*$"),
    _left("it may say what is new", ("(n", "(N"), r"\((?:NEW|new)(?: (?:LINE|line|RULE|rule))?\)"),
    _left("two words may be run together", ("'s", "'t"), r"[a-z]{3}'[st][a-z]{3}"),
    _left("its letters are the other way round", (), _ITEM + r"[a-z][A-Z]+(?: [A-Z,.]+){2}"),
    _left(
        _UNFILLED,
        ("??", "MISSING_", "ranslation missing"),
        r"\?\?[\w.-]+\?\?|\bMISSING_(?:MESSAGE|TRANSLATION)\b|\b[Tt]ranslation missing:",
    ),
    _left(
        "a link was shortened, or wrapped by a gateway",
        ("://",),
        _LINK + r"(?:\u2026|\.{3})",
        _LINK + "=https?%3[Aa]",
        is_in_code=True,
    ),
    _left("it may be masked", ("***",), r"[A-Za-z]\*{3,}[A-Za-z]|`\*{4,}`", is_in_code=True),
    _left(
        "git and editors show it beside a line",
        ("(", "|", "\u2502"),
        _ITEM + r"\^?[0-9a-f]{7,40}[ \t]\([^()\n]{1,60}\d\)",
        _ITEM + r"\d{1,5}[ \t]*[|\u2502][ \t]+\w",
    ),
    _left(
        "its sign is doubled",
        ("''", '""', "%%", "$$"),
        r"[^\W\d_]''[^\W\d_]|(?<![\w=:(,\"])\"\"\w|\d[ \t]?%%(?!\w)"
        r"|(?<![\w$])\$\$\d",
    ),
    _left(
        "a program failed",
        ("command not found", "sh: ", '{"error"'),
        r": command not found\b|\bsh: (?:line )?\d+: ",
        _ITEM + r"\{\"error\":",
    ),
    _left("an editor shows its state so", ("L, ",), r"\"[^\"\n]{1,80}\" \d+L, \d+[BC]\b"),
    _left(
        "a chat shows the time so",
        (":",),
        _ITEM + r"\d{1,2}:\d\d(?:[ \t]?[AaPp][Mm])?[ \t\u2713\u2714]*$",
    ),
    _left("a program names a picture so", (":",), r"(?<![\w:]):[a-z][a-z0-9_]{2,30}:(?![\w:])"),
    _left("a terminal may have cut it there", (">",), r"^[^<>\n]*[^\W\d_],?>$"),
    _left("a name may have come apart", (" _ ",), r"\w _ \w", is_in_code=True),
    _left(
        "an item begins within another",
        (". ", "! ", "? "),
        r"[.!?][ \t](?:[-*\u2022]|\d{1,2}[.)])[ \t][A-Z]",
    ),
    _left(
        "an item begins within another",
        ("-", "*", "+"),
        r"^[ \t]*[-*+][ \t]+(?:[-*+\u2022]|\d{1,3}[.)]|#{1,6})[ \t]",
    ),
    _left(
        "a page shows a link so",
        ("](http", "](mailto:"),
        r"\[(https?://[^\[\]\s]{1,300})\]\(\1\)|\[([^\[\]\s@]{1,64}@[^\[\]\s@]{1,80})\]\(mailto:\2\)",
    ),
    _left("a link was made harmless so", ("hxxp", "[.]"), r"\bhxxps?\b|\w\[\.\]\w"),
    _left("the sign of a diff may be left", ("-", "+"), r"^[-+](?:[A-Z][a-z]|\d{1,3}[.)][ \t])"),
    _left("a text in JSON stands so", ('",',), r"^[ \t]*\"[^\"\n]{10,}\",[ \t]*$"),
    _left("Markdown is escaped so", ("\\|",), r"^[ \t]*\\\|"),
    _left("a shell ends a text so", ("EOF", "EOT"), r"^[ \t]*(?:EOF|EOT)[ \t]*$"),
    _left("YAML has such signs", ("|", ">"), r"^[ \t]*[-*+][ \t]+[|>][-+]?\d?[ \t]*$"),
    _left(
        "it may be encoded",
        (),
        r"(?<![\w/+=-])(?=[A-Za-z+/]*\d)(?=[A-Z\d+/]*[a-z])(?=[a-z\d+/]*[A-Z])[A-Za-z\d+/]{32}",
    ),
    _left(
        "a template has such braces",
        ("{{",),
        r"\{\{ ?[A-Za-z_][^{}\":\n]*\}\}",
        is_in_code=True,
        is_style=True,
    ),
    _left("a template has no such braces", ("{{%", "%}}"), r"\{\{%|%\}\}", is_in_code=True),
    _left(
        "a page has such tags",
        ("<",),
        r"</?(?:li|ul|ol|p|div|span|h[1-6]|td|tr)\b[^<>\n]*>",
        is_style=True,
    ),
)
BEYOND_ASCII: Final = (
    _left(
        "code has straight quotes",
        ("`",),
        r"`[^`\n\u201c\u201d]*[\u201c\u201d][^`\n]*`",
        is_in_code=True,
    ),
    _left("it may stand for a lost sign", (), r"[\u2047\u25a1\u25af\ufffd]", is_in_code=True),
    _left(
        "its encoding may be another",
        (),
        r"[\u010a\u0120](?=\s|$)|[^\W\d_][\u2500-\u257f]|[\u2500-\u257f][^\W\d_]",
        is_in_code=True,
    ),
    _left("it ends lines elsewhere", (), r"[\x85\u2028\u2029]", is_in_code=True),
    _left(
        "a line in another script ends so",
        (),
        r"^[^\n\u3040-\u9fff\uac00-\ud7af]*[A-Za-z0-9)][\uff0c\u3002\uff1a\uff1b\uff01\uff1f]",
    ),
    _left(
        "no line of the prompt mixes these scripts",
        (),
        r"(?:[A-Za-z,]{2,30} ){4}[^\n]{0,200}"
        r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0400-\u04ff]",
    ),
    _left("it is several letters in one", (), r"[\ufb00-\ufb06]", is_in_code=True),
    _left(
        "the prompt has no such bullets", (), r"^[ \t]*[\u2022\u25e6\u25aa](?=[ \t])", is_style=True
    ),
)
"""Those of which each match holds a sign that is not in ASCII."""


def artefact(habits: Habits, text: str) -> str | None:
    """Return what a program left in a text, and why it looks so; the prompt has none like it."""
    said = _CODE.sub("`", text) if "`" in text else text
    for one in ARTEFACTS if text.isascii() else (*ARTEFACTS, *BEYOND_ASCII):
        whole = text if one.is_in_code else said
        if one.holds and not any(map(whole.__contains__, one.holds)):
            continue
        found = one.pattern.search(whole)
        if found and not (habits.has(one.pattern.search) or (one.is_style and not habits.prompt)):
            return f"{found[0].strip()[:40]!r} may be no text: {one.why}"
    return None


def may_hold_artefact(text: str) -> bool:
    """Say whether a text in ASCII, and without long words, may hold one: most do not."""
    holds = text.__contains__
    return any(map(holds, _TELLING)) or any(
        any(map(holds, one.holds)) and one.pattern.search(text) for one in _COMMON
    )


_COMMON: Final = tuple(
    one for one in ARTEFACTS if one.holds and (". " in one.holds or min(map(len, one.holds)) < 3)
)
"""Those of which many sound lines hold a text."""
_TELLING: Final = tuple(text for one in ARTEFACTS if one not in _COMMON for text in one.holds)
