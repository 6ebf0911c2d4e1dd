"""What a pair does to the prompt's lines: which stay as they are, which go, which come.

A pair is looked at in whole lines, those that its `find` touches: what stands
beside it on its first and last line is part of what is compared, and a line
that stays keeps the prompt's bytes whatever `find` and `replace` made of them.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain
from typing import NamedTuple

from planner.patch.align import changed_blocks
from planner.patch.changes import Change, only_ending
from planner.patch.code import holds_fence, is_fence, keys_in_code
from planner.patch.lines import BLANKS, body, cut_lines, ending, fold, fold_all, split_lines

Block = tuple[int, int, int, int]
_OF_BLANKS = frozenset(BLANKS)


class PairedLines(NamedTuple):
    """A pair at its place."""

    number: int
    """The pair's, from 1."""
    closed: str
    """The prompt, with a final newline."""
    start: int
    end: int
    """Where `find` stands, whole line endings only."""
    find: str
    replace: str
    line_start: int
    line_end: int
    """Where the touched lines start and end, the last newline included."""
    head: str
    """What stands before `find` on its first line."""
    tail: str
    """What stands after `find` on its last line, with the ending."""
    rest: str
    """The text after `find` on its last line; empty where only blanks are."""
    old: Sequence[str]
    new: Sequence[str]
    """The touched lines, and the lines afterwards: those that stay keep the prompt's bytes."""
    old_keys: Sequence[str]
    new_keys: Sequence[str]
    """What is compared of them."""
    blocks: Sequence[Block]
    """Which old lines became which new ones; all others stay."""
    added: Sequence[int]
    """The new lines with text, by their place, that stand nowhere in the touched ones."""
    find_lines: Sequence[str]
    replace_lines: Sequence[str]
    """The pair's lines in plain typography, without endings."""

    @property
    def who(self) -> str:
        """The pair's name in a sentence."""
        return f"Pair {self.number}"


def pair_lines(
    number: int, closed: str, span: tuple[int, int], find: str, replace: str
) -> PairedLines:
    """Look at a pair in the whole lines that it touches."""
    start, end = span
    line_start = closed.rfind("\n", 0, start) + 1
    line_end = end if closed.startswith("\n", end - 1) else closed.find("\n", end) + 1
    head, tail = closed[line_start:start], closed[end:line_end]
    rest = body(tail)
    rest = rest if rest.strip() else ""
    old = split_lines(closed[line_start:line_end])
    # Blanks at a line's end stay with the line, whatever is written below it.
    written = split_lines(head + replace + (tail if rest else ending(tail)))
    only = only_ending(closed)
    new = [_with_ending(only, line) for line in written]
    old_keys, new_keys = [fold(line) for line in old], [fold(line) for line in new]
    blocks = changed_blocks(old_keys, new_keys)
    if not blocks and find == closed[start:end]:
        # Quoted to the byte, and no word is new: then other typography is the change.
        blocks = changed_blocks(*([line.rstrip() for line in lines] for lines in (old, new)))
    known = set(old_keys)
    changed = [at for _, _, first, last in blocks for at in range(first, last)]
    if len(old) > 1 and old_keys != new_keys:
        _keep_moved(only, old, new, new_keys, blocks)
    if not rest and blocks and blocks[-1][1] == len(old) and blocks[-1][3] == len(new):
        first, _, new_first, _ = blocks[-1]
        if first < len(old) and new_first < len(new) and new_keys[-1] not in known:
            new[-1] = _with_blanks(new[-1], body(tail))
    return PairedLines(
        number=number,
        closed=closed,
        start=start,
        end=end,
        find=find,
        replace=replace,
        line_start=line_start,
        line_end=line_end,
        head=head,
        tail=tail,
        rest=rest,
        old=old,
        new=new,
        old_keys=old_keys,
        new_keys=new_keys,
        blocks=blocks,
        added=[at for at in changed if new_keys[at] and new_keys[at] not in known],
        find_lines=plain(find).split("\n"),
        replace_lines=plain(replace).split("\n"),
    )


