"""Diffs that their writer takes back, or offers for choice: none of them is to be applied."""

import re
from collections.abc import Sequence
from typing import Final

from planner.patch.diffs.hunks import Hunk

_THOUGHT: Final = re.compile(
    r"<(/?)(think|thinking|thoughts?|reasoning|scratchpad|reflection)>", re.IGNORECASE
)
_HIDDEN: Final = re.compile(
    r"</?(?:think|thinking|thoughts?|reasoning|scratchpad|draft|reflection|del|s|strike)\b"
    r"|^[ \t]*~~[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""Tags round a diff that was thought of, or struck out."""
# The words are looked for in a text in small letters: that is three times as fast.
_RETRACTED: Final = re.compile(
    r"\b(?:do not|don['\u2019]?t|never|not to be|must not be|should not be"
    r"|cannot be) (?:be )?(?:appl\w+|use[d]?"
    r"|merge[d]?|execute[d]?)\b|\b(?:on second thought|scratch (?:that|this)|never ?mind"
    r"|disregard|retract\w*"
    r"|supersede[sd]?|obsolete|withdrawn|discard(?: (?:this|that|the)|ed)"
    r"|(?:is|was|were|been|be|got|are) (?:\w+ )?rejected"
    r"|rejected (?:it|this|that|them|by|last|version|patch|diff|edit|proposal|draft|change)"
    r"|undo (?:this|that|the)"
    r"|ignore (?:this|that|the|my|all|it)|please ignore|bad (?:patch|diff|example)"
    r"|wrong (?:patch|diff|version)"
    r"|(?<!rule )(?<!line )(?<!prompt )(?<!wording )(?<!text )(?:is|was) wrong"
    r"|decided against|bad (?:fix|change|idea|edit)|recommend no|(?:better|rather) not"
    r"|only (?:the )?(?:first|second|third|last|one|hunk)"
    r"|not apply (?:it|this|that|these|the (?:patch|diff|change))"
    r"|not a real|illustration|did not (?:want|recommend|suggest)"
    r"|(?:would|should|will|do) not (?:make|want"
    r"|recommend|suggest|do|touch)"
    r"|would be (?:wrong|bad|a mistake)|for illustration|illustrates?|hypothetical\w*"
    r"|as an example|not to (?:do|make|change|apply|write|use)"
    r"|(?:tried|attempted) (?:this|that|it|the following)|(?:this|it|that) (?:has )?failed"
    r"|not (?:an?|the|my|our) (?:actual )?(?:proposal|suggestion|recommendation|change|patch|diff"
    r"|edit)|(?:just|only|merely|simply) an? (?:example|sample|illustration|sketch|draft|format)"
    r"|of the format|format (?:example|sample)"
    r"|(?:previous|earlier|last|other) (?:teacher|planner|plan|attempt|night|patch|diff|edit|try)"
    r"|example of (?:a|what|how)|counter-?example|not (?:yet )?(?:final|ready|applied)|dry run"
    r"|(?:this|first|rough|my|an?|only|just|still|old) (?:\w+ )?draft"
    r"|draft (?:patch|diff|version|only|edit|change|hunk)"
    r"|nicht anwenden|verwerf\w*|ignorier\w*|no aplicar|no aplique\w*|ne pas appliquer"
    r"|\u8bf7\u5ffd\u7565)\b"
    r"|^[^\w\n]{0,12}(?:draft\b|(?:rejected|discarded|abandoned|verworfen|rejet\u00e9e?|descartad[oa]|scartat[oa])[^\w\n]{0,3}:)"
    r"|\u4e0d\u8981\u5e94\u7528|\u5ffd\u7565|\u4f5c\u5e9f|\u7121\u8996"
    r"|\u043d\u0435 \u043f\u0440\u0438\u043c\u0435\u043d",
    re.MULTILINE,
)
"""What takes one diff back."""
_ANNOUNCED: Final = re.compile(
    r"\b(?:to be continued|continu\w+ (?:in|below|on|with)|next (?:message|part|reply)"
    r"|more (?:hunks?|changes?|edits?|parts?|diffs?|to come)"
    r"|(?:hunks?|changes?|edits?|rest|remainder)(?: \w+){0,2} "
    r"(?:omitted|follows?(?! from)|to follow"
    r"|to come|skipped|elided|left out)|omitted|shortened|abbreviated|truncated"
    r"|fortsetzung|suite (?:au|dans)|contin[u\u00fa]a)\b"
    r"|\bforts\.|\bpart \d+ ?(?:of|/) ?\d+|\(\d+/\d+\)|\u672a\u5b8c|\u5f85\u7eed",
)
"""What says that a diff is not all of it (rule R10)."""
_OFFER: Final = re.compile(
    r"\b(?:let me know|happy to|feel free|if you(?:['\u2019]d| would)? (?:like|want|need|prefer))\b"
    r"[^.!?\n]*"
)
"""What else could be done, should somebody ask for it: it announces nothing."""
_REFUSING: Final = re.compile(
    r"\b(?:(?:i|we|would|should|could)(?: do| would| will)?(?:n['\u2019]t| not) (?:\w+ )?"
    r"(?:change|apply|propose|recommend|suggest|edit|touch|use|do|make|alter|agree)"
    r"|no (?:edits?|changes?|patch(?:es)?) (?:is|are|needed|proposed|necessary|tonight|today)"
    r"|propos\w+ (?:no|nothing)\b|nothing to (?:do|change|edit|apply)\b|withdr[ae]w\w*"
    r"|disagree\b|(?:things|it|this|that|matters) (?:much |even )?worse\b|too risky\b"
    r"|leave (?:the|this|that) (?:\w+ )?(?:as|alone|unchanged)\b"
    r"|keep the (?:current|old|present|existing) (?:prompt|version|text|rule)"
    r"|(?:been|was|were|already) (?:rolled back|reverted|rejected|undone)\b"
    r"|should avoid\b|to avoid:|of last night\b|student itself\b"
    r"|nicht (?:\u00e4ndern|anwenden|empfehlen|machen)|keine \u00e4nderung"
    r"|ne (?:recommand|chang|propos|modifi)\w*|pas (?:appliquer|recommand\w*)"
    r"|no (?:recomiendo|cambiar\u00eda|propongo)|non (?:consiglio|cambierei|propongo))"
    r"|\u4e0d(?:\u5efa\u8bae|\u63a8\u8350|\u5e94|\u8be5)",
)
"""What says that the writer proposes another thing than the diff, or nothing."""
_IF: Final = r"(?:if|when|once|after|unless|until|provided|assuming|as (?:long|soon) as|in case)"
_PATCH: Final = r"(?:this|it|that|these|the (?:\w+ )?(?:diff|patch|change|edit|following)s?)"
_APPLY: Final = r"(?:apply|use|merge|deploy|ship|adopt|take|roll out)"
_CONDITIONAL: Final = re.compile(
    rf"\b{_APPLY} (?:only )?{_PATCH}(?: \w+){{0,2}}?,? (?:but |and |only |strictly )*{_IF}\b"
    rf"|^[^\w\n]*(?:only |strictly )?{_IF}\b[^.!?\n]{{3,200}}\b{_APPLY}(?: {_PATCH}| only)?\b"
    r"[^.!?\n]{0,60}[:.]?\W*$"
    r"|\bhold (?:this|it|the (?:diff|patch|change)) (?:back|off)\b"
    r"|\bhold (?:back|off) (?:on|until)\b|\bnot before\b"
    r"|\b(?:pending|subject to|needs|requires|awaits?|wait(?:ing)? for)"
    r" (?:\w+ ){0,3}?(?:approval|sign-?off|confirmation|consent|go-?ahead)\b"
    rf"|\bonly (?:to be )?(?:applied|used|merged|valid|meant) {_IF}\b"
    rf"|\b(?:applies|valid|meant) only {_IF}\b|\bconditional (?:on|upon)\b|\bprovided that\b",
    re.MULTILINE,
)
"""What makes a diff depend on something that nobody here can look up."""
_CHOSEN: Final = re.compile(
    r"\b(?:instead|actually|wait|hmm+|oops|sorry|mistake|correct(?:ed|ion|ing)?|wrong (?:one"
    r"|diff|patch|version)"
    r"|bad (?:one|idea)|better(?=[:.]| (?:one|version|diff|patch))|even better|alternativ\w*"
    r"|alternate|option\w*"
    r"|version\w*|v\d|variants?|possible|only one"
    r"|one of (?:these|them|the two|both)|final(?: (?:version|diff|patch|answer|attempt))?[|]*(?=:)"
    r"|details|choice|attempts?"
    r"|either|or (?:use|alternatively|else|this|maybe|perhaps|better)"
    r"|(?<!same )idea|revis\w+|improved?"
    r"|reconsider\w*|rather"
    r"|try|retry|redo|let me (?:fix|correct)|choose|pick|prefer\w*|previous\w*|earlier"
    r"|(?:diff|patch|one|version|hunk|the|from|see|as|it) above|above (?:diff|patch|one|version|is)"
    r"|first one|example"
    r"|ignore|no(?=,)|nope|not (?:this|that)|conservative|aggressive|minimal|candidate|proposal"
    r"|approach"
    r"|plan [ab12]|continu\w*|stattdessen|moment|korrektur|besser|variante|falsch|entwurf"
    r"|endg\u00fcltig"
    r"|vorschlag|plut\u00f4t|en fait|attends|attendez|brouillon|ou bien|faux|\u00e0 la place"
    r"|en realidad|mejor"
    r"|espera|ignora|opci\u00f3n|borrador|en su lugar|na verdade|melhor|op\u00e7\u00e3o|invece"
    r"|anzi|opzione|meglio)\b"
    r"|\u4e0d\u5bf9|\u6539\u4e3a|\u66f4\u6b63|\u6216\u8005|\u65b9\u6848|\u9009\u9879|\u7248\u672c"
    r"|\u7b49\u7b49|\u4e3a\u51c6|\u7ee7\u7eed|\u3084\u306f\u308a|\u8a02\u6b63|\u4ee3\u308f\u308a"
    r"|\u6848"
    r"|\u0432\u043c\u0435\u0441\u0442\u043e|\u0438\u0441\u043f\u0440\u0430\u0432"
    r"|\u0432\u0430\u0440\u0438\u0430"
    r"|\u043b\u0443\u0447\u0448\u0435|\u043e\u0448\u0438\u0431|\u0438\u043b\u0438|^or\b",
    re.MULTILINE,
)
"""What chooses between two diffs, where text stands between them."""
_MARKUP: Final = "*_ \t"
_ADDS: Final = re.compile(
    r"\b(?:c?\d+|first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth|fifth|lastly|finally"
    r"|next|then|also|and|another|other|both|too|further\w*|additional(?:ly)?|moreover|plus"
    r"|same|as well|more|besides|similarly|likewise|remaining|rest"
    r"|sections?|rules?|headings?|paragraphs?|bullets?|lines?|hunks?|places?|parts?|steps?"
    r"|clusters?|tables?|lists?|end|top|bottom|below|down"
    r"|und|auch|dann|danach|zweite\w*|weitere?\w*|au\u00dferdem|abschnitt"
    r"|et|aussi|puis|ensuite|deuxi\u00e8me|y|tambi\u00e9n|luego|segund[ao]|secci\u00f3n)\b"
    r"|\u7b2c|\u8fd8|\u53e6|\u7136\u540e|\u63a5|\u6b21",
)
"""What says, between two diffs, that the second one comes on top of the first."""
_FILE: Final = re.compile(
    r"^[^\w\n]{0,20}(?:file|prompt|agent|path)?[: \t`*\"']{0,10}((?:[\w.-]+/)+[\w.-]+"
    r"|[\w-]+\.(?:md|txt"
    r"|prompt"
    r"|ya?ml|json|toml|j2|jinja2?))\W*$",
    re.IGNORECASE | re.MULTILINE,
)


def taken_back(said: Sequence[Sequence[str]]) -> str | None:
    """Return the words by which a writer takes a diff back, or offers several.

    `said` are the lines before the first hunk, between each two, and after the last.
    """
    texts = ["\n".join(block) for block in said]
    texts[0] = _without_thoughts(texts[0])
    everything = "\n".join(texts).lower()
    if not everything.strip():
        return None
    found = (
        _HIDDEN.search(everything.replace("</s>", ""))
        or _RETRACTED.search(everything)
        or _REFUSING.search(everything)
        or _CONDITIONAL.search(everything)
        or _ANNOUNCED.search(_OFFER.sub("", everything))
    )
    if not found and any(text.strip() for text in texts[1:-1]):
        found = _CHOSEN.search(everything)
    return found[0].strip() if found else None


def vetoed(frame: str) -> str | None:
    """Return the words that plainly take a diff back in the lines that frame it.

    Those may have hyphens for blanks, and quote rules of the prompt: so nothing else is read there.
    """
    found = _RETRACTED.search(re.sub("[-_]", " ", frame).lower())
    return found and found[0].strip()


def rival_label(said: Sequence[Sequence[str]], hunks: Sequence[Hunk]) -> str | None:
    """Return a label that announces another diff and does not say that it adds to the first.

    `The diff to apply:` between two of them says that the first one is not to be applied. A hunk
    told twice is one. `said` is as in `taken_back`.
    """
    for at in range(1, len(hunks)):
        label = said[at][-1].strip(_MARKUP) if said[at] else ""
        if not label.endswith((":", "\uff1a")) or not any(map(str.isalnum, label)):
            continue
        if _ADDS.search("\n".join(said[at]).lower()):
            continue
        if not any(hunks[at].rows == earlier.rows for earlier in hunks[:at]):
            return label
    return None


def _without_thoughts(text: str) -> str:
    """Leave out what was thought before the first diff: it holds none."""
    kept, start, opened = [], 0, None
    for tag in _THOUGHT.finditer(text):
        if opened is None and not tag[1]:
            opened = tag
        elif opened is not None and tag[1] and tag[2].lower() == opened[2].lower():
            kept.append(text[start : opened.start()])
            start, opened = tag.end(), None
    return "".join([*kept, text[start:]])


def files_named(said: Sequence[Sequence[str]]) -> set[str]:
    """Return the files that lines above hunks name, each alone on its line."""
    return {
        name.rpartition("/")[2] for block in said[:-1] for name in _FILE.findall("\n".join(block))
    }
