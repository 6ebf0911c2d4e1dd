"""What a transport put around or into both texts of a pair, and took nothing away by it."""

import re

_TWICE = re.compile(r"\r{2,}\n")
_FENCED = re.compile(r"\s*(`{3,}|~{3,})\w*\r?\n(.*?)\r?\n\1\s*", re.DOTALL)


def without_transport(prompt: str, find: str, replace: str) -> tuple[str, str]:
    r"""Return a pair without fences round both its texts, and with its `\n` as line breaks.

    Only where `find` does not stand in the prompt as it is: then it is no text of it.
    """
    if find in prompt:
        return find, replace
    fenced = _FENCED.fullmatch(find), _FENCED.fullmatch(replace)
    if fenced[0] and fenced[1]:
        find, replace = fenced[0][2], fenced[1][2]
    if "\\n" not in find or "\n" in find or "\\n" in prompt:
        return find, replace
    broken = _broken(find), replace if "\n" in replace else _broken(replace)
    return (find, replace) if "\\" in "".join(broken) else broken


def ended_once(prompt: str, text: str) -> str:
    r"""Return a text whose lines end once each: `\r\r\n` is an ending that was written twice."""
    return _TWICE.sub("\n", text) if "\r\r\n" in text and "\r\r\n" not in prompt else text


def _broken(text: str) -> str:
    return text.replace("\\r\\n", "\n").replace("\\n", "\n").replace('\\"', '"')
