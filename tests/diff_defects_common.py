"""Defects that models commonly leave in diffs: signs on some lines only, marks doubled or apart."""

import random
import re
from collections.abc import Callable, Iterator, Sequence

from tests.diff_defects import Truth
from tests.diff_defects_base import Case, Draft, Hunk, draw_draft, fits, join, sentence

Lines = list[str]
Row = tuple[str, str]
Make = Callable[[random.Random, Draft], Case | None]
APPLY, EITHER, REFUSE = Truth.APPLY, Truth.EITHER, Truth.REFUSE
KINDS: dict[str, Make] = {}

_TOP = ["--- a/prompt.md", "+++ b/prompt.md"]
_SPACED = re.compile(r"(?<=\w) (?=\w)")


def _case(draft: Draft, lines: Sequence[str], truth: Truth, *texts: str) -> Case:
    return Case("", draft.prompt, "\n".join(lines) + "\n", (draft.intended, *texts), truth)


def _header(rng: random.Random, hunk: Hunk) -> str:
    """Return a header that is right, counts wrongly, or says nothing."""
    old = len(hunk.before)
    return rng.choice(
        [
            hunk.top(),
            "@@ ... @@",
            "@@",
            f"@@ -{hunk.old},{old + 1} +{hunk.new},{old} @@",
            f"@@ -{hunk.old} +{hunk.new} @@",
        ]
    )


def _wrapped(rng: random.Random, lines: Lines) -> Lines:
    """Return a diff as it is, or in a fence."""
    return rng.choice(
        [lines, ["```diff", *lines, "```"], ["Sure:", "```diff", *lines, "```", "Done."]]
    )


# -- insertions of which some lines have lost their sign


def _inserted(name: str, told: Callable[[random.Random], tuple[Lines, Lines]]) -> None:
    """Make a kind: lines are added, and told as they stand in the diff."""

    def make(rng: random.Random, draft: Draft) -> Case | None:
        added, written = told(rng)
        at = rng.randint(1, len(draft.lines))
        top, end = max(0, at - rng.randint(1, 3)), at + rng.choice([0, 0, 1, 3])
        above, below = draft.lines[top:at], draft.lines[at:end]
        if not any(map(str.strip, above)) or any(one.startswith("+") for one in draft.lines):
            return None
        body = [*((" ", one) for one in above), *(("+", one) for one in added)]
        hunk = Hunk(top + 1, top + 1, (*body, *((" ", one) for one in below)))
        lines = [_header(rng, hunk), *(" " + one for one in above), *written]
        lines += [" " + one for one in below]
        meant = join(
            (*draft.lines[:at], *added, *draft.lines[at:]), draft.ending, final=draft.final
        )
        text = "\n".join(_wrapped(rng, [*_TOP, *lines])) + "\n"
        return Case("", draft.prompt, text, (meant,), EITHER)

    KINDS[name] = make


def _first(added: Lines, *signed: int) -> tuple[Lines, Lines]:
    """Sign some of the added lines."""
    return added, [("+" if at in signed else "") + one for at, one in enumerate(added)]


def _few(rng: random.Random, marks: Sequence[str]) -> Lines:
    return [mark + sentence(rng) + "." for mark in marks]


def _cut_over(rng: random.Random) -> tuple[Lines, Lines]:
    line = "Answer in English and cite RFC 2119 twice, then stop"
    place = rng.choice([found.start() for found in _SPACED.finditer(line)])
    return [line], ["+" + line[:place], line[place + 1 :]]


