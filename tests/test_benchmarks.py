"""`python -m benchmarks` runs and prints the rows that its page shows; never how fast."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import TOPICS
from benchmarks.measure import ROOT, Row, slope
from benchmarks.table import as_table

PAGE = ROOT / "docs" / "benchmarks.md"
FAST = ("core", "tokens", "storage")


def without_numbers(text: str) -> str:
    return re.sub(r"[\d][\d,.]*", "N", text)


def rows_of(table: str) -> set[str]:
    """What each row measures, sizes and notes aside."""
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    cells = (line.strip("| ").split(" | ")[0] for line in lines)
    return {without_numbers(cell.partition(" (")[0]) for cell in cells} - {"what"}


def section(text: str, topic: str) -> str:
    return text.partition(f"### {topic}\n")[2].partition("\n### ")[0]


def measured(tmp_path: Path, *topics: str) -> tuple[str, dict[str, Any]]:
    """Run the command with the smallest sizes; return what it printed, and its JSON."""
    path = tmp_path / "figures.json"
    only = [argument for topic in topics for argument in ("--only", topic)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--json", str(path), *only],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(path.read_text("utf-8"))


def require_documented(printed: str, topic: str) -> None:
    documented = rows_of(section(PAGE.read_text("utf-8"), topic))
    assert rows_of(section(printed, topic)) <= documented
    assert f"`./run benchmarks --only {topic}`" in printed


@pytest.mark.slow
def test_the_command_prints_the_rows_that_the_docs_show(tmp_path: Path) -> None:
    printed, figures = measured(tmp_path, *FAST)
    for topic in FAST:
        require_documented(printed, topic)
        assert all(row["value"] >= 0 for row in figures["topics"][topic])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_start_imports_nothing_heavy(tmp_path: Path) -> None:
    printed, _ = measured(tmp_path, "start")
    require_documented(printed, "start")
    commands = [line for line in printed.splitlines() if line.startswith("| `learning-planner")]
    assert len(commands) == 3
    heavy = {"prefect", "litellm", "openai", "s3fs", "botocore", "httpx", "detect_secrets"}
    assert all(not heavy & set(re.findall(r"\w+", line.partition(") |")[0])) for line in commands)


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.timeout(900)
@pytest.mark.parametrize("topic", ["overhead", "nightly"])
def test_the_topics_with_a_server_run(topic: str, tmp_path: Path) -> None:
    printed, figures = measured(tmp_path, topic)
    require_documented(printed, topic)
    values = {without_numbers(row["what"]): row["value"] for row in figures["topics"][topic]}
    if topic == "nightly":
        assert values["requests to the teacher, a session, first night"] == 1
        assert values["requests to the teacher, second night"] == 0


def test_the_docs_show_every_topic() -> None:
    text = PAGE.read_text("utf-8")
    assert [topic for topic in TOPICS if not rows_of(section(text, topic))] == []


def test_a_row_that_comes_back_from_json_is_the_same() -> None:
    row = Row("planning", 2.0, "s", "nothing", 0.5, samples=(1.0, 2.0, 3.0))
    assert Row.of(json.loads(json.dumps(row.as_json()))) == row
    assert row.ratio == 4


def test_a_figure_without_a_reference_has_no_ratio() -> None:
    printed = as_table({"core": [Row("planning", 0.01234, "s")]}, {"cores": 2, "platform": "x"}, 60,
                       quick=True)  # fmt: skip
    assert "| planning | 0.0123 s |  |  |  |" in printed
    assert "these figures mean nothing" in printed


def test_a_slope_is_the_gain_of_each_step() -> None:
    assert slope([(0, 1), (10, 21), (20, 41)]) == pytest.approx(2)
    assert slope([(1, 5)]) == slope([(1, 5), (1, 7)]) == 0
