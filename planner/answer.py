"""The trust boundary for the teacher's answer: items in, checked edits out.

Every item is in the proposal's edits or, with a code and a sentence, among its
rejected ones. Each edit is checked by itself here; what edits do to each other
(conflicts, doubles, the limit per cluster) is settled in `planner.settle`, after
patches have been tried, so that a rejected edit takes nobody's place.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from pydantic import ValidationError

from planner.effects import changes_nothing, doubts, known_models, known_tools
from planner.errors import AnswerUnreadable
from planner.masking import holds_mask
from planner.models import (
    Agent,
    Diagnosis,
    Flag,
    FlagCode,
    Proposal,
    ProposedEdit,
    RejectedEdit,
    RejectionCode,
    Screening,
    Student,
    TeacherReply,
)
from planner.operations import NAME_FIELDS, OPERATIONS, SAFE_NAME, Op, Operation
from planner.parameters import COMMON
from planner.salvage import (
    HOW_READ,
    MAX_CHARACTERS,
    OF_THE_ANSWER,
    Item,
    Salvaged,
    edits_within,
    further_keys,
    hesitates,
    read_items,
    read_object,
)
from planner.schema import LIST_FIELDS
from planner.shown import shown
from planner.targets import Names, agent_named, read_target

MAX_RATIONALE: Final = 20_000
"""Characters of a rationale."""

MAX_REFERENCES: Final = 200
"""Traces that an edit may refer to."""

MAX_REFERENCE: Final = 500
"""Characters of a reference."""

MAX_REMARKS: Final = 2_000
"""Characters of what the teacher wrote beside its edits that the plan's notes show."""

_ENDS_CLOSED: Final = re.compile(r"[\]}]\s*+(?:`{3,}|~{3,})?\s*+\Z")
_TRAILS_OFF: Final = re.compile(r"[^\W\d_](?:\.{3}|\u2026)\Z")
_NEAR_END: Final = 40
"""Characters in which the last bracket and a fence below it stand."""
_TOOL_BY_PLACE: Final = re.compile(r"\btools\[(\d{1,3})\]")
_LIKE_A_TRACE: Final = re.compile(r"(?=\D*\d)[\W\d_]*[^\W\d_]")
"""A word with a digit and a letter."""
_ID_SEPARATORS: Final = re.compile(r"[\s,;|&/]+(?:and\s+)?")


