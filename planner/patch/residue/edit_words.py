"""Words with which a writer tells that, and what, was edited."""

from typing import Final


def any_of(words: str) -> str:
    """Return a pattern for one of several words in either case, grouped by their first letters.

    A branch that begins with a set of letters is passed over at once, one that ignores case
    is not: so this is several times as fast.
    """
    by_first: dict[str, list[str]] = {}
    for word in words.split("|"):
        by_first.setdefault(word[0], []).append(word[1:])
    groups = (f"[{first}{first.upper()}](?i:{'|'.join(ends)})" for first, ends in by_first.items())
    return "|".join(groups)


EDITED: Final = any_of(
    "new|added|changed?|modified|updated?|edited|revised|inserted|fixed|replace[ds]?|rewritten"
    "|reworded|stricter|clearer|clarified|improved|removed|deleted|moved|tightened|was|were|old"
    "|previously|formerly|before|from|tbd|todo|fixme"
    "|neu|ge\u00e4ndert|hinzugef\u00fcgt|erg\u00e4nzt|vorher|bisher|ersetzt|nuevo|a\u00f1adido"
    "|cambiado|modificado|nouveau|ajout\u00e9e?|modifi\u00e9e?|novo|alterado|adicionado|nuovo"
    "|aggiunto|modificato|nieuw|gewijzigd|ny|zmienione|dodano|yeni|\u65b0\u589e|\u65b0"
    "|\u5df2\u4fee\u6539|\u4fee\u6539|\u5df2\u66f4\u65b0|\u66f4\u65b0|\u6539|\u8ffd\u52a0"
    "|\u5909\u66f4|\u65b0\u898f|\uc218\uc815|\ucd94\uac00|\u062c\u062f\u064a\u062f"
    "|\u043d\u043e\u0432\u043e\u0435|\u0438\u0437\u043c\u0435\u043d\u0435\u043d\u043e"
    "|\u0434\u043e\u0431\u0430\u0432\u043b\u0435\u043d\u043e"
)
"""Words that tell of an edit."""
TELLING: Final = any_of(
    "added|changed|modified|updated|edited|revised|inserted|fixed|replace[ds]|rewritten|tightened"
    "|was|were|previously|formerly|ge\u00e4ndert|hinzugef\u00fcgt|erg\u00e4nzt|ersetzt|vorher|bisher"
    "|a\u00f1adido|cambiado|modificado|ajout\u00e9e?|modifi\u00e9e?|alterado|adicionado|aggiunto"
)
"""Those with which a text in brackets begins that tells of an edit."""
CHANGED: Final = (
    r"new|updated|revised|replacement|replace[sd]? (?:with|by)|modified|edited|rewritten|corrected"
    r"|original|improved"
)
WRITTEN: Final = rf"{CHANGED}|added|inserted|changed|removed|deleted|fixed|was|old|previously"
"""Words with which a comment in code tells of an edit."""
PART: Final = (
    r"text|version|rule|line|prompt|wording|content|section|instructions?|paragraph|bullet|item"
    r"|sentence|value"
)
"""What a label calls the text behind it by."""
