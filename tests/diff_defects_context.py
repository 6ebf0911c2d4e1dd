"""Defects in what hunks quote and how they mark it."""

# ruff: noqa: RUF001

import random
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from tests.diff_defects import Truth
from tests.diff_defects_base import WORDS, Draft, Hunk, Hunkwise, plain, registrar, sentence
from tests.diff_defects_numbers import Body, body, counted, each, some

KINDS: dict[str, Hunkwise] = {}
kind = registrar(KINDS)


def _edge(h: Hunk, keep: int) -> Body | None:
    marks = [m for m, _ in h.body]
    first = next(i for i, m in enumerate(marks) if m != " ")
    last = len(marks) - 1 - next(i for i, m in enumerate(marks[::-1]) if m != " ")
    return list(h.body[max(0, first - keep) : last + 1 + keep])


@kind
def one_line_of_context(rng: random.Random, d: Draft) -> Draft | None:
    def cut(h: Hunk) -> Hunk:
        new = _edge(h, 1) or []
        gone = next(i for i in range(len(h.body)) if h.body[i : i + len(new)] == tuple(new))
        return Hunk(h.old + gone, h.new + gone, tuple(new), None, h.true_old + gone)

    return each(d, cut)


@kind
def no_context_at_all(rng: random.Random, d: Draft) -> Draft | None:
    def cut(h: Hunk) -> Hunk:
        new = _edge(h, 0) or []
        gone = next(i for i in range(len(h.body)) if h.body[i : i + len(new)] == tuple(new))
        return Hunk(h.old + gone, h.new + gone, tuple(new), None, h.true_old + gone)

    return each(d, cut)


@kind
def context_above_only(rng: random.Random, d: Draft) -> Draft | None:
    def cut(h: Hunk) -> Hunk:
        tail = list(h.body)
        while tail and tail[-1][0] == " ":
            tail.pop()
        return body(h, tail)

    return each(d, cut)


@kind
def old_counts_context_above_only(rng: random.Random, d: Draft) -> Draft | None:
    def cut(h: Hunk) -> Hunk:
        tail = list(h.body)
        while tail and tail[-1][0] == " ":
            tail.pop()
        return counted(h, tail)

    return each(d, cut, Truth.EITHER)


def _context_places(h: Hunk) -> list[int]:
    return [i for i, (m, t) in enumerate(h.body) if m == " " and t.strip()]


def _change_context(
    rng: random.Random, h: Hunk, how: Callable[[str], str], marks: str = " "
) -> Hunk | None:
    at = [i for i, (m, t) in enumerate(h.body) if m in marks and how(t) != t]
    if not at:
        return None
    place = rng.choice(at)
    lines = list(h.body)
    lines[place] = (lines[place][0], how(lines[place][1]))
    return counted(h, lines)


def reworded(
    name: str,
    how: Callable[[random.Random, str], str],
    truth: Truth = Truth.REFUSE,
    marks: str = " -",
) -> None:
    def make(rng: random.Random, d: Draft) -> Draft | None:
        return some(
            rng,
            d,
            lambda h: _change_context(rng, h, lambda t: how(random.Random(t), t), marks),
            truth,
        )

    make.__name__ = name
    kind(make)


def _swap_word(r: random.Random, t: str) -> str:
    words = t.split(" ")
    if len(words) < 2:
        return t
    words[r.randrange(len(words))] = r.choice(WORDS[:60]) + "ly"
    return " ".join(words)


def _digit(r: random.Random, t: str) -> str:
    for c in "123456789":
        if c in t:
            return t.replace(c, str((int(c) + 1) % 10), 1)
    return t


