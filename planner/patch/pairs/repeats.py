"""Lines that a pair writes twice: at once, begun anew, or at an old place and a new one."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from planner.patch.code import keys_in_code
from planner.patch.pairs.lines import PairedLines, code_of, is_in_code
from planner.patch.pairs.neighbours import line_counts
from planner.patch.pairs.words import BEGINS_ITEM, words
from planner.patch.slips import is_begun_anew

_SEVERAL = 3
"""Words; a line of fewer may well stand twice, as a label does."""
_LONGEST = 400
"""Characters of a line that are looked at."""
_GAP = 3
"""Characters between the two halves of a text."""
_MOST_TIMES = 4
"""Times that a line of code stands in the new text, where the old one has it once at most."""
_MOST_AGAIN = 3
"""Words of a line that stand there before; a loop has as many."""
_LOOP = re.compile(
    r"(?<!\w)([^\W\d_]\w*(?: \w+){1,5})(?:[ ,]+\1){2,}(?!\w)|(?<!\w)(\w{4,})(?: \2){3,}(?!\w)"
)
_SENTENCE = re.compile(r"[ \t]*([^.!?\u3002\uff01\uff1f]{1,400}[.!?\u3002\uff01\uff1f])")
_LABELLED = re.compile(r"[\"'*<]*[^\W\d][\w ]{0,20}[\"'*>]*:")


def repeats(pair: PairedLines) -> str | None:
    """Refuse a line with words that is written twice."""
    if len(pair.new) <= len(pair.old):
        return None
    keys = [pair.new_keys[at] for at in pair.added]
    twice = next((a for a, b in pairwise(keys) if _is_told_again(a, b)), None) or _second(pair)
    return f"{pair.who} would write {twice.strip()[:60]!r} twice." if twice else None


def doubled(pair: PairedLines) -> str | None:
    """Refuse a text that is another one twice, whatever parts the two."""
    text = pair.replace.strip()
    for gap in range(_GAP + 1):
        size, over = divmod(len(text) - gap, 2)
        half = text[: max(size, 0)]
        if not over and half == text[size + gap :] and len(words(half)) >= _SEVERAL:
            return f"{pair.who} would write {half[:60]!r} twice."
    return None


def told_twice(pair: PairedLines) -> str | None:
    """Refuse a line that says the same twice, one behind the other, with a sign between or not."""
    for at in pair.added:
        line = pair.new_keys[at]
        marked = BEGINS_ITEM.match(line)
        text = line[marked.end() :] if marked else line
        follows = _SENTENCE.match(pair.rest) if at == len(pair.new) - 1 else None
        told = follows[1] if follows and len(words(follows[1])) >= _SEVERAL else None
        if told and told in pair.replace and told not in pair.find:
            return f"{pair.who} would write {told[:60]!r} twice on one line."
        half = next((text[:size] for size in _halves(text) if text.endswith(text[:size])), "")
        if len(words(half)) >= _SEVERAL:
            return f"{pair.who} would write {half[:60]!r} twice on one line."
        near = text[-_LONGEST:]
        tokens = near.split(" ")
        often = len(tokens) - len(set(tokens)) >= _MOST_AGAIN
        loop = _LOOP.search(near) if often else None
        if loop and not _LOOP.search("\n".join(pair.old_keys)[:_LONGEST]):
            return f"{pair.who} would write {loop[0][:60]!r} again and again."
    return None


def _halves(text: str) -> Iterator[int]:
    """Yield the sizes that each half may have: a blank between them, or a sign in blanks."""
    for gap in (1, 3, 4):
        if len(text) > gap and (len(text) - gap) % 2 == 0:
            yield (len(text) - gap) // 2


def _is_told_again(line: str, below: str) -> bool:
    return (line == below and len(words(line)) > 2) or is_begun_anew(line, below)


def _second(pair: PairedLines) -> str | None:
    """Return a line that stands more often than before, and did not stand twice anywhere.

    Code repeats its lines, dialogues and examples repeat theirs behind labels.
    """
    keys = [key for key in pair.new_keys if key]
    if len(set(keys)) == len(keys):
        return None
    counts = Counter(keys)
    heading = next((a for a, b in pairwise(keys) if a == b and a[0] == "#"), None)
    code = counts if is_in_code(pair) else code_of(pair.closed) | keys_in_code(pair.new_keys)
    half, old = len(keys) // 2, Counter(pair.old_keys)
    known = counts if keys[:half] == keys[half:] else old
    for key, count in counts.items():
        text = BEGINS_ITEM.sub("", key, count=1)
        if count >= max(_MOST_TIMES, 2 * old[key]) and len(words(text)) >= _SEVERAL:
            return key
        if key in code or key[0] == "#" or _LABELLED.match(text) or len(words(text)) < _SEVERAL:
            continue
        more = key in known and count > max(1, old[key])
        if more and line_counts(pair.closed)[key] < 2:
            return key
    return heading if heading not in code else None
