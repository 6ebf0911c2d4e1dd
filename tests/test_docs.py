"""The docs tell every error and every setting, and no link or command in them is dead."""

import re
from pathlib import Path

import pytest

from docs.generate import DOCS, PARTS, generated
from planner.errors import PlannerError

ROOT = DOCS.parent
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_parts_are_fresh(page: Path) -> None:
    text = page.read_text("utf-8")
    assert generated(text) == text, "run: ./run docs"


def test_every_part_stands_in_some_page() -> None:
    text = "".join(page.read_text("utf-8") for page in PAGES)
    assert all(f"<!-- generated: {name} -->" in text for name in PARTS)


def test_the_operations_page_has_every_error() -> None:
    text = (DOCS / "operating.md").read_text("utf-8")

    def told(error: type[PlannerError]) -> bool:
        return f"`{error.__name__}`" in text and all(map(told, error.__subclasses__()))

    assert told(PlannerError)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
