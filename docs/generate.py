"""Writes the generated parts of the docs: every error, every setting, once.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end: NAME -->`
in a hand-written page; `tests/test_docs.py` fails when one is stale.
"""

from collections.abc import Callable, Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any

from prefect import Flow
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from flows.distillation import distill
from flows.nightly import nightly
from flows.review import review
from planner.errors import PlannerError
from planner.operations import OPERATIONS
from planner.risk import TierPolicy
from planner.store import StoreSettings
from planner.teacher import Teacher

DOCS = Path(__file__).parent


def errors() -> str:
    """Return the table of every error: its meaning, whether it is retried, its remedy."""
    rows = [
        f"| `{error.__name__}` | {_first_line(error)} | {'yes' if error.transient else 'no'} "
        f"| {error.remedy} |"
        for error in _tree(PlannerError)
    ]
    return _table(("error", "what happened", "retried by itself", "what to do"), rows)


def settings(model: type[BaseModel]) -> str:
    """Return the table of a model's fields with their defaults and descriptions."""
    rows = [
        f"| `{name}` | {_default(field)} | {field.description or ''} |"
        for name, field in model.model_fields.items()
    ]
    return _table(("setting", "default", "meaning"), rows)


def parameters(flow: Flow[..., Any]) -> str:
    """Return the table of a flow's parameters, as the run form of the UI shows them."""
    schema = flow.parameters
    rows = [
        f"| `{name}` | {_shown(one.get('default'), required=name in schema.required)} "
        f"| {one.get('description', '')} |"
        for name, one in schema.properties.items()
    ]
    return _table(("parameter", "default", "meaning"), rows)


def operations() -> str:
    """Return the table of operations with their default tiers."""
    rows = [
        f"| `{row.op}` | {row.pillar} | {row.tier} | {row.instruction} |"
        for row in OPERATIONS.values()
    ]
    return _table(("operation", "pillar", "default tier", "what the teacher is told"), rows)


PARTS: Mapping[str, Callable[[], str]] = {
    "errors": errors,
    "operations": operations,
    "teacher": lambda: settings(Teacher),
    "store": lambda: settings(StoreSettings),
    "policy": lambda: settings(TierPolicy),
    "distill": lambda: parameters(distill),
    "nightly": lambda: parameters(nightly),
    "review": lambda: parameters(review),
}


def generated(page: str) -> str:
    """Return a page with its generated parts made anew."""
    for name, write in PARTS.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        part = f"{begin}\n{write()}\n{end}"
        before, found, rest = page.partition(begin)
        page = before + (part + rest.partition(end)[2] if found else "")
    return page


def main() -> None:
    """Write every page anew."""
    for path in DOCS.glob("*.md"):
        path.write_text(generated(path.read_text("utf-8")), "utf-8")


def _tree(error: type[PlannerError]) -> Iterator[type[PlannerError]]:
    yield error
    for child in error.__subclasses__():
        yield from _tree(child)


def _first_line(error: type[PlannerError]) -> str:
    return cleandoc(error.__doc__ or "").split("\n\n", 1)[0].replace("\n", " ")


def _default(field: FieldInfo) -> str:
    return _shown(field.get_default(call_default_factory=True), required=field.is_required())


def _shown(value: Any, *, required: bool) -> str:
    if required:
        return "required"
    return "" if value in (None, PydanticUndefined, "", {}, ()) else f"`{value}`"


def _table(header: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([f"| {' | '.join(header)} |", "|" + "---|" * len(header), *rows])


if __name__ == "__main__":
    main()
