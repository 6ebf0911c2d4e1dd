"""What edits do to the prompts and to each other.

A patch is settled against the prompt as it was given; what the plan then carries
is a diff that we generate, or a whole prompt where most of it changes. Patches of
one prompt become one edit where the text is the same in either order: executors
apply one patch a prompt, and a second one would land on lines that have moved. In
all other cases the first edit of a slot stands and later ones are rejected. At
most three items of the answer stand for a cluster, counted last, so that a
rejected one takes nobody's place.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from planner.invisible import invisible_flags
from planner.models import (
    Flag,
    FlagCode,
    Proposal,
    ProposedEdit,
    RejectedEdit,
    RejectionCode,
    Student,
    canonical_json,
    sha256,
)
from planner.operations import Op
from planner.patch import RefusalCode, canonical_diff, is_whole_prompt
from planner.patch.changes import Change, Changes, conflict, line_at, splice
from planner.patch.comparison import compare
from planner.patch.diffs.apply import read_diff
from planner.patch.doubts.told import unusual
from planner.patch.form import misshapen
from planner.patch.lines import fold, split_lines
from planner.patch.pairs.apply import read_replacements
from planner.placeholders import placeholder_flags
from planner.rewritten import (
    MAX_PATCHED_SHARE,
    Fault,
    description_fault,
    description_flags,
    example_fault,
    example_flags,
    prompt_fault,
    prompt_flags,
)
from planner.salvage.remarks import for_people
from planner.shown import shown
from planner.together import with_joint_flags

MAX_PER_CLUSTER: Final = 3
"""Items of the answer that may stand for one cluster. Source: the teacher's instructions."""

MAX_SHOWN: Final = 300
"""Characters that a flag shows of the words around a diff."""

_MOST_TOLD: Final = 5
"""Ids that a flag shows."""

MIN_KEPT_SHARE: Final = 0.5
"""A new prompt with fewer of the old one's characters may be a part of what was meant."""


