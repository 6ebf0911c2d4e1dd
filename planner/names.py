"""What the name of a tool or a parameter tells of its reach; on doubt, more than less.

A tool passes as harmless only where a word of its name says that it reads or computes,
and none says that it acts: nobody can list all that acts on the world.
"""

import re
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_PROMPT_STEM: Final = re.compile(r"prompt|instruction|persona|template|message", re.IGNORECASE)
_PROMPT_WORD: Final = re.compile(r"preamble|system|description|exemplars?|examples?|shots?")
_ACTING_STEM: Final = re.compile(
    r"shell|exec|bash|http|subprocess|writ|delet|upload|deploy|e-?mail|payment", re.IGNORECASE
)
"""Told inside a longer word too: `ShellExec` and `shellexec` are one tool."""
_ACTS: Final = (
    "sh|cmd|command|terminal|run|runner|spawn|eval|code|python|repl|interpreter|sandbox|docker"
    "|request|url|webhook|curl|fetch|api|post|put|edit|editor|patch|create|update|set|remove|rm"
    "|move|mv|rename|copy|cp|append|save|download|browser|click|navigate|send|notify|sms|slack"
    "|discord|publish|release|push|commit|merge|sql|query|pay|purchase|buy|order|transfer|install"
    "|computer|pip|apt|sudo|ssh|kill|cron|schedule|delegate|automation|control"
    # What changes a text, a file, or a machine.
    "|replace|modify|modification|insert|overwrite|swap|alter|adjust|change|apply|fix|repair|add"
    "|drop|truncate|wipe|erase|purge|clear|clean|flush|reset|unlink|mkdir|rmdir|chmod|chown|touch"
    "|import|export|index|reindex|ingest|build|rebuild|compile|train|sync|backup|restore|rollback"
    "|revert|undo|migrate|archive|zip|unzip|compress|decompress|mount|unmount|format|upgrade"
    "|downgrade|uninstall|configure|setup|start|stop|restart|reboot|shutdown|terminate|abort"
    "|cancel|pause|resume|trigger|invoke|perform|act|action|launch|enable|disable|toggle|switch"
    "|turn|activate|deactivate|lock|unlock|open|close|inject|scan|probe|exploit|attack"
    # What changes something for people.
    "|submit|book|booking|reserve|reservation|reply|respond|approve|reject|accept|confirm|deny"
    "|grant|revoke|access|ban|block|unblock|mute|quarantine|refund|charge|bill|fund|withdraw"
    "|deposit|transaction|trade|sell|bid|sign|vote|share|forward|broadcast|tweet|call|dial|print"
    "|record|register|subscribe|unsubscribe|enroll|assign|escalate|dispatch|ship|deliver|invite"
    "|kick|join|leave|login|logout|impersonate|mark|tag|label|flag|pin|follow|comment|rate|drive"
    "|robot|play|hire|dismiss|publication|provision|scale|sale|paid|in|out|and|then"
)
_ACTING_WORD: Final = re.compile(_ACTS)
"""Told by words as a whole, and on doubt: `open_tickets` only reads, and is looked at."""
_ENDINGS: Final = ("ing", "ation", "ion", "al", "er", "or", "ed", "es", "s")
_HOLDING_WORD: Final = re.compile(
    r"files?|fs|filesystem|disk|db|database|memory|store|git|github|message|channel|mail|process"
    r"|agent|calendar|clipboard|home"
)
"""Things that can be written to: a tool named for one acts, unless it only reads."""
_READING_WORD: Final = re.compile(r"read|reader|list|view|search|get|lookup|find|status|info|show")
_HARMLESS_STEM: Final = re.compile(
    r"calc|comput|search|retriev|summari|translat|convert|classif|extract|detect|describ|explain"
    r"|compar|valid|estimat|dictionar|wiki|pars(?:e|ing)|embed|rerank|caption",
    re.IGNORECASE,
)
_HARMLESS_WORD: Final = re.compile(
    r"think|thought|reason|reflect|math|maths|arithmetic|date|time|clock|now|weather|units?|count"
    r"|arxiv|pubmed|rag|grep|diff|ocr|vision|docs"
)


@lru_cache(maxsize=4_096)
def is_prompt_like(param: str) -> bool:
    """Tell whether a parameter's name says that it holds text for the model."""
    return bool(_PROMPT_STEM.search(param)) or _has(_PROMPT_WORD, param)


@lru_cache(maxsize=4_096)
def may_act(tool: str) -> bool:
    """Tell whether a tool may act on the world: its name says so, or nothing of the opposite."""
    if _ACTING_STEM.search(tool) or any(map(_acts, words_of(tool))):
        return True
    if _has(_READING_WORD, tool):
        return False
    harmless = _HARMLESS_STEM.search(tool) is not None or _has(_HARMLESS_WORD, tool)
    return not harmless or _has(_HOLDING_WORD, tool)


def _acts(word: str) -> bool:
    """Tell whether a word says that something is done: `setter`, `updating` and `deletion` do."""
    stems = [word]
    for ending in _ENDINGS:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            stems += [stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem]
    return any(map(_ACTING_WORD.fullmatch, stems))


def _has(pattern: re.Pattern[str], name: str) -> bool:
    return any(pattern.fullmatch(word) for word in words_of(name))


def words_of(name: str) -> frozenset[str]:
    """Return a name's words: `file_read`, `file-read` and `FileRead` have the same."""
    return frozenset(word.lower() for word in _WORD.findall(name))
