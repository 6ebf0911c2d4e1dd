"""Keys and names that say that what stands under them is told of, not proposed."""

import re
from typing import Final

_KEY_PARTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_BARRED: Final = re.compile(
    r"reject(?:ed|ions?)?|declined|initial|previous|prior|earlier|old|before|original|last"
    r"|(?:counter)?examples?"
    r"|samples?|template|format|drafts?|scratch(?:pad)?|thinking|reasoning|thoughts?|analysis"
    r"|reflection|critique|discard(?:ed|s)?|current|existing|schema|properties|defaults?|defs"
    r"|history|logs?|rollback|undo|revert|inverse|alternatives?|considered|deferred|future|later"
    r"|backups?|baseline|snapshots?|not|dont|user|system|request|question|prompt|query|notes?"
    r"|withdrawn|skipped|failed|invalid|bad|wrong|obsolete|deprecated|superseded|removed|disabled"
    r"|dropped|ignored|references?|attempts?|ideas?|hypothetical"
)


def is_barred(key: str) -> bool:
    """Tell whether what stands under a key is told of, not proposed."""
    return any(_BARRED.fullmatch(part.lower()) for part in _KEY_PARTS.findall(key))
