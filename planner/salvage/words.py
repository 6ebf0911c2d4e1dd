"""What the words around an edit, and the keys above it, say of it.

Each question errs to the side of not reading: a refused answer is asked for again.
"""

import re
from typing import Final

from planner.salvage.disavowal import disavows
from planner.salvage.naming import FENCE_LINE, HEADING, is_fragment_about_it

_REFUSED: Final = (
    r"withdr[ae]wn?|discard\w*|superseded|obsolete|deprecated|undo"
    r"|revert\w*|roll(?:ing|ed)?[ -]?(?:this[ -]|it[ -])?back|too risky|not recommended|cancell?ed"
    r"|(?:do|did|does|would|will|should|must)(?: not|n.?t)(?: \w+){0,2}?"
    r" (?:appl\w*|propos\w*|use|do|includ\w*|recommend\w*)"
    r"|not (?:appl\w+|to be applied|propos\w+)|(?:don.?t|never) appl\w*|outdated|ignore|not now"
    r"|ruled out|not proposed|verworfen\w*|abgelehnt\w*|bisherig\w*|rejet\w*"
)
_TURNED_DOWN: Final = re.compile(
    rf"\b(?:{_REFUSED}|reject\w*|declin\w*"
    r"|previous\w*|earlier|former(?:ly)?|last (?:night|time)\w*|old|original(?:ly)?"
    r"|(?:current|existing) (?:plan|config\w*|edits?|state)|user(?:'s)? plan|alternativ\w*"
    r"|comparison|instead of|(?:bad|wrong|invalid) (?:plan|answer|edits?|example|version)"
    r"|considered|deferred|later|future|skip(?:ped)?|snapshot|todo|ancien\w*)\b"
    r"|\bbefore\s*:|(?<!~)~~(?!~)",
    re.IGNORECASE,
)
"""An edit or a plan that is introduced so is told of, not proposed."""

_EXAMPLE: Final = re.compile(
    r"\b(?:examples?|e\.g|for instance|sample|template|schema|placeholder|illustrat\w*|draft\w*"
    r"|(?:first|rough|initial|possible|one) (?:idea|attempt|try|version|cut)|attempt(?: \d+)?|idea"
    r"|looks? like|would be|could|might|maybe|perhaps|if|in json like|hypothetical\w*"
    r"|beispiel\w*|entwurf|exemple|brouillon|ejemplo|borrador|esempio)\b"
    r"|\u8349\u7a3f|\u521d\u7a3f|\u793a\u4f8b|\u4f8b\u5b50"
    r"|\b(?:form|format|shape|structure)\b",
    re.IGNORECASE,
)
_AS_ASKED: Final = re.compile(
    r"\b(?:request|ask|requir|specif|need|want|expect|instruct)\w*[^.\n]{0,20}\b(?:form|format"
    r"|schema)"
    r"|\b(?:form|format|schema|structure)\b[^.\n]{0,12}\b(?:request|ask|requir|specif|need|want"
    r"|you)\w*"
    r"|\b(?:in|as) (?:valid |strict |plain )?json(?: format)?\b"
    r"|\bin your (?:\w+ )?(?:form|format|schema|structure)\b"
    r"|\bmy (?:plan|answer|edits?)\b[^.\n]{0,20}\bin (?:that|this|the)(?: same)? (?:form|format"
    r"|schema)",
    re.IGNORECASE,
)
_CONFORMS: Final = re.compile(
    r"\b(?:according to|as per|per|following|against|matching|conform\w* (?:to|with)|as)"
    r" (?:the |your |this )?(?:\w+ )?(?:schema|format|form)\b",
    re.IGNORECASE,
)
"""What an answer follows is no example."""
_MINE: Final = re.compile(
    r"\b(?:here (?:is|are)|here's|my|(?:i|but|and|so) propose|final)\b", re.IGNORECASE
)

_CORRECTS_BESIDE: Final = re.compile(
    r"\b(?:instead|replaces|replacement for|supersedes|correct(?:s|ed|ion)|oops|sorry|retract\w*"
    r"|wrong|mistaken?|not meant|void|typo|(?:the )?(?:edit|one|item) (?:above|below|before)"
    r"|draft|example)\b|\u9519|\u8349\u7a3f",
    re.IGNORECASE,
)
_IS_EXAMPLE: Final = re.compile(r"\W*(?:an? )?(?:example|sample|draft)\b", re.IGNORECASE)
_COMMENTED_OUT: Final = re.compile(r"[{}\[\]\",]|[^{}\n]{0,60}: \{[^\n]*\}[,;]?\Z")
"""JSON says nothing of its neighbours."""

