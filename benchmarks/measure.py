"""A figure beside its reference, and how both are timed: in turns, by their medians."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    value: float
    unit: str
    against: str = ""
    """What the reference is; empty where a figure stands by itself."""
    reference: float | None = None
    """In the same unit."""
    note: str = ""
    samples: tuple[float, ...] = ()
    """What `value` is the median of."""

    @property
    def ratio(self) -> float | None:
        return self.value / self.reference if self.reference else None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Row":
        """Return what `as_json` made, once it has been through JSON."""
        fields = {name: stored[name] for name in cls.__slots__}
        return cls(**{**fields, "samples": tuple(fields["samples"])})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


Clock = Callable[[], float]


def in_turns(
    actions: Mapping[str, Callable[[], object]], rounds: int, clock: Clock = time.perf_counter
) -> dict[str, list[float]]:
    """Time every action once a round; return the seconds of each, a list a name."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            seconds[name].append(timed(action, clock))
    return seconds


def timed(action: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Return the seconds that one call takes."""
    started = clock()
    action()
    return clock() - started


def median(samples: Sequence[float]) -> float:
    return statistics.median(samples)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return how much y grows with each x, by least squares; 0.0 where there is one x, or none."""
    if len({x for x, _ in points}) < 2:
        return 0.0
    xs, ys = zip(*points, strict=True)
    return statistics.linear_regression(xs, ys).slope


def run_python(*arguments: str, **environment: str) -> str:
    """Run Python in a process of its own, with this project importable; return what it printed.

    Raises RuntimeError with the end of what it said where it fails.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-3000:]
        raise RuntimeError(f"python {' '.join(arguments)[:200]} failed:\n{said}")
    return done.stdout