_CODE = ["Answer so:", "```", "yes", "```", "Nothing else."]
_JSON = ["Answer so:", "```json", '{"a": 1}', "```"]
_inserted("heading_signed_only", lambda r: _first(["## More", "", *_few(r, ["1. ", "2. "])], 0))
_inserted("heading_signed_text_not", lambda r: _first(["### More", "", *_few(r, [""])], 0))
_inserted("announcement_signed_only", lambda r: _first(["Do this:", "", *_few(r, ["* ", "* "])], 0))
_inserted("bold_signed_only", lambda r: _first(["**Rules**", "", *_few(r, ["> "])], 0))
_inserted("list_signed_in_part", lambda r: _first(["Steps:", *_few(r, ["1. ", "2. "])], 0, 1))
_inserted("bullets_signed_in_part", lambda r: _first(_few(r, ["- ", "- ", "- "]), 0))
_inserted("paragraphs_signed_once", lambda r: _first([*_few(r, ["", ""]), "", *_few(r, [""])], 0))
_inserted("code_block_unsigned", lambda r: _first(_CODE[: r.choice([4, 5])], 0))
_inserted("code_block_signed_apart", lambda r: _first(_CODE, 0, 4))
_inserted("code_fence_opens_signed", lambda r: _first(_CODE, *r.choice([(0, 1), (0, 1, 2)])))
_inserted("code_fence_closes_signed", lambda _: _first(_CODE, 0, 2, 3, 4))
_inserted("json_block_unsigned", lambda _: _first(_JSON, 0))
_inserted("json_fence_signed_in_part", lambda r: _first(_JSON, *r.choice([(0, 1), (0, 1, 2)])))
_inserted("sentence_cut_over", _cut_over)


@lambda add: _inserted("sign_on_its_own_line", add)
def _apart(rng: random.Random) -> tuple[Lines, Lines]:
    line = sentence(rng) + "."
    return [line], [rng.choice(["+", "+ "]), line]


@lambda add: _inserted("sign_twice", add)
def _twice(rng: random.Random) -> tuple[Lines, Lines]:
    added = _few(rng, ["", "", ""][: rng.randint(1, 3)])
    return added, ["++ " + one for one in added]


# -- hunks told otherwise


def _told(name: str, tell: Callable[[random.Random, Row], Lines]) -> None:
    """Make a kind: each row of a diff is told in another way."""

    def make(rng: random.Random, draft: Draft) -> Case | None:
        lines = list(_TOP)
        changed = False
        for hunk in draft.hunks:
            lines.append(_header(rng, hunk))
            for row in hunk.body:
                told = tell(rng, row)
                changed |= told != ["".join(row)]
                lines += told
        return _case(draft, _wrapped(rng, lines), EITHER) if changed else None

    KINDS[name] = make


_told("added_sign_apart", lambda _, row: ["+", row[1]] if row[0] == "+" else ["".join(row)])
_told("removed_sign_apart", lambda _, row: ["-", row[1]] if row[0] == "-" else ["".join(row)])
_told("a_blank_after_each_sign", lambda _, row: [row[0] + " " + row[1]])
_told("a_tab_after_each_sign", lambda _, row: [row[0] + "\t" + row[1]])
_told("each_line_parted_by_a_blank", lambda _, row: ["".join(row), ""])
_told("body_indented", lambda _, row: ["    " + "".join(row)])
_told("numbered_rows", lambda r, row: [f"{row[0]}{r.randint(1, 90):>4} | {row[1]}"])
_told("minus_signs_of_print", lambda _, row: [row[0].replace("-", "\u2212") + row[1]])
_told("wide_plus_signs", lambda _, row: [row[0].replace("+", "\uff0b") + row[1]])
_told("signs_in_brackets", lambda _, row: [f"[{row[0]}] {row[1]}" if row[0] != " " else row[1]])
_told(
    "indent_of_text_lost", lambda _, row: [row[0] + (row[1] if row[0] == "+" else row[1].lstrip())]
)
_told(
    "indent_as_tabs",
    lambda _, row: [row[0] + (row[1] if row[0] == "+" else row[1].replace("  ", "\t"))],
)


# -- one line that should not be there, is not there, or is another


def _slipped(name: str, slip: Callable[[random.Random, list[Row]], list[Row] | None]) -> None:
    """Make a kind: one hunk quotes what does not stand in the prompt; no text is right."""

    def make(rng: random.Random, draft: Draft) -> Case | None:
        at = rng.randrange(len(draft.hunks))
        rows = slip(rng, list(draft.hunks[at].body))
        if rows is None:
            return None
        lines = list(_TOP)
        for place, hunk in enumerate(draft.hunks):
            one = Hunk(hunk.old, hunk.new, tuple(rows)) if place == at else hunk
            if place == at and (fits(draft.lines, one.before) or not "".join(one.before).strip()):
                return None
            lines += [one.top(), *(mark + text for mark, text in one.body)]
        return _case(draft, lines, EITHER)

    KINDS[name] = make


def _quoted(rng: random.Random, rows: list[Row], sign: str) -> int | None:
    """Return where a row with text and a sign stands."""
    places = [at for at, row in enumerate(rows) if row[0] in sign and row[1].strip()]
    return rng.choice(places) if places else None


