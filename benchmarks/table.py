"""The table, as markdown: a section a topic, each with the command that repeats it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.measure import Row

_HEADER = "| what | measured | beside | that | ratio |\n|---|---:|---|---:|---:|"


def as_table(
    rows: Mapping[str, Sequence[Row]], machine: Mapping[str, Any], seconds: float, *, quick: bool
) -> str:
    """Return all topics as markdown."""
    packages = ", ".join(
        f"{name} {number}" for name, number in machine.items() if name not in ("cores", "platform")
    )
    told = (
        f"Measured in {seconds / 60:.1f} minutes on {machine['cores']} cores, "
        f"{machine['platform']}; {packages}."
    )
    warning = "\n\nThe smallest sizes (`--quick`): these figures mean nothing." if quick else ""
    return "\n\n".join([told + warning, *(_section(topic, found) for topic, found in rows.items())])


def _section(topic: str, rows: Sequence[Row]) -> str:
    lines = "\n".join(map(_line, rows))
    return f"### {topic}\n\n`./run benchmarks --only {topic}`\n\n{_HEADER}\n{lines}"


def _line(row: Row) -> str:
    note = f" ({row.note})" if row.note else ""
    that = "" if row.reference is None else _figure(row.reference, row.unit)
    ratio = "" if row.ratio is None else _number(row.ratio)
    return (
        f"| {row.what}{note} | {_figure(row.value, row.unit)} | {row.against} | {that} | {ratio} |"
    )


def _figure(value: float, unit: str) -> str:
    return f"{_number(value)} {unit}".rstrip()


def _number(value: float) -> str:
    """Return three significant digits, and no exponent."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.{2 - math.floor(math.log10(size))}f}"
