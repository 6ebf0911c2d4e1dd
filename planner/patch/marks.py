"""The marks by which a diff, a transport or a writer's remark shows in added text.

Two tables: marks that stand anywhere in a line, and lines that are no text as a
whole. Whoever looks for them (see `residue`) asks first whether the prompt has
the like.
"""

import re
from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache
from typing import Final, NamedTuple

from planner.patch.placeholder import has_truncation, says_truncation
from planner.patch.remarks import BEGINS, CLOSES, has_remark, remark
from planner.patch.slots import SLOTTED, lone_slot, slot_styles


def _any_of(words: str) -> str:
    """Return a pattern for one of several words in either case, grouped by their first letters.

    A branch that begins with a set of letters is passed over at once, one that ignores case
    is not: so this is several times as fast.
    """
    by_first: dict[str, list[str]] = {}
    for word in words.split("|"):
        by_first.setdefault(word[0], []).append(word[1:])
    groups = (f"[{first}{first.upper()}](?i:{'|'.join(ends)})" for first, ends in by_first.items())
    return "|".join(groups)


_EDITED: Final = _any_of(
    "new|added|changed?|modified|updated?|edited|revised|inserted|fixed|replace[ds]?|rewritten"
    "|reworded|stricter|clearer|clarified|improved|removed|deleted|moved|tightened|was|were|old"
    "|previously|formerly|before|from|tbd|todo|fixme"
    "|neu|ge\u00e4ndert|hinzugef\u00fcgt|erg\u00e4nzt|vorher|bisher|ersetzt|nuevo|a\u00f1adido"
    "|cambiado|modificado|nouveau|ajout\u00e9e?|modifi\u00e9e?|novo|alterado|adicionado|nuovo"
    "|aggiunto|modificato|nieuw|gewijzigd|ny|zmienione|dodano|yeni|\u65b0\u589e|\u65b0"
    "|\u5df2\u4fee\u6539|\u4fee\u6539|\u5df2\u66f4\u65b0|\u66f4\u65b0|\u6539|\u8ffd\u52a0"
    "|\u5909\u66f4|\u65b0\u898f|\uc218\uc815|\ucd94\uac00|\u062c\u062f\u064a\u062f"
    "|\u043d\u043e\u0432\u043e\u0435|\u0438\u0437\u043c\u0435\u043d\u0435\u043d\u043e"
    "|\u0434\u043e\u0431\u0430\u0432\u043b\u0435\u043d\u043e"
)
"""Words that tell of an edit."""
_TELLING: Final = _any_of(
    "added|changed|modified|updated|edited|revised|inserted|fixed|replace[ds]|rewritten|tightened"
    "|was|were|previously|formerly|ge\u00e4ndert|hinzugef\u00fcgt|erg\u00e4nzt|ersetzt|vorher|bisher"
    "|a\u00f1adido|cambiado|modificado|ajout\u00e9e?|modifi\u00e9e?|alterado|adicionado|aggiunto"
)
"""Those with which a text in brackets begins that tells of an edit."""
_CHANGED: Final = (
    r"new|updated|revised|replacement|replace[sd]? (?:with|by)|modified|edited|rewritten|corrected"
    r"|original|improved"
)
_WRITTEN: Final = rf"{_CHANGED}|added|inserted|changed|removed|deleted|fixed|was|old|previously"
"""Words with which a comment in code tells of an edit."""
_PART: Final = (
    r"text|version|rule|line|prompt|wording|content|section|instructions?|paragraph|bullet|item"
    r"|sentence|value"
)
"""What a label calls the text behind it by."""
_TAG: Final = r"del|ins|mark|strike|s|span|font"
_WRAPPING: Final = (
    r"diff|patch|udiff|think|thinking|thought|reasoning|scratchpad|tool_calls?|function_calls?"
    r"|invoke|parameters?|arguments?|assistant|user|edits?|changes?|cursor|selection|eos|bos|end"
    r"|eof|eot|s|pad|unk|replace|search|find|(?:new|old)_(?:string|text)|code|artifact"
)
_EDGE: Final = r"\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
"""What other programs take for the end of a line."""


class Mark(NamedTuple):
    """What stands in a line of text that is none."""

    starts: str
    """Characters, one of which stands in every match: most lines have none of them."""
    why: str
    pattern: re.Pattern[str]
    holds: tuple[str, ...] = ()
    """Texts, one of which stands in every match, where the characters are common ones."""


def _mark(
    starts: str, why: str, *patterns: str, holds: tuple[str, ...] = (), flags: int = 0
) -> Mark:
    return Mark(starts, why, re.compile("|".join(patterns), re.MULTILINE | flags), holds)


ESCAPED: Final = "it holds an escape, as a transport leaves it"
_NOTED: Final = "it holds a note on the edit"
COMPARED: Final = "it holds the marks of a comparison, old beside new"
LEFT_OUT: Final = "it leaves text out"
_OF_DIFF: Final = "it belongs to the diff, or to what wraps it"
SYNTAX: Final = "it is a line of a diff's own"
_BY_CHAT: Final = "a chat shows it around a text"
_IN_MARKS: Final = "it stands in marks that may belong to the answer"
_CHOICE: Final = "it holds two texts to choose from"
_ITEM: Final = r"^[ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?[*_]{0,2}"
_REFERS: Final = "it refers to a text, and is none"
_SLOT: Final = "it holds a slot that nobody filled"
_HIDDEN: Final = "it holds the mask of a text"
_SLOTS: Final = (
    "AMOUNT|NAME|FULL NAME|FIRST NAME|LAST NAME|DATE|TIME|E-?MAIL|PHONE|NUMBER|PHONE NUMBER"
    "|ADDRESS|COMPANY|TEAM|URL|LINK|PRICE|VALUE|TEXT|DETAILS|REASON|CONTACT|DEPARTMENT|CITY"
)
_NUMBERED: Final = r"(?:\d{1,3}|[A-Za-z])[.)]"
"""With what an item of a list begins, beside signs."""
_QUANTITY: Final = "most|least|than|within|after|every|exactly|about|around|up to"
"""Before a number."""
_ELLIPSES: Final = ("...", "\u2026", "\u22ef", "\u2025", "\u3002\u3002\u3002")

