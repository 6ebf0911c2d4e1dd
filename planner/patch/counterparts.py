"""What opens and closes by name: tags, blocks of a template, and comments."""

import re
from collections import Counter

_TAG = re.compile(
    r"^[ \t]*<(/?)(?!(?:br|hr|img|input|wbr)\b)([^\W\d_][\w-]*)(?:\s[^<>\n]*)?(?<!/)>[ \t]*\r?$",
    re.MULTILINE,
)
"""A tag alone on its line, and none that never closes; elsewhere a text may speak of one."""
_ANY_TAG = re.compile(r"</([\w-]+)>|<([\w-]+)[ >]")
_TEMPLATE_TAG = re.compile(
    r"\{%[-+]?\s*(end)?(if|for|block|macro|call|filter|with|raw|each|unless)\b"
    r"|\{\{([#^/])\s*([\w.]+)|(<!--|-->)"
)


def open_tags(text: str) -> Counter[str]:
    """Return by how many more tags of each name, alone on their lines, open than close."""
    counts: Counter[str] = Counter()
    for closing, name in _TAG.findall(text):
        counts[name] += -1 if closing else 1
    return counts


def open_blocks(text: str) -> Counter[str]:
    """Return by how many more blocks of a template, and comments, of each name open than close."""
    counts: Counter[str] = Counter()
    for found in _TEMPLATE_TAG.finditer(text):
        ends, block, sign, section, comment = found.groups()
        name = block or section or "<!--"
        counts[name] += -1 if ends or sign == "/" or comment == "-->" else 1
    return counts


def tags_anywhere(text: str) -> Counter[str]:
    """Return by how many more tags of each name open than close, wherever they stand."""
    counts: Counter[str] = Counter()
    for closes, opens in _ANY_TAG.findall(text):
        counts[closes or opens] += -1 if closes else 1
    return counts
