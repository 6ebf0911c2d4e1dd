"""Tell a diff from a whole prompt that was put in the diff's place."""

import re

_DIFF_LINE = re.compile(
    r"^[ \t]*(?:@@|diff --git |Index: |\*\*\* |<{5,}|>{5,}|={7}[ \t]*$)"
    r"|^[+\-\u2212\uff0b]|^\d+(?:,\d+)?[acd]\d+(?:,\d+)?[ \t]*$",
    re.MULTILINE,
)
_ESCAPED = re.compile(r"\\n(?:@@|[+-])")


def is_whole_prompt(text: str) -> bool:
    """Say whether a text in the diff's place holds no diff syntax at all.

    No hunk header, no file header, no line that begins with + or -: then it is
    a whole prompt in the wrong field (a decision of the house). Search/replace
    markers, ed's commands and escaped newlines before diff lines count as diff
    syntax too.
    """
    return bool(text.strip()) and not _DIFF_LINE.search(text) and not _ESCAPED.search(text)
