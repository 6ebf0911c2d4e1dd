"""The library is light, pure and whole."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import planner

ROOT = Path(__file__).parent.parent


def loaded_by(statement: str) -> set[str]:
    probe = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_library_loads_neither_prefect_nor_litellm() -> None:
    heavy = {"prefect", "litellm", "openai", "s3fs", "botocore", "kingfisher_sdk", "flows"}
    assert not loaded_by("import planner") & heavy


def test_importing_flows_alone_loads_no_prefect() -> None:
    assert "prefect" not in loaded_by("import flows")


@pytest.mark.parametrize("name", planner.__all__)
def test_what_the_front_door_names_is_there(name: str) -> None:
    assert getattr(planner, name).__doc__


@pytest.mark.parametrize("path", sorted((ROOT / "planner").rglob("*.py")), ids=str)
def test_no_room_of_the_library_knows_prefect_or_the_flows(path: Path) -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _names(node)
    }
    assert not imported & {"prefect", "flows"}


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