reworded("a_word_of_the_quote_changed", _swap_word)
reworded("a_digit_of_the_quote_changed", _digit)
reworded("case_of_the_quote_changed", lambda r, t: t.swapcase())
reworded("first_letter_lowered", lambda r, t: t[:1].swapcase() + t[1:])
reworded("full_stop_dropped", lambda r, t: t[:-1] if t.endswith((".", ":", "!", ";")) else t)
reworded("full_stop_added", lambda r, t: t + "." if t and t[-1].isalnum() else t)
reworded("emphasis_added", lambda r, t: "**" + t.strip() + "**" if t.strip() else t)
reworded(
    "emphasis_on_a_word",
    lambda r, t: (
        t.replace(" ", " *", 1).replace(" ", "* ", 2).replace("* *", " *", 1)
        if t.count(" ") > 2
        else t
    ),
)
reworded("backticks_lost", lambda r, t: t.replace("`", "") if t.strip("`") else t)
reworded("heading_level_changed", lambda r, t: "#" + t if t.startswith("#") else t)
reworded(
    "bullet_sign_changed",
    lambda r, t: (
        "*" + t[1:] if t.startswith("- ") else "-" + t[1:] if t.startswith(("* ", "+ ")) else t
    ),
)
reworded(
    "number_of_the_list_changed",
    lambda r, t: str(int(t[0]) % 9 + 1) + t[1:] if t[:1].isdigit() and t[1:2] == "." else t,
)
reworded(
    "cut_with_ellipsis",
    lambda r, t: t[: len(t) // 2] + r.choice(["...", "…"]) if len(t) > 12 else t,
)
reworded("cut_at_forty", lambda r, t: t[:40].rstrip() if len(t) > 48 else t)
reworded("tail_only", lambda r, t: "..." + t[len(t) // 2 :] if len(t) > 12 else t)
reworded("cyrillic_a", lambda r, t: t.replace("a", "а", 1))
reworded("zero_width_space", lambda r, t: t.replace(" ", "\u200b ", 1), Truth.EITHER)
reworded("soft_hyphen", lambda r, t: t[:3] + "\u00ad" + t[3:] if len(t) > 6 else t, Truth.EITHER)
reworded("nbsp_for_space", lambda r, t: t.replace(" ", "\u00a0"), Truth.EITHER)
reworded(
    "two_spaces_for_one",
    lambda r, t: t.replace(" ", "  ", 1) if not t.startswith(" ") else t,
    Truth.EITHER,
)
reworded("indent_deeper", lambda r, t: "  " + t if t.strip() else t, Truth.EITHER)
reworded("indent_lost", lambda r, t: t.lstrip(), Truth.EITHER)
reworded("tab_to_spaces", lambda r, t: t.replace("\t", "    "), Truth.EITHER)
reworded("spaces_to_tab", lambda r, t: t.replace("    ", "\t"), Truth.EITHER)
reworded(
    "placeholder_filled",
    lambda r, t: t.replace("{tool_descriptions}", "search, mail").replace("{name}", "Ann"),
)
reworded("braces_doubled", lambda r, t: t.replace("{", "{{").replace("}", "}}"), Truth.REFUSE)
reworded(
    "latex_escaped",
    lambda r, t: t.replace("_", r"\_").replace("*", r"\*").replace("#", r"\#"),
    Truth.EITHER,
)
reworded(
    "word_dropped_at_end",
    lambda r, t: t.rstrip().rsplit(" ", 1)[0] if t.strip().count(" ") > 1 else t,
)
reworded(
    "note_appended",
    lambda r, t: (
        t + r.choice(["  <- unchanged", "  # context", " (unchanged)", " // keep"])
        if t.strip()
        else t
    ),
)
reworded("emoji_dropped", lambda r, t: t.replace("🙂", ""), Truth.EITHER)
reworded(
    "accents_dropped",
    lambda r, t: t.replace("é", "e").replace("Ü", "U").replace("ï", "i"),
    Truth.EITHER,
)
reworded(
    "apostrophes_typed",
    lambda r, t: t.replace("’", "'").replace("“", '"').replace("”", '"'),
    Truth.EITHER,
)
reworded("apostrophes_set", lambda r, t: t.replace("'", "’").replace('"', "”"), Truth.EITHER)
reworded("quotes_backslashed", lambda r, t: t.replace('"', '\\"'), Truth.EITHER)
reworded(
    "html_in_quote",
    lambda r, t: t.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    Truth.EITHER,
)
reworded("fullwidth_letters", lambda r, t: t.replace("a", "ａ"), Truth.EITHER)
reworded("dashes_set", lambda r, t: t.replace("-", "–"), Truth.EITHER)
reworded("trailing_backslash", lambda r, t: t + "\\" if t.strip() else t)
reworded("comma_for_semicolon", lambda r, t: t.replace(";", ","), Truth.REFUSE)


@kind
def trailing_blanks_on_quotes(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: body(
            h, [(m, t + rng.choice(["", " ", "  ", "\t"]) if m in " -" else t) for m, t in h.body]
        ),
    )


@kind
def trailing_blanks_lost(rng: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: body(h, [(m, t.rstrip() if m in " -" else t) for m, t in h.body]))


@kind
def nfd_quotes(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: body(
            h, [(m, unicodedata.normalize("NFD", t) if m in " -" else t) for m, t in h.body]
        ),
    )


@kind
def context_line_dropped_inside(rng: random.Random, d: Draft) -> Draft | None:
    def drop(h: Hunk) -> Hunk | None:
        at = [
            i
            for i in _context_places(h)
            if 0 < i < len(h.body) - 1
            and any(m in " -" for m, _ in h.body[:i])
            and any(m in " -" for m, _ in h.body[i + 1 :])
        ]
        if not at:
            return None
        i = rng.choice(at)
        return counted(h, [*h.body[:i], *h.body[i + 1 :]])

    return some(rng, d, drop, Truth.EITHER)


@kind
def blank_context_dropped_inside(rng: random.Random, d: Draft) -> Draft | None:
    def drop(h: Hunk) -> Hunk | None:
        at = [
            i
            for i, (m, t) in enumerate(h.body)
            if m == " "
            and not t.strip()
            and 0 < i < len(h.body) - 1
            and h.body[i - 1][0] == h.body[i + 1][0] == " "
            and h.body[i - 1][1].strip()
            and h.body[i + 1][1].strip()
        ]
        return counted(h, [one for i, one in enumerate(h.body) if i not in at]) if at else None

    return some(rng, d, drop, Truth.EITHER)


@kind
def blank_context_added_inside(rng: random.Random, d: Draft) -> Draft | None:
    def add(h: Hunk) -> Hunk | None:
        kept = [m == " " and bool(t.strip()) for m, t in h.body]
        at = [i for i in range(1, len(kept)) if kept[i - 1] and kept[i]]
        if not at:
            return None
        i = rng.choice(at)
        return counted(h, [*h.body[:i], (" ", ""), *h.body[i:]])

    return some(rng, d, add, Truth.EITHER)


@kind
def blank_context_lines_empty(rng: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: body(h, [("" if m == " " and not t else m, t) for m, t in h.body]))


@kind
def every_context_lost_its_space(rng: random.Random, d: Draft) -> Draft | None:
    if any(
        m == " " and t[:1] in ("+", "-", "@", "\\", "`", " ", "\t", "~", "=", "#", "*", ">", "<")
        for h in d.hunks
        for m, t in h.body
    ):
        return None
    return each(
        d,
        lambda h: replace(
            h, header=h.top(), body=tuple(("" if m == " " else m, t) for m, t in h.body)
        ),
    )


@kind
def every_context_lost_its_space_whatever_it_is(rng: random.Random, d: Draft) -> Draft | None:
    if not any(
        m == " " and t[:1] in ("+", "-", "@", "\\", "`", "~") for h in d.hunks for m, t in h.body
    ):
        return None
    return each(
        d,
        lambda h: replace(
            h, header=h.top(), body=tuple(("" if m == " " else m, t) for m, t in h.body)
        ),
        Truth.EITHER,
    )


@kind
def one_context_lost_its_space(rng: random.Random, d: Draft) -> Draft | None:
    def drop(h: Hunk) -> Hunk | None:
        at = [
            i
            for i in _context_places(h)
            if h.body[i][1][:1] in ("+", "-", "@", "\\", "`", "~", "\t", " ")
        ]
        if not at:
            return None
        i = rng.choice(at)
        return replace(
            h,
            header=h.top(),
            body=tuple(("" if k == i else m, t) for k, (m, t) in enumerate(h.body)),
        )

    return some(rng, d, drop, Truth.EITHER)


@kind
def context_marked_plus_at_the_end(rng: random.Random, d: Draft) -> Draft | None:
    def turn(h: Hunk) -> Hunk | None:
        if h.body[-1][0] != " " or not h.body[-1][1].strip():
            return None
        return counted(h, [*h.body[:-1], ("+", h.body[-1][1])])

    return some(rng, d, turn, Truth.EITHER)


@kind
def context_marked_plus_inside(rng: random.Random, d: Draft) -> Draft | None:
    def turn(h: Hunk) -> Hunk | None:
        at = [i for i in _context_places(h) if 0 < i < len(h.body) - 1]
        if not at:
            return None
        i = rng.choice(at)
        return counted(h, [("+" if k == i else m, t) for k, (m, t) in enumerate(h.body)])

    return some(rng, d, turn, Truth.EITHER)


@kind
def new_wording_in_context(rng: random.Random, d: Draft) -> Draft | None:
    """A change without marks: the new line stands as context in the old one's place."""

    def merge(h: Hunk) -> Hunk | None:
        for i in range(len(h.body) - 1):
            if h.body[i][0] == "-" and h.body[i + 1][0] == "+":
                return counted(h, [*h.body[:i], (" ", h.body[i + 1][1]), *h.body[i + 2 :]])
        return None

    return some(rng, d, merge, Truth.REFUSE)


@kind
def context_joined(rng: random.Random, d: Draft) -> Draft | None:
    def glue(h: Hunk) -> Hunk | None:
        for i in range(len(h.body) - 1):
            if (
                h.body[i][0] == h.body[i + 1][0] == " "
                and h.body[i][1].strip()
                and h.body[i + 1][1].strip()
            ):
                return counted(
                    h, [*h.body[:i], (" ", h.body[i][1] + " " + h.body[i + 1][1]), *h.body[i + 2 :]]
                )
        return None

    return some(rng, d, glue, Truth.EITHER)


@kind
def context_swapped(rng: random.Random, d: Draft) -> Draft | None:
    def swap(h: Hunk) -> Hunk | None:
        for i in range(len(h.body) - 1):
            if h.body[i][0] == h.body[i + 1][0] == " " and plain(h.body[i][1]) != plain(
                h.body[i + 1][1]
            ):
                return counted(h, [*h.body[:i], h.body[i + 1], h.body[i], *h.body[i + 2 :]])
        return None

    return some(rng, d, swap, Truth.EITHER)


@kind
def plus_before_minus(rng: random.Random, d: Draft) -> Draft | None:
    def flip(h: Hunk) -> Hunk:
        out: Body = []
        run: Body = []
        for one in [*h.body, (" ", "\0")]:
            if one[0] == " ":
                out += sorted(run, key=lambda x: x[0] == "-")
                run = []
                out.append(one)
            else:
                run.append(one)
        return body(h, out[:-1])

    return each(d, flip)


@kind
def interleaved(rng: random.Random, d: Draft) -> Draft | None:
    def mix(h: Hunk) -> Hunk:
        out: Body = []
        run: Body = []
        for one in [*h.body, (" ", "\0")]:
            if one[0] != " ":
                run.append(one)
                continue
            gone, new = [x for x in run if x[0] == "-"], [x for x in run if x[0] == "+"]
            while gone or new:
                out += [x.pop(0) for x in (gone, new) if x]
            run = []
            out.append(one)
        return body(h, out[:-1])

    return each(d, mix)


@kind
def kept_lines_removed_and_added_again(rng: random.Random, d: Draft) -> Draft | None:
    def rewrite(h: Hunk) -> Hunk:
        return body(h, [("-", t) for t in h.before] + [("+", t) for t in h.after])

    return each(
        d,
        rewrite,
        Truth.EITHER if any("  " in t[-2:] for h in d.hunks for _, t in h.body) else None,
    )


@kind
def whole_prompt_in_one_hunk(rng: random.Random, d: Draft) -> Draft | None:
    out: Body = []
    at = 0
    for h in d.hunks:
        out += [(" ", t) for t in d.lines[at : h.old - 1]]
        out += h.body
        at = h.old - 1 + len(h.before)
    out += [(" ", t) for t in d.lines[at:]]
    return replace(
        d, hunks=(Hunk(1, 1, tuple(out), rng.choice([None, "@@ -1 +1 @@", "@@ @@"]), 1),)
    )


@kind
def whole_prompt_out_and_in(rng: random.Random, d: Draft) -> Draft | None:
    if not any(t.strip() for t in d.meant):
        return None
    lines = [("-", t) for t in d.lines] + [("+", t) for t in d.meant]
    return replace(d, hunks=(Hunk(1, 1, tuple(lines), None, 1),))


@kind
def reversed_diff(rng: random.Random, d: Draft) -> Draft | None:
    turn = {"+": "-", "-": "+", " ": " "}
    return each(d, lambda h: body(h, [(turn[m], t) for m, t in h.body]), Truth.REFUSE)


@kind
def applied_before(rng: random.Random, d: Draft) -> Draft | None:
    if d.meant == d.lines or not any(t.strip() for t in d.meant):
        return None
    gone = [t for h in d.hunks for m, t in h.body if m == "-"]
    new = [t for h in d.hunks for m, t in h.body if m == "+"]
    if not new or not all(t.strip() for t in new + gone):
        return None
    return replace(d, lines=d.meant, truth=Truth.REFUSE)


@kind
def prompt_moved_on(rng: random.Random, d: Draft) -> Draft | None:
    """A quoted line of the prompt was reworded after the diff was written."""
    h = rng.choice(d.hunks)
    quoted = [h.old - 1 + i for i, t in enumerate(h.before) if t.strip()]
    if not quoted:
        return None
    at = rng.choice(quoted)
    line = d.lines[at] + " Really" if rng.random() < 0.5 else "Now: " + d.lines[at]
    return replace(d, lines=(*d.lines[:at], line, *d.lines[at + 1 :]), truth=Truth.REFUSE)


@kind
def lines_came_in_above(rng: random.Random, d: Draft) -> Draft | None:
    new = tuple(sentence(rng) + " new" for _ in range(rng.randint(1, 9)))
    d2 = replace(d, lines=new + d.lines, meant=new + d.meant)
    return replace(d2, hunks=tuple(replace(h, true_old=h.true_old + len(new)) for h in d.hunks))


@kind
def added_elision(rng: random.Random, d: Draft) -> Draft | None:
    def put(h: Hunk) -> Hunk | None:
        at = [i for i, (m, _) in enumerate(h.body) if m == "+"]
        if not at:
            return None
        i = rng.choice(at) + 1
        text = rng.choice(
            [
                "...",
                "…",
                "... rest unchanged ...",
                "[rest of the section unchanged]",
                "(the rest stays the same)",
                "# ... existing rules ...",
                "<!-- remaining rules unchanged -->",
                "[...]",
                "// ... keep the other items ...",
                "…(unchanged)…",
            ]
        )
        return body(h, [*h.body[:i], ("+", text), *h.body[i:]])

    return (
        some(rng, d, put, Truth.REFUSE)
        if not any("..." in t or "…" in t for t in d.lines)
        else None
    )


@kind
def elided_context(rng: random.Random, d: Draft) -> Draft | None:
    def cut(h: Hunk) -> Hunk | None:
        lead = next(i for i, (m, _) in enumerate(h.body) if m != " ")
        if lead < 2:
            return None
        return replace(h, body=(h.body[0], (" ", "..."), *h.body[lead - 1 :]), header="@@ ... @@")

    return some(rng, d, cut, Truth.EITHER)


@kind
def long_elided_context(rng: random.Random, d: Draft) -> Draft | None:
    """Two hunks in one, with a line of dots for what stands between."""
    if len(d.hunks) < 2:
        return None
    one, two = d.hunks[:2]
    dots = rng.choice(
        [" ...", "...", " …", " [...]", "@@ ... @@", " # ...", " (...)", " ⋮", " [unchanged]"]
    )
    merged = replace(
        one,
        header=f"@@ -{one.old} +{one.new} @@",
        body=(*one.body, (dots[:1], dots[1:]), *two.body),
    )
    return replace(d, hunks=(merged, *d.hunks[2:]), truth=Truth.EITHER)


@kind
def elided_removal(rng: random.Random, d: Draft) -> Draft | None:
    def cut(h: Hunk) -> Hunk | None:
        gone = [i for i, (m, _) in enumerate(h.body) if m == "-"]
        if len(gone) < 3 or gone[-1] - gone[0] != len(gone) - 1:
            return None
        return counted(
            h,
            [*h.body[: gone[0] + 1], ("-", rng.choice(["...", "…", " ..."])), *h.body[gone[-1] :]],
        )

    return some(rng, d, cut, Truth.EITHER)


@kind
def one_space_after_every_mark(rng: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: body(h, [(m, " " + t) for m, t in h.body]), Truth.EITHER)


@kind
def one_space_after_plus_and_minus(rng: random.Random, d: Draft) -> Draft | None:
    if not any(m == "-" for h in d.hunks for m, _ in h.body):
        return None
    return each(
        d, lambda h: body(h, [(m, " " + t if m != " " else t) for m, t in h.body]), Truth.EITHER
    )


@kind
def marks_doubled(rng: random.Random, d: Draft) -> Draft | None:
    if not any(m == "-" for m, _ in d.hunks[0].body):
        return None
    return each(
        d, lambda h: body(h, [(m, m + t if m != " " else t) for m, t in h.body]), Truth.EITHER
    )


@kind
def bullets_taken_for_removals(rng: random.Random, d: Draft) -> Draft | None:
    """A removed bullet is written with one dash, and an added one with one plus."""
    if not any(m == "-" and t.startswith("- ") for h in d.hunks for m, t in h.body):
        return None
    return each(
        d,
        lambda h: body(
            h, [(m, t[1:] if m != " " and t.startswith("- ") else t) for m, t in h.body]
        ),
        Truth.EITHER,
    )


@kind
def typographic_marks(rng: random.Random, d: Draft) -> Draft | None:
    turn = rng.choice([{"-": "−"}, {"-": "–"}, {"+": "＋"}, {"-": "—", "+": "＋"}])
    return each(
        d,
        lambda h: replace(h, header=h.top(), body=tuple((turn.get(m, m), t) for m, t in h.body)),
        Truth.EITHER,
    )


@kind
def other_marks(rng: random.Random, d: Draft) -> Draft | None:
    turn = rng.choice(
        [
            {"-": "<", "+": ">"},
            {"-": "!", "+": "!"},
            {" ": "="},
            {" ": "|"},
            {"+": "*"},
            {"-": "~"},
            {" ": "."},
            {"-": "- -"},
            {"+": "[+] ", "-": "[-] "},
            {"+": "**+** ", "-": "**-** "},
            {"+": ">"},
            {"+": "»"},
            {"+": "+ | ", "-": "- | ", " ": "  | "},
        ]
    )
    return each(
        d,
        lambda h: replace(h, header=h.top(), body=tuple((turn.get(m, m), t) for m, t in h.body)),
        Truth.EITHER,
    )


@kind
def all_lines_stripped(rng: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h,
            header=h.top(),
            body=tuple((m.strip(), t.strip() if m == " " else t.rstrip()) for m, t in h.body),
        ),
        Truth.EITHER,
    )


@kind
def only_plus_lost_its_mark(rng: random.Random, d: Draft) -> Draft | None:
    """The second added line of a run has no mark."""

    def drop(h: Hunk) -> Hunk | None:
        for i in range(1, len(h.body)):
            if (
                h.body[i][0] == h.body[i - 1][0] == "+"
                and h.body[i][1].strip()
                and h.body[i][1][0] not in "+-"
            ):
                return replace(
                    h, header=h.top(), body=(*h.body[:i], ("", h.body[i][1]), *h.body[i + 1 :])
                )
        return None

    return some(rng, d, drop, Truth.EITHER)


@kind
def last_added_line_lost_its_mark(rng: random.Random, d: Draft) -> Draft | None:
    """The diff's last line is an added one without its mark."""
    h = d.hunks[-1]
    tail = list(h.body)
    while tail and tail[-1][0] == " ":
        tail.pop()
    if len(tail) < 3 or tail[-1][0] != "+" or tail[-2][0] != "+" or not tail[-1][1].strip():
        return None
    full = body(h, tail)
    new = replace(full, header=full.top(), body=(*tail[:-1], ("", tail[-1][1])))
    return replace(d, hunks=(*d.hunks[:-1], new), truth=Truth.EITHER)


@kind
def repeated_line_collapsed(rng: random.Random, d: Draft) -> Draft | None:
    def drop(h: Hunk) -> Hunk | None:
        for i in range(1, len(h.body)):
            if h.body[i] == h.body[i - 1] and h.body[i][0] == " ":
                return counted(h, [*h.body[:i], *h.body[i + 1 :]])
        return None

    return some(rng, d, drop, Truth.EITHER)


@kind
def hunk_without_a_body(rng: random.Random, d: Draft) -> Draft | None:
    return replace(d, hunks=(*d.hunks, Hunk(3, 3, (), "@@ -3,7 +3,9 @@", 3)), truth=Truth.EITHER)


@kind
def hunk_of_context_only(rng: random.Random, d: Draft) -> Draft | None:
    at = rng.randrange(len(d.lines))
    quote = d.lines[at : at + 4]
    return replace(
        d,
        hunks=(*d.hunks, Hunk(at + 1, at + 1, tuple((" ", t) for t in quote), None, at + 1)),
        truth=Truth.EITHER,
    )


@kind
def added_lines_typographic(rng: random.Random, d: Draft) -> Draft | None:
    """Added lines carry U+2028, form feeds and lone returns: content."""
    odd = rng.choice(["\u2028", "\x0c", "\x0b", "\x85", "\x1c"])
    h = d.hunks[0]
    at = next(
        (i for i, (m, t) in enumerate(h.body) if m == "+" and len(t) > 5 and t in d.meant), None
    )
    if at is None or d.meant.count(h.body[at][1]) != 1:
        return None
    old = h.body[at][1]
    new = old[:3] + odd + old[3:]
    meant = tuple(new if t == old else t for t in d.meant)
    return replace(
        d, meant=meant, hunks=(body(h, [*h.body[:at], ("+", new), *h.body[at + 1 :]]), *d.hunks[1:])
    )


@kind
def prompt_with_odd_breaks(rng: random.Random, d: Draft) -> Draft | None:
    odd = rng.choice(["\u2028", "\x0c", "\x0b", "\x85", "\x1d", "\u2029"])
    h = d.hunks[0]
    at = next((i for i, (m, t) in enumerate(h.body) if m == " " and len(t) > 5), None)
    if at is None or d.lines.count(h.body[at][1]) != 1 or d.meant.count(h.body[at][1]) != 1:
        return None
    old = h.body[at][1]
    new = old[:3] + odd + old[3:]
    texts = [tuple(new if t == old else t for t in ts) for ts in (d.lines, d.meant)]
    return replace(
        d,
        lines=texts[0],
        meant=texts[1],
        hunks=(body(h, [*h.body[:at], (" ", new), *h.body[at + 1 :]]), *d.hunks[1:]),
    )


@kind
def removed_line_left_as_context_and_rewritten(rng: random.Random, d: Draft) -> Draft | None:
    """`-old` stands, and `old` again as context below: the quote is longer than the prompt."""

    def twice(h: Hunk) -> Hunk | None:
        at = [i for i, (m, t) in enumerate(h.body) if m == "-" and t.strip()]
        if not at:
            return None
        i = rng.choice(at)
        return counted(h, [*h.body[: i + 1], (" ", h.body[i][1]), *h.body[i + 1 :]])

    return some(rng, d, twice, Truth.EITHER)
