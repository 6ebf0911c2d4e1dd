"""Defects in the numbers, headers, order and count of hunks."""

# ruff: noqa: E501, RUF001

import random
from collections.abc import Callable
from dataclasses import replace

from tests.diff_defects import Truth
from tests.diff_defects_base import (
    Draft,
    Hunk,
    Hunkwise,
    draw_draft,
    plain,
    registrar,
    sentence,
)

KINDS: dict[str, Hunkwise] = {}
kind = registrar(KINDS)
Body = list[tuple[str, str]]


def each(
    draft: Draft, change: Callable[[Hunk], Hunk | None], truth: Truth | None = None
) -> Draft | None:
    hunks = [change(one) for one in draft.hunks]
    if any(one is None for one in hunks) or tuple(hunks) == draft.hunks:
        return None
    return replace(draft, hunks=tuple(one for one in hunks if one), truth=truth or draft.truth)


def some(
    rng: random.Random,
    draft: Draft,
    change: Callable[[Hunk], Hunk | None],
    truth: Truth | None = None,
) -> Draft | None:
    at = rng.randrange(len(draft.hunks))
    new = change(draft.hunks[at])
    if new is None or new == draft.hunks[at]:
        return None
    return replace(
        draft, hunks=(*draft.hunks[:at], new, *draft.hunks[at + 1 :]), truth=truth or draft.truth
    )


def body(hunk: Hunk, lines: Body, header: str | None = None) -> Hunk:
    return replace(hunk, body=tuple(lines), header=header or hunk.header)


def counted(hunk: Hunk, lines: Body) -> Hunk:
    """A new body under the old counts."""
    return replace(hunk, body=tuple(lines), header=hunk.top())


@kind
def clean(rng: random.Random, d: Draft) -> Draft | None:
    return d


@kind
def starts_off_by_some(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h,
            old=max(1, h.old + rng.choice([-7, -3, -2, -1, 1, 2, 5, 40])),
            new=max(1, h.new + rng.randint(-9, 9)),
        ),
    )


@kind
def starts_all_shifted_alike(rng: random.Random, d: Draft) -> Draft | None:
    by = rng.choice([-4, -2, -1, 1, 2, 3, 6, 12])
    return each(d, lambda h: replace(h, old=max(1, h.old + by), new=max(1, h.new + by)))


@kind
def zero_based(rng: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, old=h.old - 1, new=max(0, h.new - 1)))


@kind
def every_header_one(rng: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, header="@@ -1,1 +1,1 @@"), Truth.EITHER)


@kind
def bare_at(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d, lambda h: replace(h, header=rng.choice(["@@", "@@ @@", "@@ ... @@", "@@ -,- +,+ @@"]))
    )


@kind
def section_instead_of_numbers(rng: random.Random, d: Draft) -> Draft | None:
    def put(h: Hunk) -> Hunk:
        heads = [one for one in d.lines[: h.true_old] if one.startswith("#")] or ["## Rules"]
        return replace(h, header=rng.choice(["@@ {} @@", "@@ {}"]).format(heads[-1]))

    return each(d, put, Truth.EITHER)


@kind
def line_word(rng: random.Random, d: Draft) -> Draft | None:
    form = rng.choice(
        [
            "@@ line {} @@",
            "@@ lines {}-{} @@",
            "@@ Line {} @@",
            "@@ L{},{} @@",
            "@@ {} @@",
            "@@ around line {} @@",
        ]
    )
    return each(
        d, lambda h: replace(h, header=form.format(h.old, h.old + len(h.before) - 1)), Truth.EITHER
    )


@kind
def counts_swapped(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d, lambda h: replace(h, header=f"@@ -{h.old},{len(h.after)} +{h.new},{len(h.before)} @@")
    )


@kind
def counts_of_changed_lines_only(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h,
            header=f"@@ -{h.old},{sum(m == '-' for m, _ in h.body)} +{h.new},{sum(m == '+' for m, _ in h.body)} @@",
        ),
    )


