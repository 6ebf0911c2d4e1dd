"""How a sentence shows a value that somebody else wrote: short, and in one line."""

import json
from typing import Any


def shown(value: Any, longest: int = 80) -> str:
    """Return a text, or a value's JSON, in quotes; dots follow what is longer (characters)."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return repr(text[:longest]) + ("..." if len(text) > longest else "")
