"""Pictures of a plan as SVG: readable in both of Prefect's UIs, light or dark, offline.

Mermaid was looked at first: its bars overlap, its pie is black on black, and the older UI
shows its source. An image inside markdown renders in both, and runs no script.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from planner.markdown import visible
from planner.models import FailureCluster
from planner.operations import Tier

MAX_CLUSTERS: Final = 25
"""Clusters in the picture; further ones are counted below it."""

_WIDTH: Final = 760
_LEFT: Final = 240
_SCALE: Final = 440
_BAR: Final = 14
_FAILS, _SOLVES = "#c0392b", "#1e8449"
_TIERS: Final = {Tier.AUTO: "#1e8449", Tier.REVIEW: "#d68910", Tier.MANUAL: "#c0392b"}


def clusters_picture(clusters: Sequence[FailureCluster]) -> str:
    """Draw each cluster's student failure rate against the teacher's success rate."""
    shown = clusters[:MAX_CLUSTERS]
    parts = [
        _box(_LEFT, 12, _BAR, _FAILS),
        _text(_LEFT + 20, 24, "student fails"),
        _box(_LEFT + 130, 12, _BAR, _SOLVES),
        _text(_LEFT + 150, 24, "teacher solves"),
    ]
    top = 40
    for cluster in shown:
        parts += _label(top + 19, cluster.id)
        parts += _bar(top, cluster.student_failure_rate, _FAILS)
        parts += _bar(top + _BAR + 1, cluster.teacher_success_rate, _SOLVES)
        top += 2 * _BAR + 12
    if len(clusters) > len(shown):
        parts.append(_text(_LEFT, top + 12, f"... and {len(clusters) - len(shown)} more clusters"))
        top += 20
    return _svg(top + 6, parts)


def tiers_picture(counts: Mapping[Tier, int]) -> str:
    """Draw how many edits there are of each tier."""
    most = max([*counts.values(), 1])
    parts = []
    top = 10
    for tier in Tier:
        count = counts.get(tier, 0)
        parts += _label(top + 12, tier)
        parts += _bar(top, count / most, _TIERS[tier], str(count))
        top += _BAR + 10
    return _svg(top, parts)


def as_markdown(svg: str, title: str) -> str:
    """Return a picture as a markdown image that needs no server; the title is ours."""
    return f"![{title}](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"


def _svg(height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="13"><rect width="{_WIDTH}" height="{height}" '
        f'fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _bar(top: int, share: float, colour: str, told: str = "") -> list[str]:
    width = round(share * _SCALE)
    end = _text(_LEFT + width + 6, top + 12, told or f"{share:.0%}")
    return [_box(_LEFT, top, max(width, 1), colour), end]


def _box(left: int, top: int, width: int, colour: str) -> str:
    return f'<rect x="{left}" y="{top}" width="{width}" height="{_BAR}" fill="{colour}"/>'


def _label(base: int, name: str) -> list[str]:
    line = visible(" ".join(name.split()))
    return [_text(_LEFT - 8, base, line if len(line) <= 32 else f"{line[:31]}…", anchor="end")]


def _text(left: int, base: int, text: str, *, anchor: str = "start") -> str:
    where = f'x="{left}" y="{base}" fill="#111111" text-anchor="{anchor}"'
    return f"<text {where}>{escape(text)}</text>"
