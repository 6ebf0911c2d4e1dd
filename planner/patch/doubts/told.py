"""Why a person should look at what a patch writes, though nothing proves that it is wrong."""

from collections.abc import Iterator

from planner.patch.changes import Changes, splice
from planner.patch.counterparts import open_blocks
from planner.patch.doubts.copies import copied
from planner.patch.doubts.margins import odd_margin
from planner.patch.doubts.oddities import oddity
from planner.patch.doubts.respelt import redressed_line, respelt_word
from planner.patch.doubts.spacing import odd_spacing
from planner.patch.form import misshapen
from planner.patch.touched import Written

_LOOKS = (oddity, odd_margin, copied, respelt_word, redressed_line, odd_spacing)


def doubts(prompt: str, changes: Changes) -> Iterator[str]:
    """Yield what is doubtful about the new text, a sentence each.

    Pairs that break a form are refused; of a diff, whose quoted lines prove its place, it is told.
    """
    broken = misshapen(prompt, changes)
    if broken:
        yield broken.reason
    yield from unusual(prompt, changes)


def unusual(prompt: str, changes: Changes) -> Iterator[str]:
    """Yield what in the new text is unlike the prompt, a sentence each."""
    block = _half_block(prompt, changes)
    if block:
        yield f"One end of a template's block {block!r} stands without the other afterwards."
    written = Written(prompt, changes)
    yield from filter(None, (look(written) for look in _LOOKS))


def _half_block(prompt: str, changes: Changes) -> str | None:
    """Return which block of a template comes out even before, and does not so afterwards."""
    if not any("{%" in one.text for one in changes.spans):
        return None
    before, after = open_blocks(prompt), open_blocks(splice(prompt, changes))
    lost = (name for name in sorted(after) if after[name] and not before[name])
    return next((name for name in lost if name != "<!--"), None)
