"""Texts that an edit writes anew, as a whole: prompts, worked examples, tool descriptions.

A new prompt that keeps most lines of the old one could have been a patch, and is held to
a patch's rules: what they refuse does not stand in another form. A prompt that shares
little with the old one is no patch; what they would refuse of it is for people to look at.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from planner.invisible import invisible_flags
from planner.models import Flag, FlagCode, RejectionCode
from planner.patch import RefusalCode
from planner.patch.changes import Change, Changes, close
from planner.patch.comparison import compare
from planner.patch.doubts.habits import habits_of, is_closed, parted
from planner.patch.doubts.told import unusual
from planner.patch.form import misshapen
from planner.patch.lines import body, fold, fold_all, split_lines
from planner.patch.pairs.apply import read_replacements
from planner.patch.residue.placeholder import has_truncation, is_placeholder, stands_for_text
from planner.patch.residue.search import residue

MAX_PATCHED_SHARE: Final = 0.5
"""What changes more of a prompt's lines is no patch. Source: the ancestor."""

_DIFF: Final = re.compile(
    r"^(?:@@ -\d+(?:,\d+)? \+\d+|diff --git |\*\*\* Begin Patch)|^--- .*\n\+\+\+ ", re.MULTILINE
)
_SIGNED: Final = re.compile(r"(?:\+.*(?:\n|\Z)|[ \t\r]*\n){3,}")
_WRAPPED: Final = re.compile(
    r"\s*(?:(`{3,}|~{3,})\w*\n.*\n\1|(\"(?:\"\")?)[^\"].*\2)\s*", re.DOTALL
)
_ORDER: Final = re.compile(
    r"\A[^\n]{0,200}\bprompt (?:should|must|needs? to|has to|ought to|is to|could)(?: now| also)?"
    r" (?:be (?:changed|updated|rewritten|reworded|revised|replaced|modified|extended)|change)\b",
    re.IGNORECASE,
)
_NO_PROMPT: Final = (
    (_ORDER.search, "it says how a prompt should change, and is none"),
    (_DIFF.search, "it is a diff, or holds one, and no prompt"),
    (_SIGNED.fullmatch, "each of its lines has the sign of an added one"),
    (_WRAPPED.fullmatch, "it stands as a whole in a fence or in quotes"),
)
_ENCLOSED: Final = re.compile(r"\s*[<\[{][\w ]{2,40}[>\]}]\s*")
_ESCAPES: Final = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|quot|amp|lt|gt|apos|nbsp"
    r"|[a-zA-Z]{1,2}(?:uml|acute|grave|circ|tilde|cedil|lig));"
    r"|<U\+[0-9A-F]{4,6}>|\\u[0-9a-fA-F]{4}|=[C-F][0-9A-F]=[89AB][0-9A-F]|%[C-F][0-9A-F]%[89AB]"
    r"|[.!?:;]/n(?=\S)|\u00a5n|[\u00b6\ufb00-\ufb06]"
)
"""Characters spelt out, line breaks in signs, and ligatures that a page's layout made."""
_LONG: Final = 20
"""Characters; shorter lines may well stand twice."""
_SEVERAL: Final = 3
_HOLDS_MARKS: Final = re.compile(
    r"[:\\<>\[\]{}|*&`!]|\.\.|\u2026|\A['\"]|\b(?:[Ll]et me|[Hh]ere|[Ss]ure|[Cc]larify|I)\b"
)
"""What talk, stand-ins and transports leave in a text of one line: most have none."""

Fault = tuple[RejectionCode, str]


def prompt_fault(before: str | None, after: str) -> Fault | None:
    """Return why a whole new prompt cannot stand, as a clause.

    Args:
        before: The current prompt; None where it is not known.
        after: The new one.
    """
    if before == after:
        return RejectionCode.CHANGES_NOTHING, "the prompt already has this text"
    if before and _folded(before) == _folded(after):
        reason = "it differs from the prompt in blanks, line endings or typography only"
        return RejectionCode.CHANGES_NOTHING, reason
    return (
        _no_prompt(before or "", after)
        or left_out(after, before or "")
        or (_refused_as_patch(before, after) if before else None)
    )


def _folded(text: str) -> Sequence[str]:
    return fold_all(text.rstrip("\r\n").split("\n"))


def _no_prompt(old: str, after: str) -> Fault | None:
    """Return why a text is no prompt as a whole, where the old one is none of the kind."""
    if after.count("\\n") > 1 and "\n" not in after.strip() and "\\n" not in old:
        reason = "its line breaks are spelt out as \\n: it was escaped once too often"
        return RejectionCode.MALFORMED, reason
    if stands_for_text(after) and not stands_for_text(old):
        reason = f"{after.strip()[:80]!r} stands for a prompt, and is none"
        return RejectionCode.TEXT_LEFT_OUT, reason
    for is_one, why in _NO_PROMPT:
        if is_one(after) and not is_one(old):
            return RejectionCode.MALFORMED, why
    last = after.rstrip().rpartition("\n")[2]
    if _is_stump(last, old):
        return RejectionCode.CUT_SHORT, f"it ends within a line of the prompt: {last[-80:]!r}"
    return None


