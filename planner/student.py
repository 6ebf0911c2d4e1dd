"""The student in: its configuration files become one checked value.

```
config.toml                       agents, models, routing
agents/<name>/system_prompt.md    the current prompt
agents/<name>/few_shot.json       a list of {"input": ..., "output": ...}
tools/descriptions.toml           what each tool is for
```

Every file may be missing; what is missing is unknown. A file that is there and
cannot be read is an error: planning against half a student would be blind.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any, TypeVar

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from planner.errors import StudentInvalid
from planner.models import Agent, Exemplar, Student
from planner.store import Store, StoreSettings

CONFIG = "config.toml"
DESCRIPTIONS = "tools/descriptions.toml"
AGENT_FILE = re.compile(
    r"agents/(?P<agent>[A-Za-z0-9_-]+)/(?P<file>system_prompt\.md|few_shot\.json)"
)

Table = dict[str, Any]
Read = TypeVar("Read")


class _ExemplarEntry(BaseModel):
    """What we read of an example; a student's own further keys are left alone."""

    input: str
    output: str


_EXEMPLARS = TypeAdapter(tuple[_ExemplarEntry, ...])


def fetch_student(url: str, settings: StoreSettings | None = None) -> Student:
    """Read the student's directory, local or in object storage.

    Raises:
        StudentInvalid: A file is there but cannot be read, or nothing is there at all.
        StorageError: The store failed.
    """
    store = Store(url=url, settings=settings or StoreSettings())
    names = [name for name in store.list() if _is_student_file(name)]
    if not names:
        raise StudentInvalid(
            f"{url} holds no student: expected {CONFIG}, agents/<name>/system_prompt.md or "
            f"{DESCRIPTIONS} below it; check the URL."
        )
    found = store.read_many(names)
    return read_student({n: data for n, data in found.items() if data is not None}, where=url)


def read_student(files: Mapping[str, bytes], *, where: str) -> Student:
    """Read a student from its files' bytes by name, relative to its directory.

    Raises:
        StudentInvalid: Names the file and what is wrong in it.
    """
    config = _toml(files, CONFIG, where)
    prompts = _agent_files(files, "system_prompt.md", _text, where)
    few_shots = _agent_files(files, "few_shot.json", _exemplars, where)
    tables = _table(config, "agents", where)
    return Student(
        agents={
            name: _agent(_table(tables, name, where), prompts.get(name), few_shots.get(name), where)
            for name in sorted({*tables, *prompts, *few_shots})
        },
        tool_descriptions={
            tool: description
            for tool, entry in sorted(_toml(files, DESCRIPTIONS, where).items())
            if (description := _description(entry)) is not None
        },
        model_params={
            name: _plain(_table(models, name, where))
            for models in [_table(config, "models", where)]
            for name in sorted(models)
        },
        routing=_routing(config, where),
    )


def _is_student_file(name: str) -> bool:
    return name in (CONFIG, DESCRIPTIONS) or AGENT_FILE.fullmatch(name) is not None


def _agent_files(
    files: Mapping[str, bytes], file: str, read: Callable[[bytes, str], Read], where: str
) -> dict[str, Read]:
    return {
        match["agent"]: read(data, f"{where}/{name}")
        for name, data in files.items()
        if (match := AGENT_FILE.fullmatch(name)) and match["file"] == file
    }


def _agent(
    table: Table, prompt: str | None, few_shot: tuple[Exemplar, ...] | None, where: str
) -> Agent:
    own = {"class", "tools"}
    agent_class = table.get("class")
    return Agent(
        agent_class=agent_class if isinstance(agent_class, str) else None,
        system_prompt=prompt,
        tools=_tools(table.get("tools"), where),
        params=_plain({key: value for key, value in table.items() if key not in own}),
        few_shot=few_shot,
    )


def _tools(value: Any, where: str) -> tuple[str, ...] | None:
    """Read a list of names, or one text with commas: both are written in the field."""
    if value is None:
        return None
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise StudentInvalid(f"{where}/{CONFIG}: `tools` must be a list of names.")
    return tuple(stripped for name in names if (stripped := name.strip()))


def _routing(config: Table, where: str) -> dict[str, str]:
    table = config
    for key in ("learning", "routing", "policy_map"):
        table = _table(table, key, where)
    return {name: model for name, model in sorted(table.items()) if isinstance(model, str)}


def _description(entry: Any) -> str | None:
    text = entry.get("description") if isinstance(entry, dict) else entry
    return text if isinstance(text, str) else None


def _table(parent: Table, key: str, where: str) -> Table:
    value = parent.get(key, {})
    if not isinstance(value, dict):
        raise StudentInvalid(f"{where}/{CONFIG}: `{key}` must be a table.")
    return value


def _plain(value: Any) -> Any:
    """TOML's dates and times as text: JSON has none."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _text(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = error.start
    raise StudentInvalid(f"{where} is not UTF-8: byte {start} cannot be read; store it as UTF-8.")


def _toml(files: Mapping[str, bytes], name: str, where: str) -> dict[str, JsonValue]:
    if name not in files:
        return {}
    try:
        return tomllib.loads(_text(files[name], f"{where}/{name}"))
    except tomllib.TOMLDecodeError as error:
        fault = str(error)
    raise StudentInvalid(f"{where}/{name} is not valid TOML: {fault}.")


def _exemplars(data: bytes, where: str) -> tuple[Exemplar, ...]:
    try:
        entries = _EXEMPLARS.validate_json(data)
        return tuple(Exemplar(input=entry.input, output=entry.output) for entry in entries)
    except ValidationError as error:
        fault = error.errors()[0]["msg"]
    raise StudentInvalid(f'{where} must be a list of {{"input", "output"}}: {fault}.')
