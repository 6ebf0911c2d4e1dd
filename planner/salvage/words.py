"""What the words around an edit, and the keys above it, say of it.

Each question errs to the side of not reading: a refused answer is asked for again.
"""

import re
from typing import Final

_TURNED_DOWN: Final = re.compile(
    r"\b(?:reject\w*|withdr[ae]wn?|discard\w*|declin\w*|superseded|obsolete|deprecated|undo"
    r"|revert\w*|roll(?:ing|ed)?[ -]?(?:this[ -]|it[ -])?back|too risky|not recommended|cancell?ed"
    r"|(?:do|did|does|would|will|should|must)(?: not|n.?t)(?: \w+){0,2}?"
    r" (?:appl\w*|propos\w*|use|do|includ\w*|recommend\w*)"
    r"|not (?:appl\w+|to be applied|propos\w+)|(?:don.?t|never) appl\w*"
    r"|previous\w*|earlier|former(?:ly)?|last (?:night|time)\w*|old|original(?:ly)?|outdated"
    r"|(?:current|existing) (?:plan|config\w*|edits?|state)|user(?:'s)? plan|alternativ\w*"
    r"|comparison|instead of|(?:bad|wrong|invalid) (?:plan|answer|edits?|example|version)"
    r"|considered|deferred|later|future|skip(?:ped)?|ignore|snapshot|not now|todo|ruled out"
    r"|not proposed|verworfen\w*|abgelehnt\w*|bisherig\w*|ancien\w*|rejet\w*)\b"
    r"|\bbefore\s*:|(?<!~)~~(?!~)",
    re.IGNORECASE,
)
"""An edit or a plan that is introduced so is told of, not proposed."""

_EXAMPLE: Final = re.compile(
    r"\b(?:examples?|e\.g|for instance|sample|template|schema|placeholder|illustrat\w*|draft\w*"
    r"|(?:first|rough|initial|possible|one) (?:idea|attempt|try|version|cut)|attempt(?: \d+)?|idea"
    r"|looks? like|would be|could|might|maybe|perhaps|if|in json like|hypothetical\w*"
    r"|beispiel\w*|entwurf|exemple|brouillon|ejemplo|esempio)\b"
    r"|\b(?:form|format|shape|structure)\b",
    re.IGNORECASE,
)
_AS_ASKED: Final = re.compile(
    r"\b(?:request|ask|requir|specif|need|want|expect|instruct)\w*[^.\n]{0,20}\b(?:form|format|schema)"
    r"|\b(?:form|format|schema|structure)\b[^.\n]{0,12}\b(?:request|ask|requir|specif|need|want|you)\w*"
    r"|\b(?:in|as) (?:valid |strict |plain )?json(?: format)?\b",
    re.IGNORECASE,
)
_MINE: Final = re.compile(r"\b(?:here (?:is|are)|here's|my|i propose|final)\b", re.IGNORECASE)

_CORRECTS: Final = re.compile(
    r"\b(?:correct(?:ed|ion|ing)?|final(?:ly)?|revis\w+|instead|better|improv\w+|wait|actually"
    r"|start(?:ing)? over|once more|fix(?:ed)?|new (?:plan|answer|version|edits)|mistakes?"
    r"|(?:my|the|actual|real|now)(?: actual| real)? (?:plan|answer)|answer)\b",
    re.IGNORECASE,
)
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
    r"|(?:just|only|merely|was|is) (?:an? )?(?:example|illustrati\w+|draft))\b|^\W*rejected\b",
    re.IGNORECASE,
)
_BEGINS_AGAIN: Final = re.compile(
    r"\b(?:start(?:ing)? over|begin again|once more|again|cut (?:off|short)|truncated|restart\w*"
    r"|(?:complete|full|whole|corrected|revised) (?:answer|plan|json|output))\b",
    re.IGNORECASE,
)
_SEVERAL: Final = re.compile(
    r"\b(?:option|candidate|variant|alternative(?:ly)?|either|version|attempt|choice"
    r"|plan [ab12])\b",
    re.IGNORECASE,
)

_KEY_PARTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_BARRED: Final = re.compile(
    r"reject(?:ed|ions?)?|declined|previous|prior|earlier|old|before|original|last|examples?"
    r"|samples?|template|format|drafts?|scratch(?:pad)?|thinking|reasoning|thoughts?|analysis"
    r"|reflection|critique|discard(?:ed|s)?|current|existing|schema|properties|defaults?|defs"
    r"|history|logs?|rollback|undo|revert|inverse|alternatives?|considered|deferred|future|later"
    r"|backups?|baseline|snapshots?|not|dont|user|system|request|question|prompt|query|notes?"
    r"|withdrawn|skipped|failed|invalid|bad|wrong|obsolete|deprecated|superseded|removed|disabled"
    r"|dropped|ignored|references?|attempts?|ideas?|hypothetical"
)


def is_turned_down(words: str) -> bool:
    """Tell whether words beside an edit take it back, or say that it is somebody else's."""
    return _TURNED_DOWN.search(words) is not None


def is_example(words: str) -> bool:
    """Tell whether words introduce an example, a form or a draft."""
    found = _EXAMPLE.search(words)
    return found is not None and not (_AS_ASKED.search(words) and _MINE.search(words))


def corrects(words: str) -> bool:
    """Tell whether words between two answers say that the second is the answer."""
    return _CORRECTS.search(words) is not None and not _NOT_THE_LAST_WORD.search(words)


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
