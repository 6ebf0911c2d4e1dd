"""How soon a command answers, and what it imports to do so."""

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, in_turns, median, run_python
from benchmarks.world import ANSWER, STUDENT, make_sessions, workshop

HEAVY = (
    "prefect",
    "litellm",
    "openai",
    "s3fs",
    "botocore",
    "aiohttp",
    "httpx",
    "kingfisher_sdk",
    "tiktoken",
    "markdown_it",
    "rich",
)
"""Packages that a command which plans nothing has no use for."""

_COMMAND = "from flows.cli import main; main()"
_TELL = (
    "import sys, json, atexit, os; told = open(os.environ['MODULES'], 'w'); "
    "atexit.register(lambda: told.write(json.dumps(list(sys.modules)))); "
)


def measure(*, quick: bool) -> Iterator[Row]:
    with workshop() as directory:
        session = make_sessions(directory, 1)[0]
        plan = ("plan", str(session), "--student", str(STUDENT), "--replay", str(ANSWER))
        run_python("-c", _COMMAND, *plan)
        commands = {
            "python, and nothing": ("-c", "pass"),
            "`import pydantic`": ("-c", "import pydantic.main"),
            "`import planner`": ("-c", "import planner"),
            "`learning-planner --help`": ("-c", _COMMAND, "--help"),
            "`learning-planner plan`, frozen already": ("-c", _COMMAND, *plan),
            "`learning-planner show`": ("-c", _COMMAND, "show", str(session)),
            "`import prefect`": ("-c", "import prefect.main"),
        }
        actions = {
            what: lambda arguments=arguments: run_python(*arguments)
            for what, arguments in commands.items()
        }
        seconds = in_turns(actions, 2 if quick else 5)
        nothing, prefect = (
            median(seconds[what]) for what in ("python, and nothing", "`import prefect`")
        )
        yield Row(
            "python, and nothing", nothing, "s", samples=tuple(seconds["python, and nothing"])
        )
        for what in list(commands)[1:-1]:
            yield Row(
                what=what,
                value=median(seconds[what]),
                unit="s",
                against="`import prefect` alone",
                reference=prefect,
                note=_imported(commands[what], directory),
                samples=tuple(seconds[what]),
            )


def _imported(arguments: tuple[str, ...], directory: Path) -> str:
    """Tell how many modules a command imports, and which heavy packages."""
    told = directory / "modules.json"
    flag, code, *rest = arguments
    run_python(flag, _TELL + code, *rest, MODULES=str(told))
    modules = json.loads(told.read_text())
    heavy = sorted(set(HEAVY) & set(modules))
    return f"{len(modules)} modules; of the heavy ones {', '.join(heavy) or 'none'}"
