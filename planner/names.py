"""What the name of a tool or a parameter tells of its reach; on doubt, more than less."""

import re
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_PROMPT_STEM: Final = re.compile(r"prompt|instruction|persona|template|message", re.IGNORECASE)
_PROMPT_WORD: Final = re.compile(r"preamble|system|description|exemplars?|examples?|shots?")
_ACTING_STEM: Final = re.compile(
    r"shell|exec|bash|http|subprocess|write|delete|upload|deploy|e-?mail|payment", re.IGNORECASE
)
"""Told inside a longer word too: `ShellExec` and `shellexec` are one tool."""
_ACTING_WORD: Final = re.compile(
    r"sh|cmd|command|terminal|run|runner|spawn|eval|code|python|repl|interpreter|sandbox|docker"
    r"|requests?|url|webhook|curl|fetch|api|post|put|edit|editor|patch|create|update|set|remove|rm"
    r"|move|mv|rename|copy|cp|append|save|download|browser|click|navigate|send|notify|sms|slack"
    r"|discord|publish|release|push|commit|merge|sql|query|pay|purchase|buy|order|transfer|install"
    r"|pip|apt|sudo|ssh|kill|cron|schedule|delegate|automation|control"
)
_HOLDING_WORD: Final = re.compile(
    r"files?|fs|filesystem|disk|db|database|memory|store|git|github|message|channel|mail|process"
    r"|agent|calendar|clipboard|home"
)
"""Things that can be written to: a tool named for one acts, unless it only reads."""
_READING_WORD: Final = re.compile(r"read|reader|list|view|search|get|lookup|find|status|info|show")


def is_prompt_like(param: str) -> bool:
    """Tell whether a parameter's name says that it holds text for the model."""
    return bool(_PROMPT_STEM.search(param)) or _has(_PROMPT_WORD, param)


def is_acting(tool: str) -> bool:
    """Tell whether a tool's name says that it acts on the world."""
    if _ACTING_STEM.search(tool) or _has(_ACTING_WORD, tool):
        return True
    return _has(_HOLDING_WORD, tool) and not _has(_READING_WORD, tool)


def _has(pattern: re.Pattern[str], name: str) -> bool:
    return any(pattern.fullmatch(word) for word in _words(name))


@lru_cache(maxsize=4_096)
def _words(name: str) -> frozenset[str]:
    """Return a name's words: `file_read`, `file-read` and `FileRead` have the same."""
    return frozenset(word.lower() for word in _WORD.findall(name))
