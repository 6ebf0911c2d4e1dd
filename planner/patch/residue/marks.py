"""Marks that stand anywhere in a line, by which a diff, a transport or a remark shows.

Whoever looks for them (see `search`) asks first whether the prompt has the like.
"""

import re
from typing import Final, NamedTuple

from planner.patch.residue.edit_words import CHANGED, EDITED, PART, TELLING, WRITTEN, any_of
from planner.patch.residue.reasons import (
    BY_CHAT,
    CHOICE,
    COMPARED,
    ESCAPED,
    HIDDEN,
    IN_MARKS,
    LEFT_OUT,
    NOTED,
    OF_DIFF,
    REFERS,
    SLOT,
    SYNTAX,
    WITHIN_LINE,
)

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


_MARGIN: Final = r"^[^\w\n]{0,12}"
_ITEM: Final = r"^[ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?[*_]{0,2}"
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
    CHOICE,
    rf"{_ITEM}(option|variant|version|alternative) (?:1|a|one)\b(?s:.{{0,4000}})"
    rf"{_ITEM}\1 (?:2|b|two)\b",
    holds=("ption ", "ariant ", "ersion ", "lternative "),
    flags=re.IGNORECASE,
)
_TAG_OPEN: Final = _mark(
    "<",
    "it holds a tag that is not closed",
    r"<[A-Za-z][\w-]*(?:[ ][\w:-]+=\"[^\"<>\n]*\")+[^\s/>?\"]",
    holds=('="',),
)