def in_typography_of(found: str, find: str, replace: str) -> str:
    """Write what `replace` takes over from `find` as the prompt writes it.

    What both begin and end with keeps the prompt's bytes; between, a character
    that the prompt has in another coat throughout gets that coat.
    """
    if found == find or len(found) != len(find):
        return replace
    most = min(len(find), len(replace))
    start = next((at for at in range(most) if find[at] != replace[at]), most)
    most -= start
    end = next((at for at in range(most) if find[-1 - at] != replace[-1 - at]), most)
    coats: dict[str, set[str]] = {}
    for typed, own in zip(find, found, strict=True):
        coats.setdefault(typed, set()).add(own)
    table = str.maketrans({typed: min(own) for typed, own in coats.items() if len(own) == 1})
    middle = replace[start : len(replace) - end].translate(table)
    return found[:start] + middle + found[len(found) - end :]


def _keep_moved(
    only: str | None,
    old: Sequence[str],
    new: list[str],
    new_keys: Sequence[str],
    blocks: Sequence[Block],
) -> None:
    """Give lines that only move the prompt's bytes too."""
    moved = {fold(old[at]): old[at] for first, last, _, _ in blocks for at in range(first, last)}
    for _, _, first, last in blocks:
        for at in range(first, last):
            key = new_keys[at]
            if key and key in moved:
                new[at] = _with_ending(only, body(moved[key]) + ending(new[at]))


def _with_ending(only: str | None, line: str) -> str:
    """Give a line the only ending that the prompt has, where it has one."""
    return body(line) + only if only and line.endswith("\n") else line


def _with_blanks(line: str, blanks: str) -> str:
    """Keep the blanks at the end of the line that this one takes the place of."""
    text = body(line)
    return line if text[-1:] in _OF_BLANKS else text + blanks + ending(line)


def changes_of(pair: PairedLines) -> list[Change]:
    """Return the changes, each as small as its lines are, and within `find` where it can be."""
    edges = list(accumulate(map(len, pair.old), initial=pair.line_start))
    changes = [_change(pair, edges, block) for block in pair.blocks]
    return [one for one in changes if one.text != pair.closed[one.start : one.end]]


def _change(pair: PairedLines, edges: Sequence[int], block: Block) -> Change:
    first, last, new_first, new_last = block
    start, end = edges[first], edges[last]
    text = "".join(pair.new[new_first:new_last])
    at_end = last == len(pair.old)
    if first == last and at_end and pair.tail:
        newline = ending(pair.old[-1])
        at = end - len(newline)
        return Change(at, at, newline + text[: -len(ending(pair.new[-1]))])
    if first == last or new_first == new_last:
        return Change(start, end, text)
    if first == new_first == 0 and text.startswith(pair.head):
        start += len(pair.head)
        text = text[len(pair.head) :]
    if at_end and new_last == len(pair.new):
        for tail in (pair.tail, ending(pair.tail)):
            if tail and text.endswith(tail) and end - len(tail) >= start:
                return Change(start, end - len(tail), text[: -len(tail)])
    return Change(start, end, text)


def is_in_code(pair: PairedLines) -> bool:
    """Say whether all lines of a pair stand within one block of code of the prompt."""
    code = code_of(pair.closed)
    if not code or any(map(is_fence, chain(pair.old_keys, pair.new_keys))):
        return False
    return all(key in code for key in pair.old_keys if key)


@lru_cache(maxsize=1)
def code_of(closed: str) -> frozenset[str]:
    """Return the folded lines of a prompt that stand in blocks of code only."""
    return keys_in_code(fold_all(cut_lines(closed))) if holds_fence(closed) else frozenset()


def plain(text: str) -> str:
    r"""Return a text in the typography in which texts are compared, its lines ended by `\n`."""
    return fold(text.replace("\r\n", "\n") + "|")[:-1]