_TASK: Final = re.compile(
    r"\W*todo\W+(?:check|test|measure|monitor|document)"
    r"(?!.*\b(?:whether|if|this|it|edit|not|or)\b|.*(?:apply|appli|n['\u2019]t))[\w{}, ]{0,40}",
    re.IGNORECASE,
)
"""What is still to be done takes nothing back."""
_UNDECIDED: Final = re.compile(
    r"\btodo\b.*\b(?:remov|drop|reject|delet|discard|appl(?:y|ied)|decid|withdraw)", re.IGNORECASE
)
_IS_LABEL: Final = re.compile(r"\W*(?:edit|change|item|no\.?|step|#)? ?\W?\d+\b", re.IGNORECASE)

_CORRECTS: Final = re.compile(
    r"\b(?:correct(?:ed|ion|ing)?|final(?:ly)?|revis\w+|instead|better|improv\w+|wait|actually"
    r"|start(?:ing)? over|once more|scratch that|oops|right plan|fix(?:ed)?|new (?:plan|answer"
    r"|version|edits)|mistakes?"
    r"|(?:my|the|actual|real|now)(?: actual| real)? (?:plan|answer)|answer)\b"
    r"|\b(?:korrektur|korrigiert|stattdessen|corrig\w+|correcci\w+)\b"
    r"|\u6700\u7ec8|\u66f4\u6b63|\u4fee\u6b63",
    re.IGNORECASE,
)
_REPLACES: Final = re.compile(
    r"(?<!not )\b(?:use|apply|take) this (?:version|one|plan|answer)"
    r" instead(?: of the (?:previous|first|above|earlier) (?:one|version|plan|answer))?\b"
    r"|\b(?:supersedes|replaces) the (?:first|above|previous|earlier)(?: (?:one|version|plan))?\b",
    re.IGNORECASE,
)
"""What says that the answer below takes the place of the one above."""
_NOT_THE_LAST_WORD: Final = re.compile(
    r"\b(?:roll(?:ing)?[ -]?(?:this[ -]|it[ -])?back|undo|revert\w*|not|\w+n.t|don.?t|never"
    r"|reject\w*|previous\w*|alternativ\w*|example|option|candidate|variant|either|or|original"
    r"|later|old|user|human|assistant|comparison|format|draft)\b",
    re.IGNORECASE,
)
_TAKEN_BACK: Final = re.compile(
    r"\b(?:wait|mistakes?|(?:that|this|it|value|plan|answer) (?:is|was) wrong|start over"
    r"|corrected|correction|no edits?|nothing to (?:edit|change|propose)|not propose|scratch that"
    r"|no valid answer|(?:would|do) not (?:do that|help)|on second thought|disregard|actually,? no"
    r"|(?:ignore|don.?t apply|do not apply) (?:the|it|this|that|these|them|any)|propose nothing"
    r"|(?:just|only|merely|was|is) (?:an? )?(?:example|illustrati\w+|draft)"
    r")\b|^\W*rejected\b",
    re.IGNORECASE,
)
_ABOVE: Final = r"(?:one|draft|version|attempt|try|answer|plan|list|edits|proposal|output|json)"
_WHICH: Final = r"(?:that|this|the|my|above|first|previous|earlier|initial|last)"
_WRONG: Final = (
    r"(?:wrong|incorrect|too \w+|mistaken|broken|invalid|flawed|bad|superseded|void"
    r"|not (?:right|correct|valid|good|final|yet)"
    r"|(?:an? |my |the )?(?:\w+ )?(?:draft|attempt|try|sketch|idea|example))"
)
_SETS_ASIDE: Final = re.compile(
    rf"\b(?:that|this|it|those|these|{_WHICH}(?: \w+)? {_ABOVE}|(?:above|first|previous|earlier))"
    rf"(?: above)?(?: (?:is|was|are|were|looks)|['\u2019]s) (?:\w+ ){{0,2}}?{_WRONG}\b"
    rf"|(?<!if )\b(?:that|this|it|above|{_ABOVE}) (?:do|does|did|will|would)(?: not|n['\u2019]t)"
    r" (?:apply|match|work|fit|help|hold)\b"
    r"|\blet me (?:revise|redo|correct|fix|rewrite|replace|try)\b"
    r"|\b(?:replaces|supersedes|instead of) the (?:above|first|draft)\b"
    r"|\b(?:ignore|disregard|forget|discard) (?:that|this|it|the (?:above|first|draft)"
    rf"|my {_ABOVE})\b|\b(?:falsch|fehlerhaft|faux|fausse|incorrect[oa])\b"
    r"|\u9519\u8bef|\u6709\u8bef|\u4e0d\u5bf9|\u8349\u7a3f",
    re.IGNORECASE,
)
_ANNOUNCES: Final = re.compile(
    r"\b(?:final|corrected|revised|fixed|use this|instead|endg\u00fcltige?|finale?)\b|\u6700\u7ec8",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = re.compile(r"[.!?;](?=\s)|\n|[\u3002\uff01\uff1f]")
_CLAUSE_ENDS: Final = re.compile(r"[,:](?=\s)|\s[\u2013\u2014-](?=\s)|\uff0c")
_COLONS: Final = (":", "\uff1a")
_ENDING: Final = ".!?;: \u3002\uff1a"

_BEGINS_AGAIN: Final = re.compile(
    r"\b(?:start(?:ing)? over|begin again|once more|again|cut (?:off|short)|truncated|restart\w*"
    r"|the same (?:answer|plan|edits|list|json)"
    r"|(?:complete|full|whole|corrected|revised) (?:answer|plan|json|output))\b",
    re.IGNORECASE,
)
_SEVERAL: Final = re.compile(
    r"\b(?:option|candidate|variant|alternative(?:ly)?|either|version|attempt|choice"
    r"|plan [ab12])\b",
    re.IGNORECASE,
)

_OTHERS: Final = (
    r"(?:previous|prior|earlier|former|old|original|last|current|existing|outdated"
    r"|(?:last night|yesterday|user)['\u2019]s)"
)
_NOUN: Final = (
    r"(?:examples?|e\.g|instance|sample|template|schema|placeholders?|illustration|drafts?|snapshot"
    r"|attempt(?: \d+)?|idea|form|format|shape|structure|alternatives?|options?|candidates?"
    r"|comparison|before|baseline|considered|deferred|later|future|skipped|todo|beispiel\w*"
    r"|entwurf|exemple|brouillon|ejemplo"
    rf"|esempio|{_OTHERS}(?: \w+)?? (?:plan|edits?|answer|version|config\w*|state|proposal|output)"
    r"|(?:bad|wrong|invalid) (?:plan|answer|edits?|version)"
    r"|(?:first|rough|initial|possible|one) (?:try|version|cut|shot|plan|answer))"
)
_LEADS: Final = re.compile(
    rf"\W*(?:(?:for|an?|one|my|the|your|our|this|that|is|was|here|first|rough|possible|last"
    rf"|['\u2019]s)\b\W*)*{_NOUN}\b[^:]{{0,60}}(?::|\Z)",
    re.IGNORECASE,
)
"""A short line that begins with the noun: `Example of the format:`, `Your earlier plan was:`."""
_SENTENCE: Final = re.compile(r"(?<=[.!?;])\s+")
_SHORT: Final = 6
_FRAGMENT_WORDS: Final = 3
"""Of `Not applied.`, `A rough draft.`: a longer sentence has a subject of its own."""
_STOPS: Final = (".", "!", "?", "\u3002")

_NEXT_PART: Final = re.compile(
    r"\b(?:part (?:[2-9]|two|three|four)|next (?:part|edits?|ones)|and the (?:rest|others?)"
    r"|the (?:rest|others)|(?:the )?remaining|continu\w+(?: with)?|other (?:\w+ )?(?:edits?|ones)"
    r"|and for the [\w -]{1,30}(?:pillar|cluster|agent|tools?))\b",
    re.IGNORECASE,
)

_THE_REST: Final = re.compile(
    r"\b(?:remaining|the rest|the others?|other (?:\w+ )?(?:edits?|ones))\b", re.IGNORECASE
)

_KEY_PARTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_BARRED: Final = re.compile(
    r"reject(?:ed|ions?)?|declined|initial|previous|prior|earlier|old|before|original|last"
    r"|examples?"
    r"|samples?|template|format|drafts?|scratch(?:pad)?|thinking|reasoning|thoughts?|analysis"
    r"|reflection|critique|discard(?:ed|s)?|current|existing|schema|properties|defaults?|defs"
    r"|history|logs?|rollback|undo|revert|inverse|alternatives?|considered|deferred|future|later"
    r"|backups?|baseline|snapshots?|not|dont|user|system|request|question|prompt|query|notes?"
    r"|withdrawn|skipped|failed|invalid|bad|wrong|obsolete|deprecated|superseded|removed|disabled"
    r"|dropped|ignored|references?|attempts?|ideas?|hypothetical"
)


_TELLS_WHAT: Final = re.compile(
    r"\W*(?:(?:edit|change|step) #?\d+\W+)?(?:fix|correct|address|replac|remov|stop|prevent|resolv)"
    r"(?:es|s) (?:the|an?) (?!.*\b(?:above|below|edits?|ones?|items?|previous|instead|but|not|plan"
    r"|before|draft|here)\b)[\w ]{1,40}\W*"
    r"|\W*(?:ignored?|skip(?:ped)?) (?:c\d+|cluster[ _-]?\w+)(?:: [\w ]{1,40})?\W*"
    r"|\W*(?:c\d+|cluster[ _-]?\w+) (?:is |was )?(?:ignored|skipped)\W*",
    re.IGNORECASE,
)
"""What the edit does, or which cluster has none: `Edit 1: corrects the mistake`."""


def takes_back_beside(comment: str) -> bool:
    """Tell whether a comment in a list takes back one of the edits beside it, or corrects it."""
    of_none = (_COMMENTED_OUT.match, _TASK.fullmatch, _TELLS_WHAT.fullmatch)
    return not any(one(comment) for one in of_none) and (
        is_turned_down(comment)
        or takes_back(comment)
        or disavows(comment)
        or _CORRECTS_BESIDE.search(comment) is not None
    )


def takes_back_around(comment: str) -> bool:
    """Tell whether a comment inside of an edit or a plan takes it back."""
    said = takes_back(comment) or disavows(comment) or _IS_EXAMPLE.match(comment) is not None
    said = said or _UNDECIDED.search(comment) is not None
    return said and not _COMMENTED_OUT.match(comment)


def is_label(comment: str) -> bool:
    """Tell whether a comment introduces what follows: `Edit 2:`, `rejected:`."""
    return _IS_LABEL.match(comment) is not None or comment.endswith(":")


def is_turned_down(words: str) -> bool:
    """Tell whether words beside an edit take it back, or say that it is somebody else's."""
    return _TURNED_DOWN.search(_REPLACES.sub("", words)) is not None


def is_example(words: str) -> bool:
    """Tell whether words introduce an example, a form or a draft."""
    found = _EXAMPLE.search(_CONFORMS.sub("", words))
    return found is not None and not (_AS_ASKED.search(words) and _MINE.search(words))


def is_plainly_another(words: str) -> bool:
    """Tell whether the line above the only plan labels it as none, as `Example:` does.

    Longer sentences may speak of anything, and are left to a person.
    """
    last = _SENTENCE.split(words.strip(" \t*_#`>\n"))[-1]
    bare = last.strip(" :\uff1a")
    is_sentence = bare.endswith(_STOPS)
    if len(bare.split()) > (_FRAGMENT_WORDS if is_sentence else _SHORT):
        return False
    if _LEADS.match(bare) or is_fragment_about_it(bare):
        return True
    is_label = not is_sentence and not _MINE.search(bare)
    return is_label and (is_example(bare) or is_turned_down(bare))


def continues(words: str) -> bool:
    """Tell whether words say that the next part of one answer follows."""
    return _NEXT_PART.search(words) is not None


def is_the_rest(words: str) -> bool:
    """Tell whether words say that what follows completes what stands above."""
    return _THE_REST.search(words) is not None


def parted(words: str) -> tuple[str, str]:
    """Part the words between two answers: what is said of the one above, and what introduces.

    The words nearest to an answer introduce it; those that say that something is wrong
    or was a draft belong to what stands above them.
    """
    lines = [line.strip() for line in words.split("\n")]
    said = "\n".join(line for line in lines if line and not FENCE_LINE.fullmatch(line))
    if heading := HEADING.search(said):
        # It opens a section about something else.
        above, introduction = said[: heading.start()], said[heading.start() :]
        return (above, introduction) if sets_aside(above) else ("", said)
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS):
        last = max((found.end() for found in ends.finditer(said.rstrip(_ENDING))), default=0)
        if sets_aside(said[:last]):
            return said[:last], said[last:]
    whole = not said.endswith(_COLONS) and sets_aside(said)
    return (said, "") if whole else ("", said)


def sets_aside(words: str) -> bool:
    """Tell whether words say that what stands above them is wrong, or was a draft."""
    return takes_back(words) or _SETS_ASIDE.search(words) is not None


def announces(words: str) -> bool:
    """Tell whether words announce the answer that counts."""
    return _ANNOUNCES.search(words) is not None


def corrects(words: str) -> bool:
    """Tell whether words between two answers say that the second is the answer."""
    if _REPLACES.search(words):
        return True
    above, introduction = parted(words)
    judged = introduction if above else words
    return _CORRECTS.search(words) is not None and not _NOT_THE_LAST_WORD.search(judged)


def begins_again(words: str) -> bool:
    """Tell whether words say that a broken answer is given anew."""
    return _BEGINS_AGAIN.search(words) is not None


def takes_back(words: str) -> bool:
    """Tell whether words below an answer take it back."""
    return _TAKEN_BACK.search(words) is not None


def offers_several(words: str) -> bool:
    """Tell whether words speak of one of several choices."""
    return _SEVERAL.search(words) is not None


def is_barred(key: str) -> bool:
    """Tell whether what stands under a key is told of, not proposed."""
    return any(_BARRED.fullmatch(part.lower()) for part in _KEY_PARTS.findall(key))