MARKS: Final = (
    _mark("\\", ESCAPED, r"""\\["'/]"""),
    _mark("\\", ESCAPED, r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})"),
    _mark("\\", ESCAPED, r"\\[rnt]?$"),
    _mark("u", ESCAPED, r"(?<!\\)u(?:00[a-f]|20[12])[0-9a-f](?![0-9a-f])", holds=("u00", "u20")),
    _mark("*", HIDDEN, r"(?<!\*)\*{2,}@|@\*{2,}"),
    _mark("[", HIDDEN, r"\[[A-Z]{3,}_\d{1,3}\]"),
    _mark(
        "\u2014\u2013",
        "a dash took the place of two hyphens",
        r"`(?:[^`\n]*[ \t])?[\u2014\u2013](?=\w)[^`\n]*`",
    ),
    _mark(
        "\u221a\u201a",
        "it was decoded wrongly on its way",
        r"\u221a[\u00a7\u00a9\u00ae\u00b0\u00b1\u00b4\u00df\u00fa\u2202\u220f\u2211\u2264]|\u201a\u00c4",
    ),
    _mark(
        ":_",
        OF_DIFF,
        r": keep-alive|\bevent: (?:content_block|message_|ping)|overloaded_error",
        holds=("keep-alive", "event: ", "overloaded"),
    ),
    _mark(
        "sul",
        "a program failed there",
        r"(?i:\bstream disconnected|\bupstream connect error|\bliquid (?:syntax )?error\b)",
        holds=("tream disc", "pstream conn", "iquid "),
    ),
    _mark(
        "Tt",
        NOTED,
        r"^\W*[Tt]his (?:line|rule|section|prompt|text|item|bullet) (?:was|has been|is now) "
        r"(?:changed|added|updated|removed|modified|revised|reworded)\b",
        holds=("his line", "his rule", "his section", "his prompt", "his text", "his item"),
    ),
    _mark(
        "WD",
        BY_CHAT,
        r"^\W*(?:Would|Do) you (?:like|want) me to\b",
        holds=("you like me", "you want me"),
    ),
    _mark("(", NOTED, r"\((?i:new|updated|changed|added)!\)\W*$"),
    _mark("(", NOTED, r"\((?i:keep|leave|kept|left)(?: it)? as(?: it)? is\b"),
    _mark(
        "50EAInNSWwKL",
        BY_CHAT,
        r"^\W*(?:50\d (?:Bad Gateway|Gateway Time-?out|Service Unavailable|Internal Server)"
        r"|Error: |An error occurred\b|I apologi[sz]e\b|I need more (?:context|information)\b"
        r"|No changes?\.?$|See my previous\b|Which (?:wording|version|one) do you prefer\b"
        r"|Keep the (?:original|old|current) (?:wording|text)\b)",
        r"[.!?] Let me know\b|\bLet me know if you need\b",
        holds=(
            *("Gateway", "Unavailable", "Server Error", "Error: ", "rror occurred", "apologi"),
            *("need more", "No change", "my previous", "you prefer", "Keep the", "Let me know"),
        ),
    ),
    _mark("Nnl", SLOT, r"^\W*(?:N/A|n/a|nil|Optional\(nil\))\W*$", holds=("/A", "/a", "nil")),
    _mark("d", OF_DIFF, r"^data: [a-z]", holds=("data: ",)),
    _mark(
        "_u", "a gateway wrote its link over it", r"\burldefense\.|__;!!", holds=("urldef", "__;!!")
    ),
    _mark("@", LEFT_OUT, r"(?<=[\w.-])@[\w-]{0,20}$"),
    _mark(
        "I",
        BY_CHAT,
        r"^(?:[ \t]*\d{1,3}[.)])?\W*I(?:['\u2019]m| am) sorry,? (?:but )?"
        r"I (?:can['\u2019]t|cannot)\b",
        r"^\W*I (?:can['\u2019]t|cannot) (?:help|assist) (?:you )?with (?:that|this)\b",
        holds=("I can", "I cannot"),
    ),
    _mark("T", "a program failed there", r"^\W*Traceback \(most recent call last\):?"),
    _mark(
        "MCRST",
        NOTED,
        r"^\W*Make (?:this|the|it)\b[^\n]{0,30}"
        r"\b(?:strict|clear|short|long|friendli|simpl|strong|soft)er\b",
        r"^\W*Change the (?:number|value|wording|tone|limit|name|date)s? to\b",
        r"^\W*(?:Reword|Rephrase|Rewrite|Shorten|Clarify)(?: (?:this|it))? (?:so|such) that\b",
        holds=("Make ", "Change the", " that"),
    ),
    _mark(
        "CRIAKLT({[",
        NOTED,
        rf"{_MARGIN}(?:Change|Reword|Rephrase)(?: this| it)? (?:to|as) [\"\u201c]",
        rf"{_MARGIN}(?:Insert|Add) the following (?:line|{PART})\b",
        rf"{_MARGIN}(?:Keep|Leave) (?:this |it )?as(?: it)? is\b",
        rf"{_MARGIN}(?:Replace the|Rewrite this|Reword this) (?:number|word|{PART}) "
        r"(?:with|by|so|to)\b",
        rf"{_MARGIN}I(?:['\u2019]ll| will) (?:now )?(?:update|change|edit|replace|rewrite|reword) "
        r"(?:the|this)\b",
        rf"{_MARGIN}[({{\[](?:nothing|empty|none|blank|deleted|removed|\d)[)}}\]]\W{{0,5}}$",
        rf"{_MARGIN}This (?:\w+ )?should (?:now |instead )?read\b",
        holds=(
            *(
                " to ",
                " as ",
                "the following",
                "should ",
                " with ",
                " by ",
                " so ",
                "I'll ",
                "I will ",
            ),
            *("nothing", "empty", "none", "blank", "deleted", "removed", "I\u2019ll ", "{"),
        ),
    ),
    _mark(
        ":",
        BY_CHAT,
        r"\A(?:AI|Assistant|AFTER|After|NEW|New|Output|OUTPUT|Result):[ \t]*\n",
    ),
    _mark("#", "a spreadsheet failed there", r"(?<=\w )#(?:REF!|VALUE!|NUM!|NAME\?|DIV/0!)"),
    _mark(
        "{",
        "a template failed there",
        r"\{\{[^{}\n]*\b(?:undefined|error|missing|not found)\b[^{}\n]*\}\}",
        r"(?<=\w)\{\"error\":",
    ),
    _mark(
        ".!?",
        NOTED,
        r"[.!?] (?:Wait|Hmm+|Hold on|Scratch that|No wait|Let me think)\b(?:[,.]|\.{3}|\u2026)",
        holds=("Wait", "Hmm", "Hold on", "Scratch", "No wait", "Let me"),
    ),
    _mark(
        "?",
        "question marks took the place of letters",
        r"(?<![\w/=.:?&`-])[^\W\d_]{1,20}\?[a-z]{2,}(?![\w=])|\d \?[.,]",
        r"(?:^|[ \t])\?[a-z]{3,}(?![\w=])|^[ \t]*\?[ \t]+[A-Z]\w",
        r"(?<![\w/=.:?&`-])[^\W\d_]{1,20}\?(?:[tsdm]|re|ve|ll)\b(?!=)|(?<!\S)\?\d|[^\W\d_]\?\?[a-z]",
    ),
    _mark(
        "\\",
        ESCAPED,
        r"""(?:^[ \t]*|[^\s`"'(\[|\\])\\[rnt](?![a-z])""",
        r"[.!?;\u3002]\\{1,2}[rn]|:\\[rn](?![a-z])",
        r"(?<!`)\\[-*_#\[\](){}!~>&<`]|\\(?:begin|end)\{",
        r"(?<![^\s(`\"'])\w+\\\.(?=\w|\s|$)",
    ),
    _mark("\\", REFERS, r"^[ \t]*(?:[-*+] )?\\\d"),
    _mark("/", ESCAPED, r"[.!?:;]/n(?=[A-Z]|[-*+#\d])"),
    _mark("&", ESCAPED, r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d?);"),
    _mark("%", ESCAPED, r"%(?:0[AaDd]|[2-7][0-9A-Fa-f](?=\w|%)|[CE][0-9A-F]%)"),
    _mark("<", ESCAPED, r"<br[ \t]*/?>"),
    _mark("<", COMPARED, rf"</?(?:{_TAG})(?:[ \t][^<>]*)?>"),
    _mark("<", OF_DIFF, rf"^[ \t]*</?(?i:{_WRAPPING})>", rf"\S[ \t]*</?(?i:{_WRAPPING})>$"),
    _mark(
        "<[",
        OF_DIFF,
        r"<\|[^|<>\n]{1,40}\|>|</s>|<\uff5c|<<SYS>>|<(?:start|end)_of_turn>|\[/?(?i:INST)\]",
    ),
    _mark("<", OF_DIFF, r"<!\[CDATA\[|</?(?:pad|unk|eos|bos|sep|cls|mask)>"),
    _mark("\u0120\u010a\u2581<", ESCAPED, r"[\u0120\u010a\u2581]\w|<0x[0-9A-F]{2}>"),
    _mark(
        "=",
        ESCAPED,
        r"=(?:3D|0A|C2|E2)(?=\W|$)|(?<!\w)=20(?=\W|$)|=20$|[a-z ]=$",
        r"=[C-F][0-9A-F](?:=[89AB][0-9A-F])+",
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
    _mark("[#|>", OF_DIFF, r"\[DONE\]|^#{1,6} ?(?i:assistant|user|human|system|response):[ \t]*$"),
    _mark("|>", OF_DIFF, r"^(?:[|>][-+]|\|)$"),
    _mark("<", OF_DIFF, r"^[ \t]*<{5,}"),
    _mark(">", OF_DIFF, r"^[ \t]*>{5,}"),
    _mark("=", OF_DIFF, r"^[ \t]*={7}[ \t]*$"),
    _mark(
        "|%+-=",
        OF_DIFF,
        r"^([|%+])\1{6}(?:[ \t]+[^|\n]*)?$|^([-=])\2{6}[ \t]+[^\s=-][^=\n]*$",
        holds=("|||||||", "%%%%%%%", "+++++++", "------- ", "======= "),
    ),
    _mark("<", NOTED, r"<!--"),
    _mark(
        "<\u2190\u21d0\u2b05\U0001f448",
        NOTED,
        r"(?:<[-=]{1,3}(?![ \t]*['\"\d])|[\u2190\u21d0\u2b05\U0001f448])(?:[ \t]+\S+){0,2}[ \t]*$",
        r"(?<=[ \t][ \t])(?:<[-=]{1,3}|[\u2190\u21d0\u2b05\U0001f448])[ \t]+\S",
        r"(?:<[-=]{1,3}|[\u2190\u21d0\u2b05\U0001f448])[ \t]+"
        r"(?i:this|that|here|see|was|i|we|fix\w*)\b",
    ),
    _mark("<", REFERS, r"<(?i:your|insert|new|the|add)\b[^<>\n]*[ _-][^<>\n]*>"),
    _mark(">", NOTED, r"(?<!-)-->(?!\S)", rf"[ \t]=+>[ \t]*(?:{EDITED})$"),
    _mark(">", OF_DIFF, r"\|>$|\]\]>"),
    _mark("=", COMPARED, r"==[^=\s][^=\n]*=="),
    _mark("~", COMPARED, r"(?<!~)~~(?!~)"),
    _mark(
        ">\u2192\u21d2\u27f6\u279c\u2794\u21e8\u2193\u21d3",
        COMPARED,
        r"^[ \t]*(?:-{1,2}>|=>|[\u2192\u21d2\u27f6\u279c\u2794\u21e8\u2193\u21d3])[ \t]*$",
    ),
    _mark("{", COMPARED, r"\{\+|\+\}|(?<!\{)\{--|--\}(?!\})|\{~~|\{>>|\{=="),
    _mark("[", COMPARED, r"\[-[^\]\n]{0,400}-\]|\[\+[^\]\n]{0,400}\+\]"),
    _mark("[", OF_DIFF, r"\[/?(?i:PATCH|DIFF|END|EOF|EOT)\]|\[/\w+\]"),
    _mark(
        ":o",
        OF_DIFF,
        r":contentReference\b|\boaicite\b",
        holds=("contentReference", "oaicite"),
    ),
    _mark(":", OF_DIFF, r"^(?:data|event): ?(?:[{\[]|message\b)"),
    _mark("\u3010", OF_DIFF, r"\u3010[^\u3011\n]{0,80}\u3011"),
    _mark("@", SYNTAX, r"@@[ \t]*-\d|^[ \t]*@@|@@$"),
    _mark("#", NOTED, r"\S(?:[ \t]{2,}|\t)#|[^\s*+\-\u2022|][ \t]#[ \t]+\S"),
    _mark("/", NOTED, r"[^\s/][ \t]+//|^[ \t]*//|(?<![\w*])/\*|(?<!\*)\*/(?![\w*])"),
    _mark(
        "+",
        OF_DIFF,
        rf"(?:[.!?:;,)\"'\u3002\uff01\uff1f\u0964][ \t]?|[{_EDGE}])\+"
        r"(?!(?<=[ \t]\+)\d(?!\d{0,2}[.)][ \t]))(?=[-*>\u2022\w\"'\t])",  # but `: +49 30 12`
        rf"[.!?:;,)\"'\u3002\uff01\uff1f\u0964]\+ {{1,8}}(?:[-*+>\u2022]|{_NUMBERED}) ",
        r"(?<=[a-z])\+[-*] (?=[A-Z])",
    ),
    _mark(
        "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029",
        WITHIN_LINE,
        rf"[.!?:;\u3002][{_EDGE}][ \t]?(?:[-*+#>] |\d+[.)] |[A-Z])",
    ),
    _mark("`", OF_DIFF, r"(?<=[^\s`>])[ \t]?```(?!\)?[ \t]+[a-z]|[.,;:])"),
    _mark("~", OF_DIFF, r"(?<=[^\s~>])~~~$"),
    _mark("\\", OF_DIFF, r"\\[rn][-+]", r"\S\\ No newline at end of file$"),
    _mark(
        "\u21b5\u00b6\u2424\u23ce\u240d\u240a", ESCAPED, r"[\u21b5\u00b6\u2424\u23ce\u240d\u240a]"
    ),
    _mark("M>", ESCAPED, r"(?:\^M|<CR>|<LF>)$"),
    _mark(
        "c^[<",
        OF_DIFF,
        r"\bcite(?:turn|news|search|_start|_end)\w*|\[\^\d{1,3}\^?\]|<sup>|\]\[\d{1,3}\]",
        holds=("cite", "[^", "<sup>", "]["),
    ),
    _mark("\u2588\u258c\u258d\u258f\u258a", OF_DIFF, r"[\u2588\u258c\u258d\u258f\u258a]$"),
    _mark(
        "\U0001f195\u2795\u2796\u270f\u2728\u2702",
        NOTED,
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
        NOTED,
        rf"[ \t(\[{{*\uff08<](?:{EDITED})(?: (?:{PART}))?[ \t]*[)\]}}\uff09>][)\]}}*]*$",
        rf"[(\uff08](?:{EDITED})[:\uff1a][^()\n]*[)\uff09]\**$",
        rf"[(\uff08](?:{TELLING})[ ][^()\n]*[)\uff09]\**$",
        r"[.!?][ \t]\((?:this )?(?:fixes|addresses|prevents|avoids|helps)\b[^()\n]*\)$",
    ),
    _mark(
        "(<\uff08[{\u3010",
        NOTED,
        r"^[ \t]*(?:(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+)?[*_]{0,2}[(\[<{\uff08\u3010]"
        rf"(?:{EDITED}|\+|\d{{1,3}})[)\]>}}\uff09\u3011]:?[*_]{{0,2}}:?[ \t]*\S",
    ),
    _mark(
        " ",
        NOTED,
        rf"[ \t](?<=\S.)[ \t]*[^\w\s.,;:!?|\"'()\[\]]{{1,5}}[ \t]*(?:{EDITED})"
        rf"(?: (?:{PART}))?(?=\W*$)",
        r"[ \t](?:TODO|XXX|FIXME|TBD|WIP)$",
    ),
    _mark("/", CHOICE, r"[.!?\u3002][ \t]/[ \t]\S"),
    _OPTIONS,
    _mark("<[", REFERS, r"[<\[](?i:old|previous|existing|original|prior)\b[^\]>\n]{0,80}[\]>]"),
    _mark(
        "\\:",
        COMPARED,
        r"\\(?:added|deleted|replaced|sout|st|hl|textcolor|color)\{|:(?:green|red|blue|orange)\[",
    ),
    _mark('"', OF_DIFF, r'"\s*,\s*"(?:find|replace|diff|op|payload)"\s*:'),
    _mark(".)", COMPARED, r"^[ \t]*\d+[.)][ \t]+(?:\u2192|->|=>)", holds=("\u2192", ">")),
    _mark("-+", SYNTAX, r"^(?:---|\+\+\+) [ab]/\S+$"),
    _mark("([{?", "it asks", r"[(\[{]\d*\?+[)\]}]|\?{3,}", rf"\b(?:{_QUANTITY}) \?(?= [a-z])"),
    _mark(
        ":\uff1a",
        NOTED,
        r"^[ \t]*(?:[-*+] )?(?:[^\w\s]{1,3}[ \t]+)?[*_]{0,2}"
        rf"(?i:(?:{CHANGED})(?: (?:{PART}))?)[*_]{{0,2}}"
        r"[:\uff1a][*_]{0,2}(?!\S)",
    ),
    _mark(
        ":\uff1a",
        NOTED,
        rf"^[ \t]*(?:[-*+] )?(?:{EDITED}|(?i:add|insert|remove|delete|with|by|after"
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
        CHOICE,
        rf"\b(?:{any_of('or|alt|either|oder|alternativ(?:ely)?')})\b[ \t]*:",
    ),
    _mark("$", REFERS, r"\$0(?![.,]\d)|^[ \t]*(?:[-*+] )?\$(?:&|\{?\d\}?(?!\d|[.,]\d))"),
    _mark(
        "{",
        REFERS,
        r"\{\{\s*(?i:your|insert|new|add|replacement|updated)\b[^{}\n]*[ ][^{}\n]*\}\}"
        r"|\{\{(?:replacement|new_text|replace)\}\}",
    ),
    _mark(":", NOTED, r"^[ \t]*(?:[-*+] )?[^\W\d][^\n:]{0,30}:[ \t]+[-*+][ \t]+[^\W\d]"),
    _mark(
        "?",
        "it asks",
        r"\((?i:or|should|maybe|not sure|is this|do we)\b[^()\n]*\?\)\W*$",
        r"\[(?i:or|should|maybe|not sure|is this|do we)\b[^\[\]\n]*\?\]",
    ),
    _mark(
        "[", SLOT, r"\[(?i:insert|choose|pick|fill in|specify|enter)(?: [^\[\]\n]{1,60})?\](?!\()"
    ),
    _mark("|", CHOICE, r"(?<!\{)\{[^\W\d][\w -]{0,40}(?:\|[^\W\d][\w -]{0,40}){1,8}\}(?!\})"),
    _mark(
        "{",
        REFERS,
        r"\{(?:(?:find|search)(?:_(?:text|string|line|block|pattern))?(?!\w)|old|original|match"
        r"|new_(?:text|rule|line|value))[^{}\n]*\}",
    ),
    _mark('"', OF_DIFF, r'"\s*[}\]]\s*,\s*[{\[]\s*"'),
    _mark(
        "TFX",
        SLOT,
        r"[<\[(](?:[^<>\[\]()\n]{1,40} )?(?:TODO|TBD|FIXME|XXX)\b[^<>\[\]()\n]*[>\])]"
        r"|\bX{3,}(?:-X{3,})+\b",
        rf"\b(?:{_QUANTITY}) TBD(?= \w)",
        r"(?<!\ba )(?<!\bor )(?<!\bno )(?<!\bas )(?<!\bwith )(?<![\"'`\w])(?:TODO|TBD)(?![\"'`\w])"
        r"(?=[ \t]+(?:for|to|at|by|with|from|in|before|if)\b)",
        r"(?<![\"'`\w])TBD(?=[.!]$)|(?<![\w\"'`])(?<!\bor )XX+(?=[ \t]+[A-Za-z%])",
        holds=("TODO", "TBD", "FIXME", "XX"),
    ),
    _mark("\u3003", LEFT_OUT, r"(?<!\S)\u3003(?!\S)"),
    _mark("H", SLOT, r"\b[A-Z]+(?:_[A-Z]+)*_HERE\b", holds=("_HERE",)),
    _mark("(", SLOT, r"\((?i:to be filled in|fill in(?: here)?|please fill in)\)"),
    _mark("[", SLOT, rf"\[(?:(?:YOUR|THE|CUSTOMER|USER|COMPANY|AGENT)[ _])?(?:{_SLOTS})\]"),
    _mark("_", SLOT, r"(?<![\w\"'`])__{2,}(?=[ \t]+[a-z])", rf"\b(?:{_QUANTITY}) __ [a-z]"),
    _mark("?", SLOT, r"(?<![\w\"'`])\?\?(?=[ \t]+[a-z])"),
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
    _mark("<", SLOT, r"<[NX]>|<[A-Z]{2,20}(?: [A-Z]{2,20}){1,3}>"),
    _mark(
        "[",
        SLOT,
        r"(?<=\w )\[[NXY]\]|(?<!as )\[[Yy]our[ -][^\[\]\n]{1,40}\](?!\()|\[TO BE [A-Z]+\]",
    ),
    _mark("<", SLOT, r"<(?:YOUR_[A-Z_]{2,40}|NUMBER|AMOUNT|NAME|DATE|e-?mail address)>"),
    _mark("[", SLOT, r"\[(?:[A-Z]\w+ Name|[A-Z]+(?: [A-Z]+)* HERE)\]"),
    _mark("(", SLOT, r"\(insert \w+\)"),
    _mark("X", SLOT, r"(?<!\w)XX%", holds=("XX%",)),
    _mark(":", SLOT, r"^\W{0,4}Placeholder: "),
    _mark(
        "<",
        "it opens a tag that is not closed",
        r"<(b|i|u|em|strong|code|kbd|important|critical|warning)>(?!.*</\1>)(?=\w)",
    ),
    _mark(
        "(",
        SLOT,
        r"\((?:to be (?:confirmed|defined|decided|announced)|replace with [^()\n]{1,40})\)",
    ),
    _mark("{", SLOT, r"\{\{[^{}\n]{0,40}\bfill in\b[^{}\n]{0,40}\}\}"),
    _mark("_", SLOT, r"[a-z] _{5,}[.,]?$"),
    _mark("{", SLOT, r"(?<!\{)\{\{[A-Z]+(?:_[A-Z]+)+\}\}"),
    _mark("=", ESCAPED, r"=\?[\w-]+\?[QqBb]\?", holds=("=?",)),
    _mark("#", ESCAPED, r"[a-z,] ##[a-z]", holds=(" ##",)),
    _mark("@", ESCAPED, r"[a-z]@@ [a-z]"),
    _mark("+", ESCAPED, r"\+A[0-9A-Za-z]{2}-", r"\b[A-Za-z]+(?:\+[A-Za-z\d]+){3}"),
    _mark("_", ESCAPED, r"(?:^|[ \t])[A-Z][a-z]*(?:_[A-Za-z\d-]+){3,}[.!]?$"),
    _mark("\u951f", ESCAPED, "\u951f\u65a4\u62f7"),
    _mark('"', ESCAPED, r'""\w[^"\n]*""', holds=('""',)),
    _mark("\u2588*", HIDDEN, r"\u2588{2,}|(?<=[ \t])\*{4,}(?=[ \t.,;]|$)"),
    _mark("<{", HIDDEN, r"<[A-Z]+(?:_[A-Z]+)*_\d+>|\{\{[A-Z]+(?:_[A-Z]+)*_\d+\}\}"),
    _mark(
        "[<",
        HIDDEN,
        r"(?<!by )(?<!with )(?<!as )(?<!write )(?<!use )(?<!say )"
        r"\[(?:FILTERED|REDACTED|MASKED|REMOVED|HIDDEN|BLOCKED|CENSORED|[A-Z]+_REDACTED|[A-Z]+_(?:ADDRESS|NUMBER"
        r"|CODE|CARD|SSN|NAME))\]|\[email[ \u00a0]protected\]|<(?:EMAIL_ADDRESS|PHONE_NUMBER)>",
    ),
    _mark("*", HIDDEN, r"(?<=[\w,] )\*{3}(?=[ .,]|$)|[\u20ac$\u00a3{]\*{3}", holds=("***",)),
    _mark("\\", ESCAPED, r"\\[23][0-7]{2}\\[23][0-7]{2}"),
    _mark("=", ESCAPED, r"\w=3D\w", holds=("=3D",)),
    _mark("<\u00a5", ESCAPED, r"<U\+[0-9A-F]{4,6}>|\u00a5n(?=\W|[A-Z])", holds=("<U+", "\u00a5n")),
    _mark("b", ESCAPED, r"^[ \t]*b'[^'\n]*'[ \t]*$", holds=("b'",)),
    _mark(
        '([%"',
        LEFT_OUT,
        r"\(see (?:the )?original\)|\[(?:previous|existing|old|original) (?:content|text)\]",
        r"\brest unchanged\W*$|\bexisting text\W*$",
        r"^[ \t]*\((?:supprim\u00e9|gel\u00f6scht|eliminado|rimosso|entfernt|removido)e?\)$",
    ),
    _mark("(", LEFT_OUT, r"\((?:to be continued|continued (?:below|in the next \w+))\)"),
    _mark("[", NOTED, r"\[sic\??\]|\[cont(?:\.|inued)\]", holds=("[sic", "[cont")),
    _mark("-[", LEFT_OUT, r"-{2,} ?snip ?-{2,}|\[snip\]", holds=("snip",)),
    _mark(
        "(",
        NOTED,
        r"\((?:please )?(?:confirm|check|verify|clear) (?:[^()\n]{1,40} )?"
        r"(?:with [^()\n]{1,20}|before (?:use|rollout|applying|merging))\)",
    ),
    _mark("SC", NOTED, r"^\W*(?:Score|Confidence): \d", holds=("Score: ", "Confidence: ")),
    _mark(
        '"',
        OF_DIFF,
        r'^[ \t]*"(?:rationale|expected_improvement|references|risk_tier|replace)"[ \t]*:',
    ),
    _mark(
        "AIPMSRUKO",
        NOTED,
        rf"{_MARGIN}(?:Add|Append|Insert|Put|Mention|Move) [^\n]{{1,60}} (?:to|at) the "
        r"(?:end|start|beginning) of (?:this|the) (?:sentence|line|rule|bullet|paragraph|item)\b",
        rf"{_MARGIN}Same (?:sentence|line|rule|text|wording|paragraph|bullet),? (?:but|with)\b",
        rf"{_MARGIN}Same as (?:the (?:first|second|last|previous|other)|pair|edit|replacement)\b",
        rf"{_MARGIN}(?:Rephrase|Reword) (?:more|less)\b",
        rf"{_MARGIN}Same(?:, but| as (?:`?find`?|the old))\b",
        rf"{_MARGIN}I would (?:remove|delete|drop|keep|rewrite|reword) (?:this|it|the)\b",
        rf"{_MARGIN}(?:Use|Keep) the (?:text|wording|version) (?:from|of) the "
        r"(?:previous|first|last|other|old)\b",
        r"[.!?] Or leave (?:it|this)\b",
        holds=(
            *(" of this ", " of the ", "Same", "Rephrase ", "Reword ", "I would ", " the text "),
            *(" the wording ", " the version ", "Or leave"),
        ),
    ),
    _mark(
        "JEL",
        BY_CHAT,
        r"^\W*(?:Je suis d\u00e9sol\u00e9e?, (?:mais )?je ne peux pas"
        r"|(?:Es )?[Tt]ut mir leid, (?:aber )?(?:ich kann|das kann ich)"
        r"|Lo siento, (?:pero )?no puedo)\b",
        holds=("suis d", "mir leid", "Lo siento"),
    ),
    _mark("[%", SLOT, r"\[object \w+\]|%!\w\([^()\n]*\)", holds=("[object ", "%!")),
    _mark(
        "un",
        SLOT,
        r"\b(?:[Ff]or|[Oo]f|[Ii]n|[Bb]y|[Ww]ith(?:out)?|[Aa]fter|[Bb]etween|[Aa]t|[Ff]rom|[Tt]han|[Aa]bout)"
        r"[ ](?:undefined|NaN)(?=[.,;]|$|[ ](?:before|after|and|or|for|in|to|when|if)\b)",
        r"[a-z][ ]NaN[ ][a-z]",
        holds=(" undefined", " NaN"),
    ),
    _mark("$", SLOT, r"\$\{(?:value|text|item|content|result)\}"),
    _mark(
        "<",
        BY_CHAT,
        r"<!(?:here|channel|everyone)>|<[@#][A-Z0-9]{6,}(?:\|[^<>\n]*)?>"
        r"|<(?:mailto:|https?://)[^<>|\s]*\|[^<>\n]*>",
        holds=("<!", "<@", "<#", "<mailto:", "<http"),
    ),
    _mark(
        "?&",
        BY_CHAT,
        r"[?&]utm_source=(?:chatgpt|openai|perplexity|claude|copilot|gemini)",
        holds=("utm_",),
    ),
    _mark(
        "0123456789",
        OF_DIFF,
        r"\bturn\d+(?:search|news|view|fetch|image|file)\d+",
        holds=("turn",),
    ),
    _mark(
        "[",
        OF_DIFF,
        r"\[(?:TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|AVAILABLE_TOOLS|ARGS|CALL_ID|SYSTEM_PROMPT)\]",
    ),
    _mark(
        "(",
        NOTED,
        r"\((?:[Nn]ot sure|[Uu]nsure|I think|I guess)\b[^()\n]{0,60}\)\W*$",
        r"\((?:new|added|changed|updated)(?: (?:rule|line|text|wording|version|item))?[,;:]"
        r"[^()\n]{1,60}\)\W*$",
        r"\((?:[Rr]ationale|[Rr]eason|[Ww]hy): [^()\n]{1,120}\)\W*$",
        r"\((?:as requested|see diff|per your \w+|(?:moved|merged) from [^()\n]{1,60})\)\W*$",
        r"\((?:see|as per) (?:the )?(?:rationale|diagnosis|clusters?|traces?)\b[^()\n]{0,40}\)",
    ),
    _mark(
        "-\u2014",
        CHOICE,
        r"(?:--|\u2014) (?:or better|or rather|better|alternatively):",
        holds=("-- ", "\u2014 "),
    ),
    _mark(">", NOTED, r">>[^<>\s][^<>\n]*<<"),
    _mark(
        "[(",
        OF_DIFF,
        r"\[cite:[^\[\]\n]{1,40}\]|\[\d+\u2020[^\[\]\n]{0,40}\]|\[source\]"
        r"|\(source: conversation\)",
        holds=("[cite:", "\u2020", "[source]", "(source:"),
    ),
    _mark(":", OF_DIFF, r"^(?:Human|User|Assistant|System):[ \t]*\Z"),
    _mark(
        ":",
        BY_CHAT,
        r"^(?:AI|[Aa]ssistant|[Uu]ser|[Hh]uman|[Ss]ystem):[ \t]+(?:[-*+\u2022]|\d{1,3}[.)])[ \t]",
    ),
    _mark(">]", IN_MARKS, r"^(?:\]|>>>)\Z"),
    _TAG_OPEN,
    _mark("^", NOTED, r"^[ \t]+\^{3,}[ \t]*$"),
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
        WITHIN_LINE,
        r"\r(?=[^\r\n])|[\x0b\x0c](?=[ \t]*[-*+\u2022])",
    ),
)
CODE_MARKS: Final = (
    *(mark for mark in MARKS if mark.why is OF_DIFF),
    _TAG_OPEN,
    _OPTIONS,
    _mark("~", COMPARED, r"^[ \t]*~~[^~\n]+~~[ \t]*$"),
    _mark("<", COMPARED, r"<del>.*</del>[ \t]*<ins>"),
    _mark("[", SLOT, r"^[ \t]*\[(?:NEW|UPDATED|YOUR|REVISED) [A-Z]+\][ \t]*$"),
    _mark(
        "<\u2190",
        NOTED,
        r"(?<=[ \t][ \t])(?:<[-=]{1,3}|\u2190)[ \t]+(?i:fix|this|see|here|new)\b",
    ),
    _mark(
        "\u2190\u21d0\u2b05<",
        NOTED,
        rf"(?:[\u2190\u21d0\u2b05]|(?<!<)<{{3,}})[ \t]*(?:{EDITED})\b",
    ),
    _mark("0123456789", "it begins with the number of a line", r"^[ \t]*\d+[|\u2502]"),
    _mark("(", NOTED, rf"[ \t][(\[](?:{EDITED})[)\]]$"),
    _mark("#/-<;", NOTED, rf"(?:#|//|--|/\*|<!--|;)[ \t]*\W?(?i:{WRITTEN})(?:\W|$)"),
)