_OPTIONS: Final = _mark(
    "onr",
    _CHOICE,
    rf"{_ITEM}(option|variant|version|alternative) (?:1|a|one)\b(?s:.{{0,4000}})"
    rf"{_ITEM}\1 (?:2|b|two)\b",
    holds=("ption ", "ariant ", "ersion ", "lternative "),
    flags=re.IGNORECASE,
)

MARKS: Final = (
    _mark("\\", ESCAPED, r"""\\(?:["'/]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[rnt]?$)"""),
    _mark(
        "\\",
        ESCAPED,
        r"""(?:^[ \t]*|[^\s`"'(\[|\\])\\[rnt](?![a-z])""",
        r"[.!?;\u3002]\\{1,2}[rn]|:\\[rn](?![a-z])",
        r"\\[-*_#\[\](){}!~>&<`]|\\(?:begin|end)\{",
        r"(?<![^\s(`\"'])\w+\\\.(?=\w|\s|$)",
    ),
    _mark("\\", _REFERS, r"^[ \t]*(?:[-*+] )?\\\d"),
    _mark("/", ESCAPED, r"[.!?:;]/n(?=[A-Z]|[-*+#\d])"),
    _mark("&", ESCAPED, r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d?);"),
    _mark("%", ESCAPED, r"%(?:0[AaDd]|[2-7][0-9A-Fa-f](?=\w|%)|[CE][0-9A-F]%)"),
    _mark("<", ESCAPED, r"<br[ \t]*/?>"),
    _mark("<", COMPARED, rf"</?(?:{_TAG})(?:[ \t][^<>]*)?>"),
    _mark("<", _OF_DIFF, rf"^[ \t]*</?(?i:{_WRAPPING})>", rf"\S[ \t]*</?(?i:{_WRAPPING})>$"),
    _mark(
        "<[",
        _OF_DIFF,
        r"<\|[^|<>\n]{1,40}\|>|</s>|<\uff5c|<<SYS>>|<(?:start|end)_of_turn>|\[/?(?i:INST)\]",
    ),
    _mark("<", _OF_DIFF, r"<!\[CDATA\["),
    _mark("\u0120\u010a\u2581<", ESCAPED, r"[\u0120\u010a\u2581]\w|<0x[0-9A-F]{2}>"),
    _mark(
        "=", ESCAPED, r"=(?:20|3D|0A|C2|E2)(?=\W|$)|[a-z ]=$", r"=[C-F][0-9A-F](?:=[89AB][0-9A-F])+"
    ),
    _mark("\\", ESCAPED, r"\\(?:pard?|line)[ \t]*$|\{\\rtf\d|\\(?:b|i|ul)0(?!\w)"),
    _mark(
        "\u00b7\u2423",
        ESCAPED,
        r"^(?:[ \t]*(?:[-*+>#]|\d{1,3}[.)]))?[\u00b7\u2423]+\S",
        r"(?<=\w)[\u00b7\u2423]\w+[,;]?[\u00b7\u2423]\w+[,;]?[\u00b7\u2423](?=\w)",
    ),
    _mark(
        "\t\r\x0b\x0c",
        ESCAPED,
        r"(?:(?<=[ $({`])|(?<=\b[A-Z]:))\t(?=[a-z])|(?:^|(?<=[\s$({`:]))[\r\x0b\x0c](?=[a-z])",
    ),
    _mark("[#|>", _OF_DIFF, r"\[DONE\]|^#{1,6} ?(?i:assistant|user|human|system|response):[ \t]*$"),
    _mark("|>", _OF_DIFF, r"^(?:[|>][-+]|\|)$"),
    _mark("<", _OF_DIFF, r"^[ \t]*<{5,}"),
    _mark(">", _OF_DIFF, r"^[ \t]*>{5,}"),
    _mark("=", _OF_DIFF, r"^[ \t]*={7}[ \t]*$"),
    _mark(
        "|%+-=",
        _OF_DIFF,
        r"^([|%+])\1{6}(?:[ \t]+[^|\n]*)?$|^([-=])\2{6}[ \t]+[^\s=-][^=\n]*$",
        holds=("|||||||", "%%%%%%%", "+++++++", "------- ", "======= "),
    ),
    _mark("<", _NOTED, r"<!--"),
    _mark(
        "<\u2190\u21d0\u2b05\U0001f448",
        _NOTED,
        r"(?:<[-=]{1,3}|[\u2190\u21d0\u2b05\U0001f448])(?:[ \t]+\S+){0,2}[ \t]*$",
        r"[ \t]{2,}(?:<[-=]{1,3}|[\u2190\u21d0\u2b05\U0001f448])[ \t]+\S",
        r"(?:<[-=]{1,3}|[\u2190\u21d0\u2b05\U0001f448])[ \t]+"
        r"(?i:this|that|here|see|was|i|we|fix\w*)\b",
    ),
    _mark("<", _REFERS, r"<(?i:your|insert|new|the|add)\b[^<>\n]*[ _-][^<>\n]*>"),
    _mark(">", _NOTED, r"(?<!-)-->(?!\S)", rf"[ \t]=+>[ \t]*(?:{_EDITED})$"),
    _mark(">", _OF_DIFF, r"\|>$|\]\]>"),
    _mark("=", COMPARED, r"==[^=\s][^=\n]*=="),
    _mark("~", COMPARED, r"(?<!~)~~(?!~)"),
    _mark(
        ">\u2192\u21d2\u27f6\u279c\u2794\u21e8\u2193\u21d3",
        COMPARED,
        r"^[ \t]*(?:-{1,2}>|=>|[\u2192\u21d2\u27f6\u279c\u2794\u21e8\u2193\u21d3])[ \t]*$",
    ),
    _mark("{", COMPARED, r"\{\+|\+\}|(?<!\{)\{--|--\}(?!\})|\{~~|\{>>|\{=="),
    _mark("[", COMPARED, r"\[-[^\]\n]{0,400}-\]|\[\+[^\]\n]{0,400}\+\]"),
    _mark("[", _OF_DIFF, r"\[/?(?i:PATCH|DIFF|END|EOF|EOT)\]|\[/\w+\]"),
    _mark(
        ":o",
        _OF_DIFF,
        r":contentReference\b|\boaicite\b",
        holds=("contentReference", "oaicite"),
    ),
    _mark(":", _OF_DIFF, r"^(?:data|event): ?(?:[{\[]|message\b)"),
    _mark("\u3010", _OF_DIFF, r"\u3010[^\u3011\n]{0,80}\u3011"),
    _mark("@", SYNTAX, r"@@[ \t]*-\d|^[ \t]*@@|@@$"),
    _mark("#", _NOTED, r"\S(?:[ \t]{2,}|\t)#|[^\s*+\-\u2022|][ \t]#[ \t]+\S"),
    _mark("/", _NOTED, r"[^\s/][ \t]+//|^[ \t]*//|(?<!\*)/\*|(?<!\*)\*/"),
    _mark(
        "+",
        _OF_DIFF,
        rf"(?:[.!?:;,)\"'\u3002\uff01\uff1f\u0964][ \t]?|[{_EDGE}])\+(?=[-*>\u2022\w\"'\t])",
        rf"[.!?:;,)\"'\u3002\uff01\uff1f\u0964]\+ {{1,8}}(?:[-*+>\u2022]|{_NUMBERED}) ",
        r"(?<=[a-z])\+[-*] (?=[A-Z])",
    ),
    _mark(
        "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029",
        "it ends a line within a line",
        rf"[.!?:;\u3002][{_EDGE}][ \t]?(?:[-*+#>] |\d+[.)] |[A-Z])",
    ),
    _mark("`", _OF_DIFF, r"(?<=[^\s`>])[ \t]?```(?!\)?[ \t]+[a-z]|[.,;:])"),
    _mark("~", _OF_DIFF, r"(?<=[^\s~>])~~~$"),
    _mark("\\", _OF_DIFF, r"\\[rn][-+]"),
    _mark(
        "\u21b5\u00b6\u2424\u23ce\u240d\u240a", ESCAPED, r"[\u21b5\u00b6\u2424\u23ce\u240d\u240a]"
    ),
    _mark("M>", ESCAPED, r"(?:\^M|<CR>|<LF>)$"),
    _mark(
        "c^[<",
        _OF_DIFF,
        r"\bcite(?:turn|news|search|_start|_end)\w*|\[\^\d{1,3}\^?\]|<sup>|\]\[\d{1,3}\]",
        holds=("cite", "[^", "<sup>", "]["),
    ),
    _mark("\u2588\u258c\u258d\u258f\u258a", _OF_DIFF, r"[\u2588\u258c\u258d\u258f\u258a]$"),
    _mark(
        "\U0001f195\u2795\u2796\u270f\u2728\u2702",
        _NOTED,
        "[\U0001f195\u2795\u2796\u270f\u2728\u2702]",
    ),
    _mark(
        ".\u2026\u22ef\u3002\u2025",
        LEFT_OUT,
        r"(?:(?<!\.)\.{3,}+|[\u2026\u22ef\u2025]|\u3002{3})[^\w\n\"'\u201d\u2019`]{0,20}$",
        holds=_ELLIPSES,
    ),
    _mark(".\u2026\u22ef", LEFT_OUT, r"^\W*(?:\.{3,}|[\u2026\u22ef])", holds=_ELLIPSES),
    _mark(
        ".\u2026\u22ef",
        LEFT_OUT,
        r"\S[ \t](?:\.{3,}|[\u2026\u22ef])[ \t]",
        holds=_ELLIPSES,
    ),
    _mark(
        "([{*\uff08<\u3010",
        _NOTED,
        rf"[ \t(\[{{*\uff08<](?:{_EDITED})(?: (?:{_PART}))?[ \t]*[)\]}}\uff09>][)\]}}*]*$",
        rf"[(\uff08](?:{_EDITED})[:\uff1a][^()\n]*[)\uff09]\**$",
        rf"[(\uff08](?:{_TELLING})[ ][^()\n]*[)\uff09]\**$",
        r"[.!?][ \t]\((?:this )?(?:fixes|addresses|prevents|avoids|helps)\b[^()\n]*\)$",
    ),
    _mark(
        "(<\uff08[{\u3010",
        _NOTED,
        r"^[ \t]*(?:(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+)?[*_]{0,2}[(\[<{\uff08\u3010]"
        rf"(?:{_EDITED}|\+|\d{{1,3}})[)\]>}}\uff09\u3011]:?[*_]{{0,2}}:?[ \t]*\S",
    ),
    _mark(
        " ",
        _NOTED,
        rf"[ \t](?<=\S.)[ \t]*[^\w\s.,;:!?|\"'()\[\]]{{1,5}}[ \t]*(?:{_EDITED})"
        rf"(?: (?:{_PART}))?(?=\W*$)",
        r"[ \t](?:TODO|XXX|FIXME|TBD|WIP)$",
    ),
    _mark("/", _CHOICE, r"[.!?\u3002][ \t]/[ \t]\S"),
    _OPTIONS,
    _mark("<[", _REFERS, r"[<\[](?i:old|previous|existing|original|prior)\b[^\]>\n]{0,80}[\]>]"),
    _mark(
        "\\:",
        COMPARED,
        r"\\(?:added|deleted|replaced|sout|st|hl|textcolor|color)\{|:(?:green|red|blue|orange)\[",
    ),
    _mark('"', _OF_DIFF, r'"\s*,\s*"(?:find|replace|diff|op|payload)"\s*:'),
    _mark(".)", COMPARED, r"^[ \t]*\d+[.)][ \t]+(?:\u2192|->|=>)", holds=("\u2192", ">")),
    _mark("-+", SYNTAX, r"^(?:---|\+\+\+) [ab]/\S+$"),
    _mark("([{?", "it asks", r"[(\[{]\d*\?+[)\]}]|\?{3,}", rf"\b(?:{_QUANTITY}) \?(?= [a-z])"),
    _mark(
        ":\uff1a",
        _NOTED,
        r"^[ \t]*(?:[-*+] )?(?:[^\w\s]{1,3}[ \t]+)?[*_]{0,2}"
        rf"(?i:(?:{_CHANGED})(?: (?:{_PART}))?)[*_]{{0,2}}"
        r"[:\uff1a][*_]{0,2}(?!\S)",
    ),
    _mark(
        ":\uff1a",
        _NOTED,
        rf"^[ \t]*(?:[-*+] )?(?:{_EDITED}|(?i:add|insert|remove|delete|with|by|after"
        r"|becomes?|should be|proposed|suggested))(?i: with| by| to)?[:\uff1a][ \t]",
    ),
    _mark(
        ":|0123456789",
        "it begins with the number of a line",
        r"^[ \t]*(?:L|[Ll]ine )?\d+[ \t]*[:|](?!\d)",
        r"^[ \t]*\d+(?:[ ]{2,}|\t)\S",
        r"^\d+-[-*] ",
        r"^[\w./-]+\.[A-Za-z]\w{0,7}([:-])\d+\1(?:\S|[ \t]+(?:[-*+>]|\d+[.)]) )",
    ),
    _mark(
        ":",
        _CHOICE,
        rf"\b(?:{_any_of('or|alt|either|oder|alternativ(?:ely)?')})\b[ \t]*:",
    ),
    _mark("$", _REFERS, r"\$0(?![.,]\d)|^[ \t]*(?:[-*+] )?\$(?:&|\{?\d\}?(?!\d|[.,]\d))"),
    _mark(
        "{",
        _REFERS,
        r"\{\{\s*(?i:your|insert|new|add|replacement|updated)\b[^{}\n]*[ ][^{}\n]*\}\}",
    ),
    _mark(":", _NOTED, r"^[ \t]*(?:[-*+] )?[^\W\d][^\n:]{0,30}:[ \t]+[-*+][ \t]+[^\W\d]"),
    _mark(
        "?",
        "it asks",
        r"\((?i:or|should|maybe|not sure|is this|do we)\b[^()\n]*\?\)\W*$",
        r"\[(?i:or|should|maybe|not sure|is this|do we)\b[^\[\]\n]*\?\]",
    ),
    _mark(
        "[", _SLOT, r"\[(?i:insert|choose|pick|fill in|specify|enter)(?: [^\[\]\n]{1,60})?\](?!\()"
    ),
    _mark("|", _CHOICE, r"(?<!\{)\{[^\W\d][\w -]{0,40}(?:\|[^\W\d][\w -]{0,40}){1,8}\}(?!\})"),
    _mark(
        "{", _REFERS, r"\{(?:find|search|old|original|match|new_(?:text|rule|line|value))[^{}\n]*\}"
    ),
    _mark('"', _OF_DIFF, r'"\s*[}\]]\s*,\s*[{\[]\s*"'),
    _mark(
        "TFX",
        _SLOT,
        r"[<\[(](?:[^<>\[\]()\n]{1,40} )?(?:TODO|TBD|FIXME|XXX)\b[^<>\[\]()\n]*[>\])]"
        r"|\bX{3,}(?:-X{3,})+\b",
        rf"\b(?:{_QUANTITY}) TBD(?= \w)",
        r"(?<![\"'`\w])(?:TODO|TBD)(?![\"'`\w])(?=[ \t]+(?:for|to|at|by|with|from|in|before|if)\b)",
        r"(?<![\"'`\w])TBD(?=[.!]$)|(?<![\w\"'`])XX+(?=[ \t]+[A-Za-z%])",
        holds=("TODO", "TBD", "FIXME", "XX"),
    ),
    _mark("H", _SLOT, r"\b[A-Z]+(?:_[A-Z]+)*_HERE\b", holds=("_HERE",)),
    _mark("(", _SLOT, r"\((?i:to be filled in|fill in(?: here)?|please fill in)\)"),
    _mark("[", _SLOT, rf"\[(?:(?:YOUR|THE|CUSTOMER|USER|COMPANY|AGENT)[ _])?(?:{_SLOTS})\]"),
    _mark("_", _SLOT, r"(?<![\w\"'`])__{2,}(?=[ \t]+[a-z])", rf"\b(?:{_QUANTITY}) __ [a-z]"),
    _mark("?", _SLOT, r"(?<![\w\"'`])\?\?(?=[ \t]+[a-z])"),
    _mark(
        "WHALOTt(-\u2014ays",
        "it speaks of the edit",
        r"\b(?:Wait|Hmm|Actually|Hold on), (?:actually|wait|let me|that|no)\b",
        r"\b[Ll]et me (?:revise|rephrase|reconsider|rethink|redo|fix (?:this|that))\b",
        r"\bOn second thought,|\b[Tt]his (?:edit|patch|change) (?:fixes|addresses|helps|should)\b",
        r"\([Nn]ote to self\b",
        r"(?:--|\u2014|\()[ \t]*(?:[Nn]o|[Aa]ctually(?: no)?|[Ww]ait|[Hh]mm)[,:][ \t][^\n]{0,80}$",
        r"\bOR leave (?:this|it)\b|\bas you prefer\W*$",
        r"\b(?:scrap that|leave this (?:rule|line|bullet) out)\b",
        holds=(
            *("ait", "mm", "ctually", "old on", "et me", "second th", "his ", "self", "prefer"),
            *("no,", "No,", "no:", "crap", "leave"),
        ),
    ),
    _mark("<", _SLOT, r"<[NX]>|<[A-Z]{2,20}(?: [A-Z]{2,20}){1,3}>"),
    _mark("[", _SLOT, r"(?<=\w )\[[NXY]\]"),
    _mark("{", _SLOT, r"(?<!\{)\{\{[A-Z]+(?:_[A-Z]+)+\}\}"),
    _mark("=", ESCAPED, r"=\?[\w-]+\?[QqBb]\?", holds=("=?",)),
    _mark("#", ESCAPED, r"[a-z,] ##[a-z]", holds=(" ##",)),
    _mark("@", ESCAPED, r"[a-z]@@ [a-z]"),
    _mark("+", ESCAPED, r"\+A[0-9A-Za-z]{2}-", r"\b[A-Za-z]+(?:\+[A-Za-z\d]+){3}"),
    _mark("_", ESCAPED, r"(?:^|[ \t])[A-Z][a-z]*(?:_[A-Za-z\d-]+){3,}[.!]?$"),
    _mark("\u951f", ESCAPED, "\u951f\u65a4\u62f7"),
    _mark('"', ESCAPED, r'""\w[^"\n]*""', holds=('""',)),
    _mark("\u2588*", _HIDDEN, r"\u2588{2,}|(?<=[ \t])\*{4,}(?=[ \t.,;]|$)"),
    _mark("<{", _HIDDEN, r"<[A-Z]+(?:_[A-Z]+)*_\d+>|\{\{[A-Z]+(?:_[A-Z]+)*_\d+\}\}"),
    _mark(
        "[",
        _HIDDEN,
        r"(?<!by )(?<!with )(?<!as )(?<!write )(?<!use )(?<!say )"
        r"\[(?:FILTERED|REDACTED|MASKED|REMOVED|HIDDEN|BLOCKED|CENSORED|[A-Z]+_(?:ADDRESS|NUMBER"
        r"|CODE|CARD|SSN))\]",
    ),
    _mark("[%", _SLOT, r"\[object \w+\]|%!\w\([^()\n]*\)", holds=("[object ", "%!")),
    _mark(
        "un",
        _SLOT,
        r"\b(?:[Ff]or|[Oo]f|[Ii]n|[Bb]y|[Ww]ith(?:out)?|[Aa]fter|[Bb]etween|[Aa]t|[Ff]rom|[Tt]han|[Aa]bout)"
        r"[ ](?:undefined|NaN)(?=[.,;]|$|[ ](?:before|after|and|or|for|in|to|when|if)\b)",
        r"[a-z][ ]NaN[ ][a-z]",
        holds=(" undefined", " NaN"),
    ),
    _mark("$", _SLOT, r"\$\{(?:value|text|item|content|result)\}"),
    _mark(
        "<",
        _BY_CHAT,
        r"<!(?:here|channel|everyone)>|<[@#][A-Z0-9]{6,}(?:\|[^<>\n]*)?>"
        r"|<(?:mailto:|https?://)[^<>|\s]*\|[^<>\n]*>",
        holds=("<!", "<@", "<#", "<mailto:", "<http"),
    ),
    _mark("?&", _BY_CHAT, r"[?&]utm_[a-z]+=", holds=("utm_",)),
    _mark(
        "0123456789",
        _OF_DIFF,
        r"\bturn\d+(?:search|news|view|fetch|image|file)\d+",
        holds=("turn",),
    ),
    _mark(
        "[",
        _OF_DIFF,
        r"\[(?:TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|AVAILABLE_TOOLS|ARGS|CALL_ID|SYSTEM_PROMPT)\]",
    ),
    _mark(
        "(",
        _NOTED,
        r"\((?:[Nn]ot sure|[Uu]nsure|I think|I guess)\b[^()\n]{0,60}\)\W*$",
        r"\((?:new|added|changed|updated)(?: rule| line| text)?[,;:][^()\n]{1,60}\)\W*$",
        r"\((?:see|as per) (?:the )?(?:rationale|diagnosis|clusters?|traces?)\b[^()\n]{0,40}\)",
    ),
    _mark(
        "-\u2014",
        _CHOICE,
        r"(?:--|\u2014) (?:or better|or rather|better|alternatively):",
        holds=("-- ", "\u2014 "),
    ),
    _mark(">", _NOTED, r">>[^<>\s][^<>\n]*<<"),
    _mark("^", _NOTED, r"^[ \t]+\^{3,}[ \t]*$"),
    _mark("!?", "it repeats a sign", r"([!?])\1{4,}"),
    _mark(
        ".",
        LEFT_OUT,
        r"\b(?:e\.g|i\.e|z\.B|d\.h)\.,?$",
        holds=("e.g", "i.e", "z.B", "d.h"),
    ),
    _mark("-", COMPARED, r"^[ \t]*(?:[-*+] )?--[ \t]\S[^\n]*[ \t]--$", holds=(" --",)),
    _mark(
        "\r\x0b\x0c",
        "it ends a line within a line",
        r"\r(?=[^\r\n])|[\x0b\x0c](?=[ \t]*[-*+\u2022])",
    ),
)
_CODE_MARKS: Final = (
    *(mark for mark in MARKS if mark.why is _OF_DIFF),
    _OPTIONS,
    _mark("~", COMPARED, r"^[ \t]*~~[^~\n]+~~[ \t]*$"),
    _mark("<\u2190", _NOTED, r"[ \t]{2,}(?:<[-=]{1,3}|\u2190)[ \t]+(?i:fix|this|see|here|new)\b"),
    _mark("\u2190\u21d0\u2b05<", _NOTED, rf"(?:[\u2190\u21d0\u2b05]|<{{3,}})[ \t]*(?:{_EDITED})\b"),
    _mark("0123456789", "it begins with the number of a line", r"^[ \t]*\d+[|\u2502]"),
    _mark("(", _NOTED, rf"[ \t][(\[](?:{_EDITED})[)\]]$"),
    _mark("#/-<;", _NOTED, rf"(?:#|//|--|/\*|<!--|;)[ \t]*\W?(?i:{_WRITTEN})(?:\W|$)"),
)


