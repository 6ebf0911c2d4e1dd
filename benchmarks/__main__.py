"""Measure, and print the table: `python -m benchmarks [--only TOPIC ...] [--quick] [--json FILE]`.

Each topic runs in a process of its own, with a Prefect home and a home directory that are
thrown away, so that a topic's figures are the same with `--only` as without.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, Row
from benchmarks.table import as_table

TOPICS = ("core", "start", "tokens", "storage", "overhead", "nightly")
_KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "AWS_PROFILE", "PREFECT_API_URL", "PREFECT_PROFILE")
_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_COLORS": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}


class TopicFailed(Exception):
    """A topic could not be measured."""


def main() -> int:
    options = _options()
    if options.rows is not None:
        return _measure_here(options.only[0], options.rows, quick=options.quick)
    started = time.monotonic()
    rows: dict[str, list[Row]] = {}
    failed = False
    for topic in options.only or TOPICS:
        try:
            rows[topic] = _measure(topic, quick=options.quick)
        except TopicFailed as error:
            failed = True
            print(f"{topic} could not be measured:\n{error}", file=sys.stderr)
    seconds = time.monotonic() - started
    print(as_table(rows, _machine(), seconds, quick=options.quick))
    if options.json is not None:
        options.json.write_text(_as_json(rows, seconds, quick=options.quick), "utf-8")
    return int(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=TOPICS, help="one topic; repeatable")
    parser.add_argument("--quick", action="store_true", help="the smallest sizes, to try it out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the raw figures there")
    parser.add_argument("--rows", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure_here(topic: str, path: Path, *, quick: bool) -> int:
    from importlib import import_module  # noqa: PLC0415 - the other topics stay unloaded

    rows = import_module(f"benchmarks.{topic}").measure(quick=quick)
    path.write_text(json.dumps([row.as_json() for row in rows]), "utf-8")
    return 0


def _measure(topic: str, *, quick: bool) -> list[Row]:
    started = time.monotonic()
    print(f"Measuring {topic} ...", file=sys.stderr, end=" ", flush=True)
    with tempfile.TemporaryDirectory(prefix="benchmarks-", ignore_cleanup_errors=True) as home:
        path, log = Path(home) / "rows.json", Path(home) / "log"
        command = [sys.executable, "-m", "benchmarks", "--only", topic, "--rows", str(path)]
        with log.open("wb") as said:
            done = subprocess.run(
                [*command, *(["--quick"] if quick else [])],
                env=_environment(Path(home)),
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise TopicFailed(log.read_text(errors="replace")[-4_000:])
        rows = [Row.of(row) for row in json.loads(path.read_text("utf-8"))]
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    return rows


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _KEYS}
    own = {"PYTHONPATH": str(ROOT), "PREFECT_HOME": str(home / "prefect"), "TMPDIR": str(home)}
    return {**kept, **_SETTINGS, **own}


def _machine() -> dict[str, Any]:
    packages = ("prefect", "litellm", "pydantic", "fsspec", "s3fs")
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{name: version(name) for name in packages},
    }


def _as_json(rows: dict[str, list[Row]], seconds: float, *, quick: bool) -> str:
    topics = {topic: [row.as_json() for row in found] for topic, found in rows.items()}
    whole = {"machine": _machine(), "quick": quick, "seconds": seconds, "topics": topics}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
