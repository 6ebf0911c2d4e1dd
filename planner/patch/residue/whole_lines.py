"""Lines that are no text as a whole: talk, remarks, what a chat shows, slots."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from planner.patch.residue.edit_words import EDITED
from planner.patch.residue.placeholder import has_truncation, says_truncation
from planner.patch.residue.reasons import (
    BY_CHAT,
    ESCAPED,
    IN_MARKS,
    LEFT_OUT,
    NOTED,
    OF_DIFF,
    SYNTAX,
)
from planner.patch.residue.remarks import BEGINS, CLOSES, has_remark, remark
from planner.patch.residue.slots import SLOTTED, lone_slot, slot_styles

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
    r"|wait\. |hmm|oops|actually,|on second thought|let me (?:know|fix|also|now|re)"
    r"|feel free to (?:ask|reach|adjust|change|tweak|modify|edit)"
    r"|happy to (?:refine|adjust|help)\b|hope (?:this|that) "
    r"|sure[,!]|certainly[,!]|of course[,!]"
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
    r"|note\([a-z ]+\):|as an ai\b|changes made\W|note: changed\b|as requested, the\b"
    r"|now the (?:second|third|next) (?:change|edit)|this should (?:raise|improve) the\b"
    r"|the (?:above|previous|following) (?:line|rule) (?:was|is|has)"
    r"|(?:same )?as (?:above|before),|new (?:section|rule|line)s? (?:starts?|ends?|begins?)"
    r"|moment, |no changes? (?:is |are )?(?:needed|necessary|required)\b"
    r"|leave (?:this |it )?(?:as is|unchanged)\b"
    r"|(?:change|replace|update|rewrite|adjust|reword|make) (?:\w+ ){0,6}"
    r"(?:as (?:described|discussed"
    r"|noted|requested|explained)\b(?: \w+){0,2}|(?:with|by) an? \w+(?: \w+)? version"
    r"(?: of (?:the|this) \w+)?)\W*$"
    r"|i (?:cannot|can['\u2019]t|won['\u2019]t|am unable to) "
    r"(?:help|assist|comply)(?: you)? with (?:this|that|modif|chang|edit)"
    r"|\u5e0c\u671b|\u5982\u9700|\u7b49\u7b49|no (?:other|further) changes"
    r"|nothing else changes|this (?:makes|keeps|ensures|prevents) (?:the|it|this)\b|and so on\W*$"
    r"|(?:-+ )?or(?: -+)?\W*$"
    r"|(?:keep |leave )?everything else"
    r"(?: (?:stays?|remains|is (?:unchanged|as|the same)|unchanged|as|the same)\b.*)?\W*$"
    r"|(?:the )?(?:rest|remainder) (?:of the (?:prompt|file"
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
    rf"\W+(?:{EDITED})\W+$|\W*\b(?:changed|modified|updated|inserted)\W*$"
    r"|\W*(?:end of (?:the )?)?(?:new|changed|added|updated) (?:lines?|rules?|text|sections?|block)"
    r"(?: (?:above|below|(?:ends?|starts?|begins?)(?: here)?))?\W*$",
    re.IGNORECASE,
)
_ORDER: Final = re.compile(
    r"\W*(?:as discussed\b|see (?:the )?(?:previous|other|first|last) (?:edit|change|pair)\b"
    r"|make (?:it|this|these) (?:stricter|clearer|shorter|longer|softer|stronger)\W*$"
    r"|re(?:word|phrase|write) (?:this|it|to be)\b|keep (?:this|it|these), but\b"
    r"|move (?:this|it|these) to the (?:top|end|bottom)\b"
    r"|(?:remove|delete|drop|merge|split|shorten) (?:this|these)"
    r"(?: (?:rule|line|section|sentence|paragraph|bullet)s?)?\W*$"
    r"|hier ist (?:die|der|das|eine?) "
    r"(?:verbesserte|neue|ge\u00e4nderte|\u00fcberarbeitete|korrigierte)"
    r"|voici (?:la|le|une) (?:nouvelle|version)"
    r"|aqu\u00ed (?:est\u00e1|tienes) la (?:nueva|versi\u00f3n))",
    re.IGNORECASE,
)
"""An order to whoever writes the prompt, or words that hand the new text over."""
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
_TWICE: Final = re.compile(r"(?<!\S)((?:[^\s|]+ ){2,10}?[^\s|]+)[ ,;]+\1(?!\w)")
_FEWEST: Final = 3
"""Words that a line has to tell again."""
_LONGEST: Final = 400
"""Characters of a line that are looked at."""
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
    if line.lstrip().startswith("|"):
        return False  # Cells of a row may well begin alike.
    sign = _SIGN.match(line)
    item = line[sign.end() :] if sign else ""
    at = _second_start(item) if item else 0
    return _second_start(line) > 0 or (at > 0 and item[at - 1].isalnum())


def _stutters(line: str) -> bool:
    """Say whether a line tells the same words twice, one time right behind the other."""
    told = line.split(" ")
    again = len(told) - len(set(told))
    return again >= _FEWEST and _TWICE.search(line[-_LONGEST:]) is not None


def _second_start(text: str) -> int:
    """Return where a text begins a second time, behind all that it has told until there."""
    begun = text[:_STUTTER]
    at = text.find(begun, _STUTTER)
    told = text[:at].rstrip("+-")  # A stream that goes on with the whole line repeats its sign.
    again = at > 0 and text.startswith(told, at) and any(map(str.isalpha, begun))
    return at if again else 0


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


LINES: Final = (
    WholeLine(SYNTAX, _WHOLE.match),
    WholeLine("it speaks of the edit", _talk),
    WholeLine("it speaks of the edit", _ORDER.match),
    WholeLine("it speaks of the edit", _NOTHING.match),
    WholeLine(NOTED, _EDITING.match),
    WholeLine(IN_MARKS, _TAGGED.match, _IN_TAGS.match, "<"),
    WholeLine(IN_MARKS, _TICKED.match, starts="`"),
    WholeLine("it is a remark, and the prompt has none like it", remark, starts="".join(BEGINS)),
    WholeLine(
        "it ends in a remark, and no line of the prompt does", has_remark, starts="".join(CLOSES)
    ),
    WholeLine(
        "it stands in quotes that may belong to the answer",
        _QUOTED.match,
        starts="\"'\u201c\u00ab\u201e",
    ),
    WholeLine(IN_MARKS, _WRAPPED.match, starts="*_`\"'\u201c"),
    WholeLine(IN_MARKS, _EMPHASISED.match, starts="*_"),
    WholeLine(LEFT_OUT, has_truncation),
    WholeLine("it begins twice", _starts_again),
    WholeLine("it tells the same words twice", _stutters),
    WholeLine(ESCAPED, _BASE64.match),
    WholeLine(BY_CHAT, _shown),
    WholeLine(BY_CHAT, _THANKS.match, _TURN.match, ":"),
    WholeLine(OF_DIFF, _json_tail, starts='"'),
    WholeLine("it is a slot that nobody filled", lone_slot, slot_styles, SLOTTED),
)
NEW_CODE_LINES: Final = (
    WholeLine("it speaks of the edit", _talk),
    WholeLine(LEFT_OUT, says_truncation),
)
"""In code that is added, where dots may be an example's."""
CODE_LINES: Final = (
    *NEW_CODE_LINES,
    WholeLine(LEFT_OUT, has_truncation),
    WholeLine("it speaks of the edit", _NOTHING.match),
    WholeLine(BY_CHAT, _shown),
)
"""In code that takes the place of other code."""
