"""The diagnosis in: two files' bytes become one checked value, or one clear error.

`diagnosis.md` is UTF-8 markdown. The clusters stand in `clusters.json` or, where
that file is missing, in the last ```` ```json ```` fence of the diagnosis: a list, or an
object with the list under `failure_clusters` or `clusters`.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ValidationError

from planner.errors import DiagnosisInvalid
from planner.invisible import escaped
from planner.models import Diagnosis, FailureCluster, sha256

DIAGNOSIS = "diagnosis.md"
CLUSTERS = "clusters.json"
RATES: Final = ("student_failure_rate", "teacher_success_rate")
LIST_KEYS: Final = ("failure_clusters", "clusters")
MAX_FAULTS_TOLD = 5
MAX_ID_LENGTH = 200

_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half of a character: JSON can write it as an escape, and no UTF-8 can hold it."""


def read_diagnosis(markdown: bytes, clusters: bytes | None, *, where: str) -> Diagnosis:
    """Read a session's inputs.

    Args:
        markdown: The bytes of diagnosis.md.
        clusters: The bytes of clusters.json, or None where the session has none.
        where: The session's URL, for the error's sentence.

    Raises:
        DiagnosisInvalid: Names the file, the cluster and the field of every fault.
    """
    text = _decode(markdown, f"{where}/{DIAGNOSIS}")
    if not text.strip():
        raise DiagnosisInvalid(
            f"{where}/{DIAGNOSIS} is empty: the diagnosis flow wrote nothing; run it again."
        )
    if clusters is None:
        source = f"the last ```json fence of {where}/{DIAGNOSIS}"
        found = _clusters_in_fence(text, where)
    else:
        source = f"{where}/{CLUSTERS}"
        found = _decode(clusters, source)
    return Diagnosis(
        markdown=text,
        clusters=_read_clusters(_parse(found, source), source),
        markdown_sha256=sha256(markdown),
        clusters_sha256=None if clusters is None else sha256(clusters),
    )


def given_diagnosis(markdown: object, clusters: object, *, where: str) -> Diagnosis:
    """Take a caller's own diagnosis by the way that files take, so that all are checked alike.

    Args:
        markdown: The text of the diagnosis.
        clusters: Values or mappings, as in clusters.json.
        where: The session, for the error's sentence.

    Raises:
        DiagnosisInvalid: Names the cluster and the field of every fault.
    """
    if not isinstance(markdown, str):
        raise DiagnosisInvalid(f"The diagnosis of {where} must be a text, not {_type(markdown)}.")
    half = _half(markdown)
    if half:
        raise DiagnosisInvalid(f"The diagnosis of {where} {half}.")
    return read_diagnosis(markdown.encode(), _clusters_json(clusters, where), where=where)


def _clusters_json(clusters: object, where: str) -> bytes:
    if isinstance(clusters, str | bytes | Mapping) or not isinstance(clusters, Iterable):
        raise DiagnosisInvalid(
            f"The clusters of {where} must be a list, not {_type(clusters)}: give an empty list "
            "where there are none."
        )
    listed = [_as_object(one) for one in clusters]
    try:
        return json.dumps(listed).encode()
    except (TypeError, ValueError, RecursionError):
        faults = [fault for number, one in enumerate(listed) for fault in _unwritable(one, number)]
    told = _listed(faults) or "they are nested too deeply"
    raise DiagnosisInvalid(
        f"The clusters of {where} cannot be used: {told}: give texts, numbers and lists."
    )


def _as_object(cluster: object) -> object:
    if isinstance(cluster, BaseModel):
        return cluster.model_dump(mode="json")
    return dict(cluster) if isinstance(cluster, Mapping) else cluster


def _unwritable(cluster: object, number: int) -> Iterator[str]:
    """Tell the fields that JSON cannot hold; of what has no fields, the whole."""
    if not isinstance(cluster, dict):
        fault = _json_fault(cluster)
        if fault:
            yield f"cluster {number + 1} {fault}"
        return
    for field, value in cluster.items():
        fault = _json_fault({field: value})
        if fault:
            yield f"cluster {_name(cluster, number)}: `{escaped(str(field))}` {fault}"


def _json_fault(value: object) -> str:
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        return f"cannot be written as JSON: {error}"
    return ""