@kind
def counts_one_off(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h,
            header=f"@@ -{h.old},{len(h.before) + rng.choice([-1, 1, 2])} +{h.new},{len(h.after) + rng.choice([-1, 1, 2])} @@",
        ),
    )


@kind
def counts_left_out(rng: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, header=f"@@ -{h.old} +{h.new} @@"))


@kind
def counts_end_lines(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h,
            header=f"@@ -{h.old},{h.old + len(h.before) - 1} +{h.new},{h.new + len(h.after) - 1} @@",
        ),
        Truth.EITHER,
    )


@kind
def huge_numbers(rng: random.Random, d: Draft) -> Draft | None:
    n = rng.choice([10**9, 10**30, 2**63, 10**5000])
    return each(
        d,
        lambda h: replace(
            h, header="@@ -" + (str(n) if n < 10**4000 else "9" * 5000) + ",3 +1,3 @@"
        ),
        Truth.EITHER,
    )


@kind
def typographic_header(rng: random.Random, d: Draft) -> Draft | None:
    minus = rng.choice("−–—﹣-")
    return each(
        d,
        lambda h: replace(
            h,
            header=f"@@ {minus}{h.old},{len(h.before)} {rng.choice('＋+')}{h.new},{len(h.after)} @@",
        ),
        Truth.EITHER,
    )


@kind
def spaced_header(rng: random.Random, d: Draft) -> Draft | None:
    form = rng.choice(
        [
            "@@ - {}, {} + {}, {} @@",
            "@@-{},{} +{},{}@@",
            "@@  -{},{}   +{},{}  @@",
            "@ -{},{} +{},{} @",
            "@@ -{},{} +{},{}",
            "@@@ -{},{} +{},{} @@@",
            "@@ -{}:{} +{}:{} @@",
            "@@ {},{} {},{} @@",
        ]
    )
    return each(
        d,
        lambda h: replace(h, header=form.format(h.old, len(h.before), h.new, len(h.after))),
        Truth.EITHER,
    )


@kind
def decorated_header(rng: random.Random, d: Draft) -> Draft | None:
    form = rng.choice(
        [
            "**{}**",
            "`{}`",
            "## {}",
            "> {}",
            "### Hunk: {}",
            "Hunk 1: {}",
            " {}",
            "\t{}",
            "{} ```",
            "1. {}",
        ]
    )
    return each(d, lambda h: replace(h, header=form.format(h.top())), Truth.EITHER)


@kind
def heading_after_header(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h,
            header=h.top()
            + " "
            + rng.choice(
                ["## Rules", "def f(x):", sentence(rng, 5), "- removed bullet", "+ 3 lines"]
            ),
        ),
    )


@kind
def first_context_on_header(rng: random.Random, d: Draft) -> Draft | None:
    def glue(h: Hunk) -> Hunk | None:
        if len(h.body) < 3 or h.body[0][0] != " " or h.body[1][0] != " ":
            return None
        return replace(h, header=h.top() + " " + h.body[0][1], body=h.body[1:])

    return each(d, glue, Truth.EITHER)


@kind
def second_header_missing(rng: random.Random, d: Draft) -> Draft | None:
    if len(d.hunks) < 2:
        return None
    one, two = d.hunks[:2]
    merged = replace(one, header=one.top(), body=one.body + two.body)
    return replace(d, hunks=(merged, *d.hunks[2:]), truth=Truth.EITHER)


@kind
def header_one_line_late(rng: random.Random, d: Draft) -> Draft | None:
    if len(d.hunks) < 2 or d.hunks[1].body[0][0] != " ":
        return None
    one, two = d.hunks[:2]
    one = replace(one, header=one.top(), body=(*one.body, two.body[0]))
    two = replace(two, header=two.top(), body=two.body[1:])
    return replace(d, hunks=(one, two, *d.hunks[2:]), truth=Truth.EITHER)