_WHOLE: Final = re.compile(
    r"[-*=#<\[( \t]{0,4}(?:new file mode \d|deleted file mode \d|old mode \d"
    r"|index [0-9a-f]{4,}\.\."
    r"|No newline at end of file|diff --git "
    r"|(?:EOF|END|PATCH|DIFF|END OF (?:FILE|DIFF|PATCH|PROMPT))\W*$"
    r"|\*\*\* (?:Begin|End|Update|Add|Delete)\b|(?:BEGIN|END|START)[ _](?:PATCH|DIFF|CHANGES?"
    r"|EDIT)\b"
    r"|(?:Begin|End)(?: of)?(?: the)? (?:patch|diff)\b)"
)
_TALK: Final = re.compile(
    r"(?![ \t]*[\"'][\w-]+[\"'][ \t]*:)"  # a field of an example
    r"[^\w\n^]{0,4}+(?:\d{1,3}(?:[.)]|(?:\.\d{1,3})+[.)]?)[ \t]+)?"
    r"(?:wait[!:]|wait, (?:that|no\b|actually|this|i\b|the (?:above|previous)|let|maybe|rule)"
    r"|scratch th(?:at|is)\b"
    r"|never ?mind\b|forget (?:this|that|it)\b|on reflection\b|sorry[,!]"
    r"|disregard (?:this|that|the)\b"
    r"|doch nicht\b|mejor no\b|finalement,"
    r"|wait\. |hmm|oops|actually,|on second thought|let me (?:know|fix"
    r"|also"
    r"|re)|feel free "
    r"to (?:ask|reach|adjust|change)|hope (?:this|that) |sure[,!]|certainly[,!]|of course[,!]"
    r"|i(?:'ve|\u2019ve| have| also|'ll|\u2019ll| will)? (?:changed|added|removed|updated|modified"
    r"|replaced|tightened|fixed|made|kept|left|moved|rewrote|hope|think)\b"
    r"|(?:this|the above|that) (?:completes|concludes|patch|diff|change|hunk|edit|replaces"
    r"|duplicates"
    r"|should (?:fix|help|address)|fixes|addresses)\b|that(?:'s|\u2019s| is) (?:all|it)\b[.!]?"
    r"|here(?:'s|\u2019s| is) (?:the|an?|my) (?:updated|new|revised|replacement|corrected|improved"
    r"|rewritten|patch|diff|change|full)"
    r"|(?:steps?|rules?|lines?|items?|points?|sections?|bullets?) \d+"
    r"(?:\W{1,3}(?:(?:to|and|through) )?\d+)? (?:stays?|remains?|(?:are|is) unchanged|as before)\b"
    r"|(?:the|this) (?:line|rule|text|section|paragraph|sentence|bullet) (?:should|must|now)"
    r" (?:read|say|be|become)s?\b|(?:updated|new|revised|corrected) (?:text|version"
    r"|wording|section) below"
    r"|(?:move|add|insert|put|delete|remove|replace) (?:\w+ ){0,5}this (?:line|rule"
    r"|section|paragraph|bullet|sentence)\b|replace\W*$"
    r"|(?:delete|remove|drop|move|replace) (?:\w+ ){0,3}(?:line|rule|section|paragraph|bullet"
    r"|sentence)s? (?:above|below)(?: with this(?: one)?)?\W*$"
    r"|(?:add|insert) (?:\w+ ){0,3}(?:line|rule|section|paragraph|bullet|sentence|instruction)s?"
    r"(?: \w+){0,4} here\W*$"
    r"|(?:ok(?:ay)?|al ?right)[,!.] (?:now|next|so|let|here|on to)\b"
    r"|(?:end|start|beginning) of part \d+\W*$|(?:page|part) \d+ -+\W*$"
    r"|(?:now |and |then )*(?:the )?(?:next|second|third|last|final) (?:hunk|patch|diff)\W*$"
    r"|(?:insert|add|paste) (?:it |this |that )?here\W*$"
    r"|(?<![\"'\u201c`])(?:is this what you (?:wanted|had in mind)|does this (?:look|sound)"
    r" (?:right|good)|(?:shall|should) i (?:continue|go on|proceed))\W*$"
    r"|note to (?:the )?(?:reviewer|self|editor|team)|(?:todo|fixme|xxx|tbd)(?:\W*$|[:(])"
    r"|(?:rationale|reviewer"
    r"|explanation|justification|motivation|changelog|teacher|why|correction"
    r"|reason for (?:the )?change|expected (?:improvement|effect|impact))\W{0,3}[:(]"
    r"|no, (?:make|say|use|write) "
    r"|(?:reason(?:ing)?|purpose|note|nb|comment|changes?|begr\u00fcndung|hinweis)\W{0,4}:[^\n]{0,200}"
    r"\b(?:(?:old|previous|former|alte) (?:rule|line|text|version|wording|prompt|regel|one)"
    r"|stricter|clearer|than before|this (?:change|fixes|makes)|added to (?:fix|avoid|prevent|help)"
    r"|fail(?:ed|ing|s|ures?)? (?:test|case|run|in (?:run|test))s?|(?:run|test) \d)"
    r"|this (?:is|was)[^\n]{0,60}\b(?:stricter|clearer|(?:old|previous|former) (?:rule|line|one"
    r"|text))"
    r"|(?:note|nb|comment): (?:i|we|only|this (?:change|edit|patch|rule|replaces|fixes"
    r"|adds)|the (?:student|change|edit"
    r"|cluster|patch))\b|(?:show|read|see|load) more\W*$"
    r"|note\([a-z ]+\):|as an ai\b|the (?:above|previous|following) (?:line|rule) (?:was|is|has)"
    r"|(?:same )?as (?:above|before),|new (?:section|rule|line)s? (?:starts?|ends?|begins?)"
    r"|moment, |no changes? (?:is |are )?(?:needed|necessary|required)\b"
    r"|leave (?:this |it )?(?:as is|unchanged)\b"
    r"|i (?:cannot|can['\u2019]t|won['\u2019]t|am unable to) "
    r"(?:help|assist|comply)(?: you)? with (?:this|that|modif|chang|edit)"
    r"|\u5e0c\u671b|\u5982\u9700|\u7b49\u7b49|no (?:other|further) changes"
    r"|nothing else changes|this (?:makes|keeps|ensures|prevents) (?:the|it|this)\b|and so on\W*$"
    r"|(?:-+ )?or(?: -+)?\W*$"
    r"|(?:keep |leave )?everything else\b|(?:the )?(?:rest|remainder) (?:of the (?:prompt|file"
    r"|rules|text)"
    r"|is (?:unchanged|the same|as)|stays|remains)"
    r"|(?:all )?other (?:rules|lines|sections|instructions) (?:stay|remain|are unchanged)\b"
    r"|lines \d+ (?:to|through|-) \d+ |\^+[ \t]|\+?\d+ (?:more )?lines\W*$)",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(
    r"[ \t]*(\"[^\"]*\"|'.*'|\u201c[^\u201c]*\u201d|\u00ab.*\u00bb|\u201e.*[\u201c\u201d])[ \t]*$"
)
_WRAPPED: Final = re.compile(
    r"[ \t]*(?:\*\*(?!\*)|_{1,2}|`|\"|'|\u201c)(?:[ \t]*(?:[-*+][ \t]|\d+[.)][ \t]|#{1,6}[ \t])"
    r"|[ \t]+\S)"
)
_EMPHASISED: Final = re.compile(r"[ \t]*(?:\*\*?|__?)(?=\S)[^*_\n]*[.!?\u3002][*_]+[ \t]*$")
_EDITING: Final = re.compile(
    rf"\W+(?:{_EDITED})\W+$|\W*\b(?:changed|modified|updated|inserted)\W*$"
    r"|\W*(?:end of (?:the )?)?(?:new|changed|added|updated) (?:lines?|rules?|text|sections?|block)"
    r"(?: (?:above|below|(?:ends?|starts?|begins?)(?: here)?))?\W*$",
    re.IGNORECASE,
)
_TAGGED: Final = re.compile(
    r"[ \t]*(?:[-*+] )?<(b|i|u|em|strong|code|p|div|small)\b[^<>]*>.*</\1>[ \t]*$"
)
_IN_TAGS: Final = re.compile(r"[ \t]*(?:[-*+] )?<(\w+)\b[^<>]*>.*</\1>[ \t]*$")
_TICKED: Final = re.compile(
    r"[ \t]*(?:[-*+] )?(?:`[^`]*[ \t][^`]*[ \t][^`]*[.!?\u3002)]`|`[^`\x00-\x7f][^`]*`)[ \t]*$"
)
_NOTHING: Final = re.compile(
    r"[ \t]*(?:(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+)?(?:ditto|idem|todo|tbd|nan"
    r"|#(?:n/a|ref|name|value|null|num|div/0)|(?:(?:the|your|new) ){0,2}(?:rule|text|instruction"
    r"|sentence|line|wording|content)s? (?:goes |comes )?here|placeholder|lorem ipsum\b.*"
    r"|(?:see|same as) (?:above|before|below)|(?=[({\[<])(?:\{\}|\[\]|\(\)|<>))\W*$"
    r"|[ \t(\[<\"*]*(?:redacted|n/?a|none|null|nil|undefined|empty|deleted?|removed?|erased?|ditto"
    r"|todo|tbd"
    r"|(?:delete|remove) (?:this|the)(?: line| rule)?|see (?:above|find|below)"
    r"|same(?: as (?:above|before))?)[)\]>\".*]*$",
    re.IGNORECASE,
)


_LANGUAGE: Final = (
    r"(?i:plain ?text|text|txt|markdown|md|yaml|yml|jsonl?|toml|ini|csv|xml|html|css|sql|python"
    r"|bash|sh|shell|console|diff|code|javascript|typescript)"
)
_SHOWN: Final = re.compile(
    r"(?=[\w\U0001f44d\U0001f44e])"  # Most lines are items of lists.
    rf"(?:(?P<language>{_LANGUAGE})|(?:{_LANGUAGE})?Copy(?: code)?(?:Edit)?|Copied!?"
    r"|(?:Edit|Share|Retry|Regenerate|Read aloud|Good|Bad)(?: response)?"
    r"|[\U0001f44d\U0001f44e\ufe0f \t]+|\d+ ?/ ?\d+"
    r"|(?i:part |page )?\d+ of \d+|Rate this (?:answer|response)"
    r"|(?:Was|Is) this (?:\w+ ){0,2}(?:helpful(?: so far)?|better or worse)\?"
    r"|(?:You|ChatGPT|Claude|Gemini|Copilot) said:|Thought for \d+ ?s\w*"
    r"|[A-Z]\w+ can make mistakes\..*)"
)
"""What a chat shows around a text: the language of a block, its buttons, a question."""
_BASE64: Final = re.compile(
    r"(?=[A-Za-z0-9+/]{32})(?=[^\n]*[a-z])(?=[^\n]*[A-Z])(?=[^\n]*\d)"
    r"[A-Za-z0-9+/]{32,}={0,2}[ \t]*$"
)
_SIGN: Final = re.compile(r"[ \t]*(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+")
_THANKS: Final = re.compile(
    r"Human: (?:thanks|thank you|looks good|great|perfect|lgtm)\b", re.IGNORECASE
)
_TURN: Final = re.compile(r"(?:Human|User|Assistant): ", re.IGNORECASE)
_STUTTER: Final = 8
"""Characters that a line repeats from its beginning, where it was begun anew."""


def _talk(line: str) -> str:
    """Return the words with which a line speaks of the edit; a prompt may use those."""
    found = _TALK.match(line)
    return found[0].lower() if found else ""


def _shown(line: str) -> str:
    """Return what a chat shows on a line: the very line, but one language is like another."""
    found = _SHOWN.fullmatch(line.strip())
    return (found.lastgroup or found[0]) if found else ""


def _starts_again(line: str) -> bool:
    """Say whether a line breaks off and begins anew: `- Weigh the cr- Weigh the crate`."""
    sign = _SIGN.match(line)
    item = line[sign.end() :] if sign else ""
    at = _second_start(item)
    return _second_start(line) > 0 or (at > 0 and item[at - 1].isalnum())


def _second_start(text: str) -> int:
    """Return where a text begins a second time, behind all that it has told until there."""
    begun = text[:_STUTTER]
    at = text.find(begun, _STUTTER) if any(map(str.isalpha, begun)) else -1
    return at if at > 0 and text.startswith(text[:at], at) else 0


_TAIL = re.compile(r"\"(?:[\]}]+,?|,)[ \t]*\r?$")


def _json_tail(line: str) -> bool:
    """Say whether a line ends as a string of JSON does, with a quote that nothing opened."""
    return _TAIL.search(line) is not None and line.count('"') % 2 == 1


class WholeLine(NamedTuple):
    """A line that is no text as a whole."""

    why: str
    is_one: Callable[[str], object]
    """Where it returns a text, that tells the kind."""
    excuses: Callable[[str], object] | None = None
    """What a line of the prompt must be to show that this is its style; else one of the kind.

    Where it returns a set, the kind must be in it.
    """
    starts: str = ""
    """Characters, one of which stands in every such line; none where any line may be one."""


_LINES: Final = (
    WholeLine(SYNTAX, _WHOLE.match),
    WholeLine("it speaks of the edit", _talk),
    WholeLine("it speaks of the edit", _NOTHING.match),
    WholeLine(_NOTED, _EDITING.match),
    WholeLine(_IN_MARKS, _TAGGED.match, _IN_TAGS.match, "<"),
    WholeLine(_IN_MARKS, _TICKED.match, starts="`"),
    WholeLine("it is a remark, and the prompt has none like it", remark, starts="".join(BEGINS)),
    WholeLine(
        "it ends in a remark, and no line of the prompt does", has_remark, starts="".join(CLOSES)
    ),
    WholeLine(
        "it stands in quotes that may belong to the answer",
        _QUOTED.match,
        starts="\"'\u201c\u00ab\u201e",
    ),
    WholeLine(_IN_MARKS, _WRAPPED.match, starts="*_`\"'\u201c"),
    WholeLine(_IN_MARKS, _EMPHASISED.match, starts="*_"),
    WholeLine(LEFT_OUT, has_truncation),
    WholeLine("it begins twice", _starts_again),
    WholeLine(ESCAPED, _BASE64.match),
    WholeLine(_BY_CHAT, _shown),
    WholeLine(_BY_CHAT, _THANKS.match, _TURN.match, ":"),
    WholeLine(_OF_DIFF, _json_tail, starts='"'),
    WholeLine("it is a slot that nobody filled", lone_slot, slot_styles, SLOTTED),
)
_NEW_CODE_LINES: Final = (
    WholeLine("it speaks of the edit", _talk),
    WholeLine(LEFT_OUT, says_truncation),
)
"""In code that is added, where dots may be an example's."""
_CODE_LINES: Final = (
    *_NEW_CODE_LINES,
    WholeLine(LEFT_OUT, has_truncation),
    WholeLine(_BY_CHAT, _shown),
)
"""In code that takes the place of other code."""


class Marks(Enum):
    """Which marks are looked for."""

    ALL = auto()
    COUNTED = auto()
    """Where counts prove that what looks like a diff's own line is text."""
    CODE = auto()
    """In code, where a comment is code."""
    EDITED_CODE = auto()
    """In code that takes the place of other code: dots may stand for what was there."""


class Sought(NamedTuple):
    """The marks, and the kinds of lines, that are looked for in a text."""

    marks: tuple[Mark, ...]
    lines: tuple[WholeLine, ...]


_TABLES: Final = {
    Marks.ALL: Sought(MARKS, _LINES),
    Marks.COUNTED: Sought(
        tuple(mark for mark in MARKS if mark.why is not SYNTAX),
        tuple(line for line in _LINES if line.why is not SYNTAX),
    ),
    Marks.CODE: Sought(_CODE_MARKS, _NEW_CODE_LINES),
    Marks.EDITED_CODE: Sought(
        (*_CODE_MARKS, *(mark for mark in MARKS if mark.why is LEFT_OUT)), _CODE_LINES
    ),
}


def sought_in(marks: Marks, text: str) -> Sought:
    """Return the marks that may stand in a text, and the kinds that its lines may be of."""
    bare, whole, holds = _sought_with(marks, _STARTS.intersection(text))
    return whole if any(map(text.__contains__, holds)) else bare


@lru_cache(maxsize=2048)
def _sought_with(
    marks: Marks, characters: frozenset[str]
) -> tuple[Sought, Sought, tuple[str, ...]]:
    """Return what is looked for without marks that hold a text, with them, and these texts."""
    table = _TABLES[marks]
    some = tuple(mark for mark in table.marks if not characters.isdisjoint(mark.starts))
    lines = tuple(
        line for line in table.lines if not line.starts or not characters.isdisjoint(line.starts)
    )
    bare = tuple(mark for mark in some if not mark.holds)
    holds = dict.fromkeys(text for mark in some for text in mark.holds)
    return Sought(bare, lines), Sought(some, lines), tuple(holds)


_STARTS: Final = frozenset(
    "".join([*(mark.starts for mark in (*MARKS, *_CODE_MARKS)), *(line.starts for line in _LINES)])
)