class _Rejected(Exception):
    """A verdict on an item; never leaves this module."""

    def __init__(self, code: RejectionCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def parse_edits(
    reply: TeacherReply,
    screening: Screening,
    student: Student,
    diagnosis: Diagnosis,
    *,
    max_characters: int = MAX_CHARACTERS,
) -> Proposal:
    """Read the teacher's answer into checked edits and rejected items.

    A complete `{"edits": []}` is an answer: the teacher proposes nothing, and the
    plan's coverage says so. Any other answer without a readable edit is an error.

    Args:
        reply: The recorded reply.
        screening: Which clusters may be addressed.
        student: The configuration that edits touch; unknown where empty.
        diagnosis: Knows the traces that an edit may refer to.
        max_characters: How much of the answer is read.

    Raises:
        AnswerUnreadable: No readable edit stands in the answer.
    """
    read = _without_completed(reply, read_items(reply.content, max_characters=max_characters))
    if not any(item.is_object for item in read.items) and not read.proposes_nothing:
        raise AnswerUnreadable(_why_unreadable(reply, read))
    beside = _words_beside(read.remarks, "its edits", "some of them")
    bench = _Bench(screening, student, diagnosis, (*beside, *_damage_beside(read.items)))
    edits: list[ProposedEdit] = []
    raw_edits: list[Any] = []
    rejected: list[RejectedEdit] = []
    for position, item in enumerate(read.items):
        try:
            edits.append(_checked(item, position, bench))
            raw_edits.append(item.value)
        except _Rejected as verdict:
            rejected.append(_rejection(item, position, verdict, bench))
    for position, item in enumerate(bench.nested, len(read.items)):
        within = _Rejected(RejectionCode.NOT_THE_ANSWER, item.reason)
        rejected.append(_rejection(item, position, within, bench))
    return Proposal(
        edits=tuple(edits),
        rejected=tuple(rejected),
        notes=_notes(reply, read),
        raw_edits=tuple(raw_edits),
    )


def _without_completed(reply: TeacherReply, read: Salvaged) -> Salvaged:
    """Reject the last edit where somebody closed the brackets of an answer that was cut.

    Tool modes and gateways complete the JSON of an answer that hit the token limit:
    all brackets stand, and the last edit holds half of what the teacher meant. Some put
    dots behind the half word.
    """
    listed = [one for one in read.items if one.fault is not RejectionCode.NOT_THE_ANSWER]
    last = listed[-1] if listed else None
    # Behind words, blanks or half a fence the limit was reached there: nobody else writes those.
    ends_with_list = _ENDS_CLOSED.search(reply.content[-_NEAR_END:]) is not None
    if not (read.closed and ends_with_list and last and last.value):
        return read
    if _TRAILS_OFF.search(_last_text(last.value)):
        reason = "its last text ends in dots behind half a word, and nothing stands below it"
    elif reply.truncated:
        reason = (
            "the answer was cut at the token limit and yet all of its brackets are closed: "
            "this edit may have been completed by somebody else"
        )
    else:
        return read
    cut = Item(fault=RejectionCode.CUT_SHORT, reason=reason, raw=last.value, is_object=True)
    return replace(read, items=tuple(cut if one is last else one for one in read.items))


def _last_text(value: Any) -> str:
    """Return the text that an edit ends with, or nothing."""
    while value and isinstance(value, dict | list):
        value = list(value.values())[-1] if isinstance(value, dict) else value[-1]
    return value if isinstance(value, str) else ""


def _why_unreadable(reply: TeacherReply, read: Salvaged) -> str:
    if not reply.content.strip():
        return "The teacher's answer is empty: it holds no edit."
    why = f": {read.items[0].reason}" if read.items else ""
    cut = " It was cut at the token limit; raise max_tokens." if reply.truncated else ""
    return (
        f"The teacher's answer of {len(reply.content):,} characters holds no readable edit{why}."
        f"{cut} Read the recorded answer; to pay for another one, ask again."
    )


def _notes(reply: TeacherReply, read: Salvaged) -> tuple[str, ...]:
    cut = ("The teacher's answer was cut at the token limit.",) if reply.truncated else ()
    nothing = ("The teacher proposed no edits.",) if read.proposes_nothing else ()
    said = read.remarks[:MAX_REMARKS]
    beside = (f"The teacher wrote beside its edits:\n{said}",) if said else ()
    return (*cut, *nothing, *read.notes, *beside)


def _words_beside(remarks: str, what: str, taken_back: str) -> tuple[Flag, ...]:
    """Return the flag of an edit beside which words stand that a person has to read."""
    lines = remarks.split("\n")
    messages = [line for line in lines if line in HOW_READ]
    words = " ".join(line for line in lines if line and line not in HOW_READ)
    if words:
        told = f"it may take {taken_back} back: {shown(words, 300)}."
        messages.append(f"The teacher wrote beside {what}, and {told}")
    return tuple(Flag(code=FlagCode.WORDS_BESIDE, message=one) for one in messages)


def _damage_beside(items: Sequence[Item]) -> Iterator[Flag]:
    """Yield the flag of edits that came with one whose text was damaged on its way."""
    why = next((item.reason for item in items if item.reason in OF_THE_ANSWER), None)
    if why:
        message = f"It came with an edit that was damaged on its way, and may be, too: {why}."
        yield Flag(code=FlagCode.UNUSUAL_TEXT, message=message)


@dataclass
class _Bench:
    """What items are checked against, and the ids that are taken."""

    screening: Screening
    student: Student
    diagnosis: Diagnosis
    of_all: tuple[Flag, ...] = ()
    """What a person has to know of each edit: it concerns the whole answer."""
    taken_ids: set[str] = field(default_factory=set)
    """In lower case: some file systems know no other."""
    nested: list[Item] = field(default_factory=list)
    """Edits that stand inside of others."""

    @cached_property
    def kept(self) -> frozenset[str]:
        return frozenset(cluster.id for cluster in self.screening.kept)

    @cached_property
    def dropped(self) -> frozenset[str]:
        return frozenset(cluster.id for cluster in self.screening.dropped)

    @cached_property
    def tools(self) -> frozenset[str] | None:
        return known_tools(self.student)

    @cached_property
    def models(self) -> frozenset[str]:
        return known_models(self.student)

    @cached_property
    def names(self) -> Names:
        """What the student's files name, by the payload's field that holds it; casefolded, too."""
        agents = self.student.agents
        params = [*self.student.model_params.values(), *(one.params for one in agents.values())]
        names: Names = {
            "agent": agents.keys(),
            "model": self.models,
            "param": COMMON.union(*params),
            "query_class": self.student.routing.keys(),
            "tool_name": self.tools or frozenset(),
        }
        return {field: {*some, *map(str.casefold, some)} for field, some in names.items()}

    @cached_property
    def traces(self) -> frozenset[str]:
        """Traces of the clusters, and what the diagnosis writes as it would one: `t-77`.

        Names of clusters, and of what the student has, are none.
        """
        clusters = self.diagnosis.clusters
        of_clusters = [cluster.sample_trace_ids for cluster in clusters]
        words = set(re.findall(r"[\w.:/@+-]*\w", self.diagnosis.markdown))
        others = {cluster.id for cluster in clusters}.union(*self.names.values())
        written = {word for word in words - others if _LIKE_A_TRACE.match(word)}
        return frozenset(written.union(*of_clusters))


# --- one item --------------------------------------------------------------------


def _checked(item: Item, position: int, bench: _Bench) -> ProposedEdit:
    if item.fault:
        raise _Rejected(item.fault, item.reason)
    row = _row(item.value)
    value, payload_flags = _with_payload_read(item.value)
    payload, target_flags = _payload(value, row, bench)
    key_flags = _further(value, payload, bench)
    cluster = _cluster(value, bench)
    rationale, rationale_flags = _rationale(value)
    references, reference_flags = _references(value, bench)
    nothing = changes_nothing(row.op, payload, bench.student)
    if nothing:
        raise _Rejected(RejectionCode.CHANGES_NOTHING, nothing)
    name, original, id_flags = _id(value, position, bench)
    return ProposedEdit.model_construct(
        id=name,
        pillar=row.pillar,
        op=row.op,
        target=row.slot(payload),
        payload=payload,
        rationale=rationale,
        expected_improvement=cluster,
        references=references,
        flags=(
            *id_flags,
            *((_MENDED,) if item.is_mended else ()),
            *rationale_flags,
            *reference_flags,
            *bench.of_all,
            *payload_flags,
            *target_flags,
            *key_flags,
            *doubts(row.op, payload, bench.student, tools=bench.tools, models=bench.models),
        ),
        original_id=original,
        positions=(position,),
    )


_MENDED: Final = Flag(
    code=FlagCode.MENDED,
    message="What stands in the answer is no JSON, and was read as it was most likely meant: "
    "compare this edit with the recorded answer.",
)


def _row(value: Mapping[str, Any]) -> Operation:
    op = value.get("op")
    if op is None:
        raise _Rejected(RejectionCode.MISSING_FIELD, "it has no `op`")
    row = _ROWS.get(op) if isinstance(op, str) else None
    if row is None:
        raise _Rejected(RejectionCode.UNKNOWN_OPERATION, f"there is no operation {shown(op)}")
    pillar = value.get("pillar")
    if pillar is not None and pillar != row.pillar:
        reason = f"`{row.op}` belongs to the pillar `{row.pillar}`, not to {shown(pillar)}"
        raise _Rejected(RejectionCode.WRONG_PILLAR, reason)
    return row


_ROWS: Final[Mapping[str, Operation]] = {op.value: row for op, row in OPERATIONS.items()}


# --- payload and target ------------------------------------------------------------


def _payload(
    value: Mapping[str, Any], row: Operation, bench: _Bench
) -> tuple[dict[str, Any], tuple[Flag, ...]]:
    """Return the checked payload, and the flag of a target that says more."""
    payload = _given_payload(value, row)
    if None in payload.values():
        payload = {key: one for key, one in payload.items() if one is not None}
    target = value.get("target")
    if "agent" not in payload and row.op in _OF_AGENT:
        payload = {"agent": _agent_of(target, row, payload, bench), **payload}
    try:
        # What `model_validate` calls, once it has looked at its options: a third of its time.
        row.payload.__pydantic_validator__.validate_python(payload)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise _Rejected(*_payload_fault(faults, row)) from None
    if holds_mask(repr(payload)):
        raise _Rejected(RejectionCode.MASKED_SECRET, _WHY_MASKED)
    if target and target != row.slot(payload):
        return payload, _target_doubts(value, row, payload, bench)
    return payload, ()


_OF_AGENT: Final = frozenset(
    op for op, row in OPERATIONS.items() if "agent" in row.payload.model_fields
)


_WHY_MASKED: Final = (
    "its payload holds the mask of a credential that the teacher was not shown; "
    "the mask must not become the student's text"
)


def _given_payload(value: Mapping[str, Any], row: Operation) -> dict[str, Any]:
    payload = value.get("payload")
    if isinstance(payload, dict):
        return payload
    if payload is None and "payload" in value and row.op is Op.LORA_FINETUNE:
        return {}
    if payload is None:
        raise _Rejected(RejectionCode.MISSING_FIELD, "it has no `payload`")
    raise _Rejected(RejectionCode.INVALID_PAYLOAD, _NO_PAYLOAD)


_NO_PAYLOAD: Final = "its `payload` is not an object"


def _with_payload_read(value: dict[str, Any]) -> tuple[dict[str, Any], tuple[Flag, ...]]:
    """Return an item with the payload that it gives in a text, and the flag of words in there."""
    payload = value.get("payload")
    if isinstance(payload, dict):
        lists = {
            key: _list_in(one) for key in LIST_FIELDS if isinstance(one := payload.get(key), str)
        }
        return ({**value, "payload": {**payload, **lists}} if lists else value), ()
    if not isinstance(payload, str):
        return value, ()
    read, words = read_object(payload)
    if read.fault is RejectionCode.NOT_AN_OBJECT:
        raise _Rejected(RejectionCode.INVALID_PAYLOAD, _NO_PAYLOAD)
    if read.fault:
        raise _Rejected(read.fault, f"the text of its `payload` cannot be used: {read.reason}")
    flags = _words_beside(words, "the payload of this edit", "it")
    return {**value, "payload": read.value}, flags


def _list_in(given: str) -> Any:
    """Return the list that a text is, all of it and as JSON has it; any other text as it is."""
    try:
        read = json.loads(given)
    except (ValueError, RecursionError):
        return given
    return read if isinstance(read, list) else given


def _agent_of(target: Any, row: Operation, payload: Mapping[str, Any], bench: _Bench) -> str:
    agent = agent_named(target, row, payload, bench.names)
    if agent is None:
        reason = f"neither its payload nor its target names the agent that `{row.op}` changes"
        raise _Rejected(RejectionCode.INVALID_PAYLOAD, reason)
    return agent


def _target_doubts(
    value: Mapping[str, Any], row: Operation, payload: Mapping[str, Any], bench: _Bench
) -> tuple[Flag, ...]:
    """Return the flag of a target that says more than its payload; one that disagrees rejects."""
    target = value["target"]
    agent = bench.student.agents.get(payload.get("agent", ""))
    tools = (agent and agent.tools) or ()
    named = _with_tools_named(target, tools) if isinstance(target, str) else target
    params = agent.params if agent else bench.student.model_params.get(payload.get("model", ""), {})
    read = read_target(
        named,
        row,
        payload,
        bench.names,
        value_now=params.get(payload.get("param", "")),
        in_passing=_in_passing(value, agent, bench),
    )
    if read.other is not None:
        reason = (
            f"its target {shown(target)} and its payload, which changes "
            f"{shown(row.slot(payload))}, disagree: see {shown(read.other)}"
        )
        raise _Rejected(RejectionCode.TARGET_MISMATCH, reason)
    return _words_beside(_as_text(target) if read.is_for_people else "", _OF_TARGET, "it")


def _in_passing(value: Mapping[str, Any], agent: Agent | None, bench: _Bench) -> frozenset[str]:
    """Return names that a target may tell, too: the agent's class, the cluster, known traces."""
    references = value.get("references")
    listed = references if isinstance(references, list) else [references]
    given = [agent and agent.agent_class, value.get("expected_improvement")]
    given += [one for one in listed if isinstance(one, str) and one in bench.traces]
    return frozenset(one for one in given if isinstance(one, str))


_OF_TARGET: Final = "the slot of this edit, in its target"


def _with_tools_named(target: str, tools: Sequence[str]) -> str:
    """Return a target with the names of the tools that it has by their places, `tools[0]`."""

    def named(found: re.Match[str]) -> str:
        place = int(found[1])
        return f"tools.{tools[place]}" if place < len(tools) else found[0]

    return _TOOL_BY_PLACE.sub(named, target)


def _payload_fault(faults: list[Any], row: Operation) -> tuple[RejectionCode, str]:
    """Return the code and a sentence of all faults, the first three told."""
    unsafe = any(
        fault["type"] == "string_pattern_mismatch" and fault["loc"][0] in NAME_FIELDS
        for fault in faults
    )
    told = "; ".join(_told(fault) for fault in faults[:3])
    more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
    code = RejectionCode.UNSAFE_NAME if unsafe else RejectionCode.INVALID_PAYLOAD
    return code, f"its payload does not fit `{row.op}`: {told}{more}"


_PATTERNS: Final = {
    **dict.fromkeys(NAME_FIELDS, "is not safe as a name"),
    "new_description": "must be one line without double quotes, backslashes and control characters",
}
"""What the pattern of a field asks for, in words; of all others it asks for some text."""


def _told(fault: Any) -> str:
    place = ".".join(str(part)[:60] for part in fault["loc"])
    if fault["type"] == "string_pattern_mismatch":
        return f"`{place}` {_PATTERNS.get(place, 'is blank')}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"`{place}`: {message}" if place else message


def _further(
    value: Mapping[str, Any], payload: Mapping[str, Any], bench: _Bench
) -> tuple[Flag, ...]:
    """Return the flag of keys that no edit has; one that names another agent rejects it."""
    further = further_keys(value, payload)
    if not further:
        return ()
    if "agent" in further and "agent" in payload:
        reason = (
            f"it names the agent {shown(further['agent'])} beside its payload, which names "
            f"{shown(payload['agent'])}"
        )
        raise _Rejected(RejectionCode.TARGET_MISMATCH, reason)
    bench.nested += [
        Item(fault=RejectionCode.NOT_THE_ANSWER, reason=_WITHIN, raw=one)
        for one in edits_within(further)
    ]
    said = [f"{key}: {_as_text(given)}" for key, given in further.items()]
    return _words_beside("; ".join(said), "the fields of this edit", "it")


_WITHIN: Final = "it stands inside of another edit, under a key that no edit has"


def _as_text(given: Any) -> str:
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


# --- the other fields ----------------------------------------------------------------


def _cluster(value: Mapping[str, Any], bench: _Bench) -> str:
    given = value.get("expected_improvement")
    names = given if isinstance(given, list) else [given]
    if given is None or not names:
        raise _Rejected(RejectionCode.MISSING_FIELD, "it has no `expected_improvement`")
    if len(names) > 1:
        reason = f"`expected_improvement` names {len(names)} clusters; an edit addresses one"
        raise _Rejected(RejectionCode.SEVERAL_CLUSTERS, reason)
    name = names[0].strip() if isinstance(names[0], str) else names[0]
    if isinstance(name, str) and name in bench.kept:
        return name
    raise _Rejected(*_cluster_fault(name, bench))


def _cluster_fault(name: Any, bench: _Bench) -> tuple[RejectionCode, str]:
    if not isinstance(name, str):
        return RejectionCode.UNKNOWN_CLUSTER, f"{shown(name)} is no cluster's id"
    if name in bench.dropped:
        reason = f"the cluster {shown(name)} was dropped: it has no evidence"
        return RejectionCode.DROPPED_CLUSTER, reason
    parts = [part for part in _ID_SEPARATORS.split(name[:2_000]) if part]
    if sum(part in bench.kept or part in bench.dropped for part in parts) > 1:
        reason = f"`expected_improvement` names several clusters ({shown(name)}), not one"
        return RejectionCode.SEVERAL_CLUSTERS, reason
    return RejectionCode.UNKNOWN_CLUSTER, f"the diagnosis has no cluster with the id {shown(name)}"


def _rationale(value: Mapping[str, Any]) -> tuple[str, tuple[Flag, ...]]:
    given = value.get("rationale")
    if given is None or given == "":
        flag = Flag(code=FlagCode.NO_RATIONALE, message="The teacher gave no rationale.")
        return "", (flag,)
    if not isinstance(given, str):
        raise _Rejected(RejectionCode.MISSING_FIELD, "its `rationale` is not a text")
    if len(given) > MAX_RATIONALE:
        reason = f"its `rationale` has more than {MAX_RATIONALE:,} characters"
        raise _Rejected(RejectionCode.TOO_LARGE, reason)
    if hesitates(given):
        return given, _words_beside(given, "this edit, as its reasons", "it")
    return given, ()


def _references(
    value: Mapping[str, Any], bench: _Bench
) -> tuple[tuple[str, ...], tuple[Flag, ...]]:
    given = value.get("references")
    listed = given if isinstance(given, list) else [given]
    written = tuple([_reference(one) for one in listed if one is not None])
    if len(written) <= MAX_REFERENCES and bench.traces.issuperset(written):
        return written, ()
    written = tuple([trace for one in written for trace in _traces_named(one, bench)])
    kept = tuple([one[:MAX_REFERENCE] for one in written[:MAX_REFERENCES]])
    return kept, tuple(
        Flag(code=FlagCode.UNKNOWN_REFERENCE, message=message)
        for message in _reference_doubts(written, bench)
    )


def _reference(written: Any) -> str:
    if isinstance(written, str):
        return written
    if isinstance(written, int) and not isinstance(written, bool):
        return str(written)
    raise _Rejected(RejectionCode.MALFORMED, "its `references` are not all traces' ids")


def _traces_named(written: str, bench: _Bench) -> Sequence[str]:
    """Return the known traces of a reference that names several, or says that it is one."""
    if written in bench.traces or len(written) > MAX_REFERENCE:
        return (written,)
    parts = [part for part in _ID_SEPARATORS.split(written) if part]
    traces = [part for part in parts if part.casefold() not in _SAYS_TRACE]
    return traces if traces and bench.traces.issuperset(traces) else (written,)


_SAYS_TRACE: Final = frozenset({"trace", "traces", "trace:", "traces:", "id", "id:", "ids", "ids:"})


def _reference_doubts(written: Sequence[str], bench: _Bench) -> Iterator[str]:
    unknown = [one for one in written if one not in bench.traces]
    if unknown:
        told = ", ".join(map(shown, unknown[:5])) + (", ..." if len(unknown) > 5 else "")
        yield f"The diagnosis does not know these traces: {told}."
    if any(len(one) > MAX_REFERENCE for one in written):
        yield f"Of longer references only the first {MAX_REFERENCE} characters are kept."
    if len(written) > MAX_REFERENCES:
        yield f"Only the first {MAX_REFERENCES} of {len(written)} references are kept."


def _id(
    value: Mapping[str, Any], position: int, bench: _Bench
) -> tuple[str, str | None, tuple[Flag, ...]]:
    """Return the edit's id, and the teacher's where ours replaces it."""
    given = value.get("id")
    if (
        isinstance(given, str)
        and SAFE_NAME.fullmatch(given)
        and (taken := given.lower()) not in bench.taken_ids
    ):
        bench.taken_ids.add(taken)
        return given, None, ()
    name = f"e{position + 1}"
    while name in bench.taken_ids:
        name += "-1"
    bench.taken_ids.add(name)
    if given is None:
        return name, None, ()
    original = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    message = f"The teacher's id {shown(original)} is doubled or not safe as a file name."
    return name, original[:500], (Flag(code=FlagCode.ID_REPLACED, message=message),)


def _rejection(item: Item, position: int, verdict: _Rejected, bench: _Bench) -> RejectedEdit:
    raw = item.raw if item.fault else item.value
    meant = _meant_clusters(raw, bench)
    return RejectedEdit(
        position=position,
        code=verdict.code,
        reason=verdict.reason,
        raw=raw,
        cluster_id=meant[0] if meant else None,
        also_meant=tuple(meant[1:]),
    )


_MEANT_IN_TEXT: Final = re.compile(
    r'"expected_improvement"\s*:\s*(\[[^\[\]{}]{1,500}\]|\{[^\[\]{}]{1,500}\}'
    r'|"[^"\\\n]{1,200}"(?=\s*[],}]))'
)
_MOST_READ: Final = 2_000


def _meant_clusters(raw: Any, bench: _Bench) -> list[str]:
    """Return the surviving clusters that a rejected item names, broken as it may be."""
    given: Any = None
    if isinstance(raw, str):
        given = [one.strip('"') for one in _MEANT_IN_TEXT.findall(raw)]
    elif isinstance(raw, dict):
        given = raw.get("expected_improvement")
    written = given if isinstance(given, list) else [given]
    named = (name for one in written if one is not None for name in _clusters_in(one, bench))
    return list(dict.fromkeys(named))


def _clusters_in(given: Any, bench: _Bench) -> list[str]:
    text = given.strip() if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    if text in bench.kept:
        return [text]
    return [name for name in _NAMES_OF_CLUSTERS.findall(text[:_MOST_READ]) if name in bench.kept]


_NAMES_OF_CLUSTERS: Final = re.compile(r"[\w.:/@+-]*\w")