def _reworded(edit: Callable[[str], str]) -> Callable[[random.Random, list[Row]], list[Row] | None]:
    def slip(rng: random.Random, rows: list[Row]) -> list[Row] | None:
        at = _quoted(rng, rows, " -")
        if at is None or edit(rows[at][1]) == rows[at][1]:
            return None
        return [*rows[:at], (rows[at][0], edit(rows[at][1])), *rows[at + 1 :]]

    return slip


_slipped("quoted_annotated", _reworded(lambda text: text + "  <-- keep"))
_slipped("quoted_shortened", _reworded(lambda text: text[: len(text) * 2 // 3].rstrip() + "..."))
_slipped("quoted_renumbered", _reworded(lambda t: re.sub(r"^\d+", lambda m: f"{m[0]}1", t)))
_slipped("quoted_without_marks", _reworded(lambda text: re.sub(r"[*_#]", "", text)))
_slipped("quoted_with_other_dash", _reworded(lambda text: text.replace(" - ", " \u2014 ")))


@lambda slip: _slipped("blank_too_many", slip)
def _blank(rng: random.Random, rows: list[Row]) -> list[Row] | None:
    at = rng.randint(1, len(rows))
    return [*rows[:at], (" ", ""), *rows[at:]]


@lambda slip: _slipped("added_line_quoted_too", slip)
def _added_too(rng: random.Random, rows: list[Row]) -> list[Row] | None:
    at = _quoted(rng, rows, "+")
    return None if at is None else [*rows[: at + 1], (" ", rows[at][1]), *rows[at + 1 :]]


@lambda slip: _slipped("removed_line_quoted_too", slip)
def _removed_too(rng: random.Random, rows: list[Row]) -> list[Row] | None:
    at = _quoted(rng, rows, "-")
    return None if at is None else [*rows[:at], (" ", rows[at][1]), *rows[at:]]


# -- prompts that changed, under a diff of bare lines


@lambda make: KINDS.setdefault("stale_below_a_bare_blank", make)
def _stale(rng: random.Random, draft: Draft) -> Case | None:
    """A line came between a blank and its neighbour; all kept lines lost their sign."""
    hunk = draft.hunks[0]
    if len(draft.hunks) > 1 or not hunk.body or hunk.body[0] != (" ", ""):
        return None
    lines = (*draft.lines[: hunk.old], "A line that came later.", *draft.lines[hunk.old :])
    if fits(lines, hunk.before):
        return None
    rows = [text if mark == " " else mark + text for mark, text in hunk.body]
    prompt = join(lines, draft.ending, final=draft.final)
    return Case("", prompt, "\n".join([*_TOP, hunk.top(), *rows]) + "\n", (), REFUSE)


# -- headers that say little: decidable, where the lines stand once


def _headed(name: str, head: Callable[[Hunk], str]) -> None:
    def make(rng: random.Random, draft: Draft) -> Case | None:
        once = all(
            len(fits(draft.lines, hunk.before)) == 1
            and "".join(hunk.before).strip()
            and any(mark == "-" and text.strip() for mark, text in hunk.body)
            and hunk.body[-1][0] == " "
            for hunk in draft.hunks
        )
        if not once:
            return None
        lines = list(_TOP)
        for hunk in draft.hunks:
            lines += [head(hunk), *(mark + text for mark, text in hunk.body)]
        return _case(draft, lines, APPLY)

    KINDS[name] = make


_headed("header_bare", lambda _: "@@")
_headed("header_of_dots", lambda _: "@@ ... @@")
_headed("header_without_counts", lambda hunk: f"@@ -{hunk.true_old} +{hunk.new} @@")
_headed("header_with_both_old", lambda hunk: f"@@ -{hunk.true_old} +{hunk.true_old} @@ ## A")


def drawn(seeds: range) -> Iterator[Case]:
    """Yield the cases of all kinds that arise from some seeds."""
    for name, make in KINDS.items():
        for seed in seeds:
            rng = random.Random(f"{name}/{seed}")
            drafts = (draw_draft(rng) for _ in range(60))
            case = next((made for draft in drafts if draft and (made := make(rng, draft))), None)
            if case:
                yield Case(f"{name}/{seed}", case.prompt, case.diff, case.texts, case.truth)