def _decode(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start
    raise DiagnosisInvalid(f"{where} is not UTF-8: byte {start} cannot be read; store it as UTF-8.")


def _clusters_in_fence(text: str, where: str) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - a fifth of `import planner`

    blocks = MarkdownIt("commonmark").disable("inline")  # a fence is a block: half of the time
    fences = [
        token.content
        for token in blocks.parse(text)
        if token.type == "fence" and token.info.split(maxsplit=1)[:1] == ["json"]
    ]
    if not fences:
        raise DiagnosisInvalid(
            f"{where}/{DIAGNOSIS} holds no clusters and there is no {CLUSTERS}: store that file, "
            "or end the diagnosis with a ```json fence that holds them."
        )
    return fences[-1]


def _parse(text: str, source: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        fault = f"{error.msg} at line {error.lineno}, column {error.colno}"
    except RecursionError:
        fault = "it is nested too deeply"
    except ValueError:
        fault = "a number has too many digits"
    raise DiagnosisInvalid(f"The clusters in {source} are not valid JSON: {fault}.")


def _read_clusters(value: Any, source: str) -> tuple[FailureCluster, ...]:
    items = _cluster_list(value)
    if items is None:
        raise DiagnosisInvalid(
            f"The clusters in {source} must be a list, or an object with a list under "
            f"`{LIST_KEYS[0]}`; found {_kind(value)}."
        )
    scale = _scale(items)
    read = [_read_cluster(item, number, scale) for number, item in enumerate(items)]
    clusters = tuple(one for one in read if isinstance(one, FailureCluster))
    faults = [fault for one in read if not isinstance(one, FailureCluster) for fault in one]
    faults += _doubled_ids(clusters)
    if faults:
        raise DiagnosisInvalid(f"The clusters in {source} cannot be used: {_listed(faults)}.")
    return clusters


def _cluster_list(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        value = next((value[key] for key in LIST_KEYS if key in value), None)
    return value if isinstance(value, list) else None


def _read_cluster(item: Any, number: int, scale: "Scale") -> FailureCluster | list[str]:
    """Return the cluster, or all that is wrong with it."""
    if not isinstance(item, dict):
        return [f"cluster {number + 1} is {_kind(item)}, not an object"]
    name = f"cluster {_name(item, number)}"
    faults = [f"{name}: {fault}" for fault in _faults(item, scale)]
    if faults:
        return faults
    try:
        cluster = FailureCluster(
            id=item["id"],
            description=item["description"],
            skill_gap=item.get("skill_gap") or "",
            sample_trace_ids=tuple(item.get("sample_trace_ids") or ()),
            **{field: _rate(item[field], scale) for field in RATES},
        )
    except ValidationError as error:
        return [f"{name}: `{_field(fault['loc'])}` {fault['msg']}" for fault in error.errors()]
    return [f"{name}: `{field}` {half}" for field, half in _halves(cluster)] or cluster


def _halves(cluster: FailureCluster) -> Iterator[tuple[str, str]]:
    """Yield the fields whose text holds half a character, and how to tell it."""
    texts = {"description": cluster.description, "skill_gap": cluster.skill_gap}
    traces = {f"sample_trace_ids.{at}": one for at, one in enumerate(cluster.sample_trace_ids)}
    for field, text in {**texts, **traces}.items():
        half = _half(text)
        if half:
            yield field, half


def _half(text: str) -> str:
    """Tell the first half of a character in a text; empty where there is none."""
    found = _HALF.search(text)
    if found is None:
        return ""
    told = f"holds half a character, `{escaped(found[0])}`, at place {found.start()}"
    return f"{told}: write it whole, or leave it out"


def _name(item: Mapping[str, Any], number: int) -> str:
    return repr(item["id"]) if isinstance(item.get("id"), str) else str(number + 1)


def _field(path: tuple[int | str, ...]) -> str:
    return ".".join(map(str, path))


def _faults(item: Mapping[str, Any], scale: "Scale") -> Iterator[str]:
    for field in ("id", "description"):
        if not isinstance(item.get(field), str) or not item[field].strip():
            yield f"`{field}` is missing or no text"
    if isinstance(item.get("id"), str) and not _is_plain_id(item["id"]):
        yield f"`id` must be one printable line of at most {MAX_ID_LENGTH} characters"
    for field in RATES:
        if field not in item:
            yield f"`{field}` is missing"
        elif isinstance(rate := _rate(item[field], scale), str):
            yield f"`{field}` {rate}"
    traces = item.get("sample_trace_ids")
    if traces and not isinstance(traces, list):
        yield f"`sample_trace_ids` is {_kind(traces)}, not a list"


def _is_plain_id(text: str) -> bool:
    return text.isprintable() and text == text.strip() and len(text) <= MAX_ID_LENGTH


def _doubled_ids(clusters: tuple[FailureCluster, ...]) -> list[str]:
    counts = Counter(cluster.id for cluster in clusters)
    return [f"cluster {name!r}: `id` is used {n} times" for name, n in counts.items() if n > 1]


# --- rates: a share (0..1), a percentage ("75%"), or bare numbers of one scale ---

Scale = Literal["share", "percent", "mixed"]


def _scale(items: list[Any]) -> Scale:
    """Tell what the bare numbers mean: one over 1 makes all of them percentages.

    Beside it a number in (0, 1] could be a share or a percentage below one: mixed.
    """
    numbers = [
        number
        for item in items
        if isinstance(item, dict)
        for field in RATES
        if (number := _bare_number(item.get(field))) is not None
    ]
    if not any(number > 1 for number in numbers):
        return "share"
    return "mixed" if any(0 < number <= 1 for number in numbers) else "percent"


def _bare_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _rate(value: Any, scale: Scale) -> float | str:
    """Return the share, 0..1, or what is wrong with the value."""
    is_percent = isinstance(value, str) and value.rstrip().endswith("%")
    number = _bare_number(value.rstrip().removesuffix("%") if is_percent else value)
    if number is None or not math.isfinite(number):
        return f"is {value!r}, not a rate: give a number from 0 to 1 or a percentage"
    if not is_percent and number != 0 and scale == "mixed":
        return f"is {value!r} beside numbers of another scale: use 0 to 1, or write '75%'"
    share = number / 100 if is_percent or scale == "percent" else number
    if not 0 <= share <= 1:
        return f"is {value!r}, outside 0 to 1 (or 0% to 100%)"
    return share


def _listed(faults: list[str]) -> str:
    more = len(faults) - MAX_FAULTS_TOLD
    return "; ".join(faults[:MAX_FAULTS_TOLD]) + (f"; and {more} more" if more > 0 else "")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value"}
    return "null" if value is None else names.get(type(value), "a number")


def _type(value: object) -> str:
    return "None" if value is None else type(value).__name__