@kind
def number_names_near_twin(rng: random.Random, d: Draft) -> Draft | None:
    """The header names a place that carries nearly the same text."""

    def move(h: Hunk) -> Hunk | None:
        want = [plain(one) for one in h.before]
        best = [
            (
                sum(
                    a == b and bool(a) for a, b in zip(want, map(plain, d.lines[at:]), strict=False)
                ),
                at + 1,
            )
            for at in range(len(d.lines))
            if at + 1 != h.old
        ]
        best = [(n, at) for n, at in best if n >= max(1, sum(map(bool, want)) // 2)]
        return replace(h, old=rng.choice(best)[1]) if best else None

    return some(rng, d, move, Truth.EITHER)


# order and number of hunks


@kind
def out_of_order(rng: random.Random, d: Draft) -> Draft | None:
    return replace(d, hunks=d.hunks[::-1]) if len(d.hunks) > 1 else None


@kind
def hunk_twice(rng: random.Random, d: Draft) -> Draft | None:
    at = rng.randrange(len(d.hunks))
    return replace(d, hunks=(*d.hunks[:at], d.hunks[at], *d.hunks[at:]), truth=Truth.EITHER)


@kind
def hunk_twice_other_numbers(rng: random.Random, d: Draft) -> Draft | None:
    h = rng.choice(d.hunks)
    return replace(d, hunks=(*d.hunks, replace(h, old=h.new, new=h.new + 4)), truth=Truth.EITHER)


@kind
def hunk_twice_less_context(rng: random.Random, d: Draft) -> Draft | None:
    h = rng.choice(d.hunks)
    if len(h.body) < 4 or h.body[0][0] != " " or h.body[-1][0] != " ":
        return None
    return replace(d, hunks=(*d.hunks, body(h, list(h.body[1:-1]))), truth=Truth.EITHER)


@kind
def hunk_twice_then_other_wording(rng: random.Random, d: Draft) -> Draft | None:
    at = next((i for i, h in enumerate(d.hunks) if any(m == "+" for m, _ in h.body)), None)
    if at is None:
        return None
    h = d.hunks[at]
    changed = [(m, t + " Second thought." if m == "+" else t) for m, t in h.body]
    return replace(d, hunks=(*d.hunks, body(h, changed)), truth=Truth.REFUSE)


@kind
def split_in_two_sharing_context(rng: random.Random, d: Draft) -> Draft | None:
    for at, h in enumerate(d.hunks):
        marks = [m for m, _ in h.body]
        for cut in range(2, len(marks) - 2):
            if (
                marks[cut] == " "
                and marks[cut - 1] == " "
                and {"-", "+"} & set(marks[:cut])
                and {"-", "+"} & set(marks[cut + 1 :])
            ):
                one = body(h, list(h.body[: cut + 1]))
                two = Hunk(
                    h.old + len(one.before) - 2,
                    h.new + len(one.after) - 2,
                    h.body[cut - 1 :],
                    None,
                    h.old + len(one.before) - 2,
                )
                return replace(d, hunks=(*d.hunks[:at], one, two, *d.hunks[at + 1 :]))
    return None


@kind
def second_hunk_speaks_of_patched_text(rng: random.Random, d: Draft) -> Draft | None:
    """The second hunk's context holds the first one's added lines."""
    if not any(m == "+" for m, _ in d.hunks[0].body):
        return None
    h = d.hunks[0]
    last = len(h.body) - 1 - [m for m, _ in h.body][::-1].index("+")
    tail = list(h.body[last + 1 :])
    if not tail or not tail[0][1].strip() or h.body[last][1] in d.lines:
        return None
    new = [(" ", h.body[last][1]), ("-", tail[0][1]), ("+", tail[0][1] + " Indeed.")]
    return replace(
        d, hunks=(h, Hunk(h.new + last, h.new + last, tuple(new), None, h.old)), truth=Truth.REFUSE
    )


@kind
def half_of_two_files(rng: random.Random, d: Draft) -> Draft | None:
    other = draw_draft(rng).hunks[0]
    return replace(
        d, hunks=(*d.hunks, other), truth=Truth.REFUSE, between=("--- a/other.md", "+++ b/other.md")
    )