def _is_stump(last: str, old: str) -> bool:
    """Tell whether a line is the beginning of one of the prompt's, cut within it."""
    at = f"\n{old}".find(f"\n{last}") if last else -1
    rest = old[at + len(last) :].split("\n", 1)[0] if at >= 0 else ""
    return bool(rest.strip()) and f"\n{last}\n" not in f"\n{old}\n"


def _refused_as_patch(before: str, after: str) -> Fault | None:
    """Return why a patch that writes the new prompt would be refused, where it could be one."""
    if compare(before, after).changed_share > MAX_PATCHED_SHARE:
        return None
    outcome = read_replacements(before, [(before, after)])
    if isinstance(outcome, Changes) or outcome.code is RefusalCode.NO_CHANGE:
        return None
    return RejectionCode.PATCH_REFUSED, f"as a patch it would be refused: {outcome.reason}"


def left_out(text: str, before: str = "") -> Fault | None:
    """Return which line of a text stands for what was left out; what the old one has may stand."""
    lines = [line for line in split_lines(text) if is_placeholder(line) or has_truncation(line)]
    known = {fold(line) for line in split_lines(before)} if lines else set()
    line = next((line for line in lines if fold(line) not in known), None)
    if line is None:
        return None
    reason = f"its line {line.strip()[:80]!r} stands for text left out"
    return RejectionCode.TEXT_LEFT_OUT, reason


def prompt_flags(before: str | None, after: str) -> Iterator[Flag]:
    """Tell what a person should look at in a whole new prompt."""
    old = before or ""
    yield from invisible_flags(old, after)
    changes = Changes((Change(0, len(close(old)), close(after)),))
    broken = misshapen(old, changes)
    if broken:
        yield Flag(code=FlagCode.FORM_BROKEN, message=broken.reason)
    told = _residue_of(old, after) or _told_twice(old, after) or _cut_end(after)
    told = told or (next(unusual(old, changes), None) if old else None)
    if told:
        yield Flag(code=FlagCode.UNUSUAL_TEXT, message=told)


def _told_twice(old: str, after: str) -> str | None:
    """Tell of lines that stand twice in a new prompt, as where two versions of it do."""
    known = Counter(fold_all(old.split("\n")))
    counts = Counter(line for line in fold_all(after.split("\n")) if len(line) >= _LONG)
    twice = [line for line, count in counts.items() if count > max(1, known[line])]
    return f"{len(twice)} of its lines stand there twice." if len(twice) >= _SEVERAL else None


def _cut_end(after: str) -> str | None:
    """Tell of a last line without a full stop, where others of its kind have one."""
    kind, last = parted(after.rstrip().rpartition("\n")[2])
    if is_closed(last) or kind[0] == "#" or not last:
        return None
    usual = habits_of(after).kinds.get(kind)
    if usual is None or not usual.is_mostly_closed:
        return None
    return f"It may be cut: its last line is {last[-80:]!r}."


def _residue_of(old: str, after: str) -> str | None:
    """Return what a patch could not write of a text, in a sentence."""
    compared = compare(old, after)
    removed = [body(one) for a, b, _, _ in compared.blocks for one in compared.first[a:b]]
    added = [body(one) for _, _, a, b in compared.blocks for one in compared.second[a:b]]
    found = residue(old, added, removed)
    return found and f"The new text has {found.line.strip()[:80]!r}: {found.why}."


def example_fault(payload: Mapping[str, Any]) -> Fault | None:
    """Return why worked examples cannot stand, as a clause."""
    texts = (text for one in payload["exemplars"] for text in (one["input"], one["output"]))
    return next((fault for text in texts if (fault := left_out(text))), None)


def example_flags(payload: Mapping[str, Any]) -> Iterator[Flag]:
    """Tell what a person should look at in worked examples."""
    for one in payload["exemplars"]:
        for text in (one["input"], one["output"]):
            yield from invisible_flags("", text)
            told = _escape_in(text)
            if _stands_for_another(text):
                told = f"{text.strip()[:80]!r} may only stand for a text."
            if told:
                yield Flag(code=FlagCode.UNUSUAL_TEXT, message=told)


def _escape_in(text: str) -> str | None:
    """Tell of an escape; in an example all else may well be what somebody asks or answers."""
    found = _ESCAPES.search(text)
    return found and f"{found[0]!r} may be an escape that a transport left."


def _stands_for_another(text: str) -> bool:
    """Tell whether an example's text may only name one, or was escaped once too often."""
    if "\\n" in text and "\n" not in text:
        return True
    is_named = stands_for_text(text) or _ENCLOSED.fullmatch(text) is not None
    return is_named and len(text.strip()) > 1


def description_fault(payload: Mapping[str, Any]) -> Fault | None:
    """Return why a tool's new description cannot stand, as a clause."""
    text = payload["new_description"]
    if stands_for_text(text) or _ENCLOSED.fullmatch(text):
        reason = f"{text.strip()[:80]!r} stands for a description, and is none"
        return RejectionCode.TEXT_LEFT_OUT, reason
    return left_out(text)


def description_flags(payload: Mapping[str, Any]) -> Iterator[Flag]:
    """Tell what a person should look at in a tool's new description."""
    text = payload["new_description"]
    yield from invisible_flags("", text)
    told = _residue_of("", text) if _HOLDS_MARKS.search(text) else None
    told = told or _escape_in(text)
    if told:
        yield Flag(code=FlagCode.UNUSUAL_TEXT, message=told)
