"""The regular expressions hold on every Python that is supported."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for folder in ("planner", "flows") for path in (ROOT / folder).rglob("*.py"))

POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{[\d,]+\})\+|\(\?>")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_group_is_repeated_possessively(path: Path) -> None:
    """Python 3.11.0 to 3.11.4 match such groups wrongly (CPython issue 106052)."""
    assert not POSSESSIVE_GROUP.findall(path.read_text("utf-8"))