class _Rejected(Exception):
    """A verdict on an edit; never leaves this module."""

    def __init__(self, code: RejectionCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def settle_patches(proposal: Proposal, student: Student) -> Proposal:
    """Apply the patches, and settle what edits do to each other.

    Args:
        proposal: Edits checked one by one, in the teacher's order.
        student: Its prompts are what the patches are applied to.

    Returns:
        Edits of which each has a slot of its own; prompt edits carry a canonical
        `diff` or the whole `new_content`, and the digest of the prompt.
    """
    bench = _Bench(student.prompts)
    rejected = list(proposal.rejected)
    raws: Sequence[Any] = proposal.raw_edits or [None] * len(proposal.edits)
    for edit, raw in zip(proposal.edits, raws, strict=True):
        try:
            bench.settle(edit)
        except _Rejected as verdict:
            rejected.append(_rejection(edit, raw, verdict))
            if verdict.code is RejectionCode.CONFLICTING_SLOT:
                bench.rivals.setdefault(edit.target, []).append(edit.id)
    disputed = _changes_by_id(proposal.rejected)
    finished = [_finished(one) for one in bench.standing.values()]
    edits = [_flagged(one, _contested(one, bench.rivals, disputed)) for one in finished]
    return Proposal(
        edits=with_joint_flags(edits, student),
        rejected=tuple(sorted(rejected, key=lambda one: one.position)),
        notes=proposal.notes,
    )


def _rejection(edit: ProposedEdit, raw: Any, verdict: _Rejected) -> RejectedEdit:
    return RejectedEdit(
        position=edit.positions[0] if edit.positions else 0,
        code=verdict.code,
        reason=verdict.reason,
        raw=edit.model_dump(mode="json") if raw is None else raw,
        cluster_id=edit.expected_improvement,
    )


@dataclass(slots=True)
class _Replacement:
    """An edit that writes a prompt anew."""

    edit: ProposedEdit
    before: str | None
    after: str
    flags: tuple[Flag, ...] = ()


@dataclass(slots=True)
class _Patch:
    """An edit, or several, that change parts of a prompt."""

    edit: ProposedEdit
    before: str
    spans: list[Change]
    """In order, without overlap, of all its patches."""
    final_newline: bool | None
    joined: list[ProposedEdit]
    """Later patches that were merged into it."""


_Standing = ProposedEdit | _Replacement | _Patch
"""An edit that stands: what it makes of a prompt, or by itself where it changes none."""


def _edit_of(one: _Standing) -> ProposedEdit:
    return one if isinstance(one, ProposedEdit) else one.edit


class _Bench:
    """The edits that stand so far, by the slot they change."""

    def __init__(self, prompts: Mapping[str, str]) -> None:
        self.prompts = prompts
        self.standing: dict[str, _Standing] = {}
        self.seen: dict[str, dict[bytes, str]] = {}
        """What stands for a slot, by its canonical form, once a second edit asks."""
        self.per_cluster: dict[str, int] = {}
        self.rivals: dict[str, list[str]] = {}
        """Edits that were rejected because another one changes their slot, by the slot."""

    def settle(self, edit: ProposedEdit) -> None:
        """Let an edit stand, by itself or as a part of an earlier one."""
        target, cluster = edit.target, edit.expected_improvement
        first = self.standing.get(target)
        if first is not None:
            self._require_new(edit, first)
        one = _tried(edit, self.prompts)
        if first is not None:
            _require_mergeable(first, one)
        others = self.per_cluster.get(cluster, 0)
        if others >= MAX_PER_CLUSTER:
            reason = f"{MAX_PER_CLUSTER} edits already stand for its cluster"
            raise _Rejected(RejectionCode.TOO_MANY_FOR_CLUSTER, reason)
        self.per_cluster[cluster] = others + 1
        if isinstance(first, _Patch) and isinstance(one, _Patch):
            _merge(first, one)
            self.seen[target][_key(edit)] = first.edit.id
        else:
            self.standing[target] = one

    def _require_new(self, edit: ProposedEdit, first: _Standing) -> None:
        earlier = _edit_of(first)
        seen = self.seen.setdefault(edit.target, {_key(earlier): earlier.id})
        if _key(edit) in seen:
            raise _Rejected(RejectionCode.DOUBLE, f"it repeats the edit `{seen[_key(edit)]}`")


def _changes_by_id(rejected: Iterable[RejectedEdit]) -> dict[str, set[bytes]]:
    """Return what the items of each id ask for that were rejected one by one."""
    changes: dict[str, set[bytes]] = {}
    for one in rejected:
        if isinstance(one.raw, dict) and isinstance(name := one.raw.get("id"), str):
            change = canonical_json([one.raw.get("op"), one.raw.get("payload")])
            changes.setdefault(name, set()).add(change)
    return changes


def _contested(
    edit: ProposedEdit,
    rivals: Mapping[str, Sequence[str]],
    disputed: Mapping[str, Set[bytes]],
) -> Iterator[Flag]:
    """Flag an edit beside which the teacher gave another one of its slot, or under its id."""
    if edit.target in rivals:
        told = ", ".join(f"`{one}`" for one in rivals[edit.target][:_MOST_TOLD])
        message = f"The teacher gave another edit of its slot, too, which was rejected: {told}."
        yield Flag(code=FlagCode.CONTESTED, message=message)
    given = disputed.get(edit.original_id or edit.id, frozenset())
    if len(given) > 1 or (given and _key(edit) not in given):
        message = "Another item with its id was rejected: it may take this one back."
        yield Flag(code=FlagCode.CONTESTED, message=message)


def _key(edit: ProposedEdit) -> bytes:
    return canonical_json([edit.op, edit.payload])


# --- one edit against its prompt ---------------------------------------------------------


def _tried(edit: ProposedEdit, prompts: Mapping[str, str]) -> _Standing:
    """Return what an edit makes of its prompt, where it is a prompt edit."""
    op = edit.op
    if op is Op.REPLACE_SYSTEM_PROMPT:
        return _replaced(edit, prompts.get(edit.target), str(edit.payload["new_content"]))
    if op is Op.EDIT_FEW_SHOT_EXEMPLARS:
        _reject(example_fault(edit.payload))
        return _flagged(edit, example_flags(edit.payload))
    if op is Op.EDIT_TOOL_DESCRIPTION:
        _reject(description_fault(edit.payload))
        return _flagged(edit, description_flags(edit.payload))
    if op is not Op.PATCH_SYSTEM_PROMPT:
        return edit
    before = prompts.get(edit.target)
    diff = edit.payload.get("diff")
    if isinstance(diff, str) and is_whole_prompt(diff):
        _require_version(before, diff)
        message = "The patch held no diff but a whole prompt."
        flag = Flag(code=FlagCode.BECAME_REPLACEMENT, message=message)
        return _replaced(edit, before, diff, flag)
    if before is None:
        reason = f"the current text of `{edit.target}` is not known, so no patch can be checked"
        raise _Rejected(RejectionCode.PROMPT_UNKNOWN, reason)
    changes = _changes(before, edit.payload)
    _require_text_left(before, changes.spans)
    edit = _with_words_beside(edit, changes.said)
    return _Patch(edit, before, list(changes.spans), changes.final_newline, [])


def _require_text_left(before: str, spans: Sequence[Change]) -> None:
    """Reject patches that leave nothing of a prompt: no agent works without one."""
    if any(span.text.strip() for span in spans):
        return
    if not splice(before, Changes(tuple(spans))).strip():
        raise _Rejected(RejectionCode.PATCH_REFUSED, "nothing of the prompt would be left")


def _with_words_beside(edit: ProposedEdit, said: str) -> ProposedEdit:
    """Flag a diff with words around it: its canonical form has none, and they may take it back."""
    words = for_people(said) if said else ""
    if not words:
        return edit
    told = shown(words.replace("\n", " "), MAX_SHOWN)
    message = f"The teacher wrote around the diff, and it may take it back: {told}."
    return _flagged(edit, [Flag(code=FlagCode.WORDS_BESIDE, message=message)])


def _require_version(before: str | None, text: str) -> None:
    """Reject what stands in a diff's place and is neither a diff nor a version of the prompt.

    A remark, an instruction or a part of the prompt would take the place of all of it.
    """
    if before is None or len(text) >= MIN_KEPT_SHARE * len(before):
        return
    if not {fold(line) for line in split_lines(before)}.intersection(
        key for line in split_lines(text) if (key := fold(line))
    ):
        reason = "it holds neither a diff nor a version of the prompt"
        raise _Rejected(RejectionCode.PATCH_REFUSED, reason)


def _replaced(edit: ProposedEdit, before: str | None, after: str, *flags: Flag) -> _Replacement:
    _reject(prompt_fault(before, after))
    if before is None:
        message = f"The current text of `{edit.target}` is not known: placeholders are unchecked."
        flags = (*flags, Flag(code=FlagCode.PROMPT_UNKNOWN, message=message))
    return _Replacement(edit, before, after, flags)


def _reject(fault: Fault | None) -> None:
    if fault is not None:
        raise _Rejected(*fault)


def _flagged(edit: ProposedEdit, flags: Iterable[Flag]) -> ProposedEdit:
    more = tuple(dict.fromkeys(flags))
    return edit.model_copy(update={"flags": (*edit.flags, *more)}) if more else edit


def _changes(before: str, payload: Mapping[str, Any]) -> Changes:
    if "diff" in payload:
        # The answer's string was closed, so its last line is whole; a diff that stands by
        # itself is refused there, because a cut inside that line could not be seen.
        changes = read_diff(before, payload["diff"].removesuffix("\n") + "\n")
    else:
        pairs = [(pair["find"], pair["replace"]) for pair in payload["replacements"]]
        changes = read_replacements(before, pairs)
    if isinstance(changes, Changes):
        return changes
    nothing = changes.code is RefusalCode.NO_CHANGE
    code = RejectionCode.CHANGES_NOTHING if nothing else RejectionCode.PATCH_REFUSED
    raise _Rejected(code, changes.reason)


# --- two edits of one slot -----------------------------------------------------------------


def _require_mergeable(first: _Standing, second: _Standing) -> None:
    """Reject the later of two edits of one slot, unless both are patches that get along."""
    earlier = _edit_of(first)
    who = f"the edit `{earlier.id}` already changes `{earlier.target}`"
    if not (isinstance(first, _Patch) and isinstance(second, _Patch)):
        raise _Rejected(RejectionCode.CONFLICTING_SLOT, f"{who}, and the first one stands")
    new = [span for span in second.spans if not _holds(first.spans, span)]
    if not new and second.final_newline in (None, first.final_newline):
        raise _Rejected(RejectionCode.DOUBLE, f"the edit `{earlier.id}` does the same")
    clash = next(_clashes(first.spans, new), None)
    if clash is not None:
        line = line_at(first.before, clash.start)
        reason = f"{who} at line {line} in another way, and the first one stands"
        raise _Rejected(RejectionCode.CONFLICTING_SLOT, reason)
    _require_text_left(first.before, sorted([*first.spans, *new]))
    if None not in (first.final_newline, second.final_newline) and (
        first.final_newline != second.final_newline
    ):
        raise _Rejected(RejectionCode.CONFLICTING_SLOT, f"{who}: its final newline is settled")


def _holds(spans: list[Change], span: Change) -> bool:
    place = bisect_left(spans, span)
    return place < len(spans) and spans[place] == span


def _clashes(spans: list[Change], new: Sequence[Change]) -> Iterator[Change]:
    """Yield new spans that do not get along with those around their place."""
    for span in new:
        place = bisect_left(spans, span)
        if conflict([*spans[max(0, place - 1) : place], span, *spans[place : place + 1]]):
            yield span


def _merge(first: _Patch, second: _Patch) -> None:
    for span in second.spans:
        if not _holds(first.spans, span):
            first.spans.insert(bisect_left(first.spans, span), span)
    if second.final_newline is not None:
        first.final_newline = second.final_newline
    first.joined.append(second.edit)


# --- what the plan carries ---------------------------------------------------------------------


def _finished(one: _Standing) -> ProposedEdit:
    if isinstance(one, _Patch):
        return _finished_patch(one)
    if isinstance(one, _Replacement):
        carried = _whole(one.edit, one.after)
        flags = (*one.flags, *prompt_flags(one.before, one.after))
        return _written(one.edit, one.before, carried, one.after, flags)
    return one


def _finished_patch(one: _Patch) -> ProposedEdit:
    edit, before = _joined(one), one.before
    changes = Changes(tuple(one.spans), one.final_newline)
    after = splice(before, changes)
    compared = compare(before, after)
    share = compared.changed_share
    flags = (
        *invisible_flags(before, "".join(span.text for span in one.spans)),
        *_form_flags(one, changes),
    )
    if share > MAX_PATCHED_SHARE:
        message = f"The patch changes {share:.0%} of the prompt's lines: it became a replacement."
        flag = Flag(code=FlagCode.BECAME_REPLACEMENT, message=message)
        return _written(edit, before, _whole(edit, after), after, (flag, *flags))
    diff = {"agent": edit.payload["agent"], "diff": compared.diff}
    return _written(edit, before, (Op.PATCH_SYSTEM_PROMPT, diff), after, flags)


def _form_flags(one: _Patch, changes: Changes) -> Iterator[Flag]:
    """Tell what loses its form by a diff, or by several patches; pairs that do so are refused."""
    may_break = "diff" in one.edit.payload or one.joined
    refusal = misshapen(one.before, changes) if may_break else None
    if refusal:
        yield Flag(code=FlagCode.FORM_BROKEN, message=refusal.reason)
    for told in unusual(one.before, changes):
        yield Flag(code=FlagCode.UNUSUAL_TEXT, message=told)


_Carried = tuple[Op, dict[str, Any]]


def _whole(edit: ProposedEdit, text: str) -> _Carried:
    return Op.REPLACE_SYSTEM_PROMPT, {"agent": edit.payload["agent"], "new_content": text}


def _written(
    edit: ProposedEdit, before: str | None, carried: _Carried, after: str, flags: tuple[Flag, ...]
) -> ProposedEdit:
    """Rebuild a prompt edit with what the executor gets."""
    checked = (*_shortened(before, after), *placeholder_flags(before, after))
    op, payload = carried
    told = op is Op.PATCH_SYSTEM_PROMPT or before is None
    return ProposedEdit.made_of(
        {
            **edit.__dict__,
            "op": op,
            "payload": payload,
            "flags": (*edit.flags, *flags, *checked),
            "prompt_sha256": None if before is None else _digest_of_prompt(before),
            "prompt_diff": None if told else canonical_diff(str(before), after),
        }
    )


@lru_cache(maxsize=4)
def _digest_of_prompt(prompt: str) -> str:
    """Return a prompt's digest; several edits of one prompt carry the same."""
    return sha256(prompt)


def _shortened(before: str | None, after: str) -> Iterator[Flag]:
    if before is not None and len(after) < MIN_KEPT_SHARE * len(before):
        message = (
            f"The new prompt has {len(after):,} characters, the old one {len(before):,}: "
            "check that nothing is missing."
        )
        yield Flag(code=FlagCode.SHORTENED, message=message)


def _joined(one: _Patch) -> ProposedEdit:
    """Join the texts and references of merged patches; nothing that was said is lost."""
    if not one.joined:
        return one.edit
    first, edits = one.edit, [one.edit, *one.joined]
    told = ", ".join(f"`{edit.id}`" for edit in one.joined[:20])
    message = f"It holds {len(edits)} patches of this prompt; merged into it: {told}."
    others = {edit.expected_improvement for edit in one.joined} - {first.expected_improvement}
    return first.model_copy(
        update={
            "rationale": "\n\n".join(
                dict.fromkeys(edit.rationale for edit in edits if edit.rationale)
            ),
            "references": tuple(dict.fromkeys(ref for edit in edits for ref in edit.references)),
            "flags": (
                *dict.fromkeys(flag for edit in edits for flag in edit.flags),
                Flag(code=FlagCode.MERGED, message=message),
            ),
            "positions": tuple(place for edit in edits for place in edit.positions),
            "also_improves": tuple(sorted(others)),
        }
    )
