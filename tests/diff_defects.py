"""Seeded defective diffs, each with its truth: what a patch engine may make of it.

Prompts, edits and defects are drawn from one random number generator, so a
case is known by its kind and its seed. The truth is found without the engine:
the intended text comes from the edit itself, and whether a hunk stands in one
place only is counted naively.
"""

# ruff: noqa: E501, FBT001, FBT002, FBT003, RUF001, RUF005, PERF401

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

WORDS = re.findall(
    r"\w+",
    "agent answer ask before book call careful check city client confirm customer date day delay "
    "email escalate explain file first follow friendly guess help invoice keep language limit list "
    "manager name never note number offer order parcel person phone plan polite price promise "
    "queue quote read refund reply report rule search send sensor short sign source step stop "
    "summary team ticket time tool tone trace translate urgent use verify wait warranty week write",
)


class Truth(StrEnum):
    """What is right."""

    APPLY = "apply"
    """The intended text; a refusal counts against the applied share."""
    REFUSE = "refuse"
    EITHER = "either"
    """The intended text or a refusal: the case cannot be decided from what is there."""


@dataclass(frozen=True)
class Piece:
    """One hunk: the line from 0 at which it starts, and its rows as (sign, text)."""

    at: int
    rows: tuple[tuple[str, str], ...]
    new_at: int = 0

    @property
    def old(self) -> list[str]:
        return [text for sign, text in self.rows if sign != "+"]

    @property
    def new(self) -> list[str]:
        return [text for sign, text in self.rows if sign != "-"]


@dataclass(frozen=True)
class Case:
    """A prompt, a diff and the truth."""

    prompt: str
    diff: str
    intended: str
    truth: Truth
    kind: str = ""


@dataclass
class Draft:
    """What a kind of defect starts from: an edit of a prompt, and its clean hunks."""

    rng: random.Random
    before: list[str]
    after: list[str]
    pieces: list[Piece]
    newline: bool = True
    eol: str = "\n"
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        return text_of(self.before, self.newline, self.eol)

    @property
    def intended(self) -> str:
        return text_of(self.after, self.newline, self.eol)

    def case(
        self,
        diff: str,
        truth: Truth = Truth.APPLY,
        prompt: str | None = None,
        intended: str | None = None,
    ) -> Case:
        return Case(
            self.prompt if prompt is None else prompt,
            diff,
            self.intended if intended is None else intended,
            truth,
        )


def text_of(lines: list[str], newline: bool = True, eol: str = "\n") -> str:
    return eol.join(lines) + (eol if newline and lines else "")


# --- prompts -------------------------------------------------------------------


def sentence(rng: random.Random) -> str:
    words = rng.choices(WORDS, k=rng.randint(4, 11))
    return " ".join(words).capitalize() + rng.choice([".", ".", ".", ";", ""])


def plain(rng: random.Random) -> list[str]:
    return [sentence(rng) if rng.random() > 0.15 else "" for _ in range(rng.randint(8, 70))]


def markdown(rng: random.Random) -> list[str]:
    lines = ["# " + rng.choice(WORDS).title(), "", sentence(rng)]
    for _ in range(rng.randint(2, 8)):
        lines += ["", "## " + " ".join(rng.choices(WORDS, k=2)).title(), ""]
        mark = rng.choice(["- ", "- ", "- ", "* ", "+ ", "1. "])
        lines += [mark + sentence(rng) for _ in range(rng.randint(2, 6))]
        if rng.random() < 0.3:
            lines += ["- If you are not sure, say so and stop."]
    return lines


def fenced(rng: random.Random) -> list[str]:
    lines = markdown(rng)
    at = rng.randint(2, len(lines))
    code = ["```python", f"def {rng.choice(WORDS)}():", f"    return {rng.randint(1, 99)}", "```"]
    lines[at:at] = ["", *code, ""]
    if rng.random() < 0.5:
        lines += ["", "```", *[sentence(rng) for _ in range(3)], "```"]
    return lines


def ruled(rng: random.Random) -> list[str]:
    lines = ["---", f"name: {rng.choice(WORDS)}", f"limit: {rng.randint(1, 99)}", "---", ""]
    return [*lines, *markdown(rng), "---", sentence(rng), "***", sentence(rng), "---"]


def diff_talk(rng: random.Random) -> list[str]:
    example = [
        "```diff",
        "--- a/old.txt",
        "+++ b/new.txt",
        "@@ -1,2 +1,2 @@",
        " " + sentence(rng),
        "-" + sentence(rng),
        "+" + sentence(rng),
        "```",
    ]
    lines = markdown(rng)
    at = rng.randint(2, len(lines))
    return [*lines[:at], *example, *lines[at:], "@@ markers are read by the tool @@", sentence(rng)]


def indented(rng: random.Random) -> list[str]:
    lines = []
    for _ in range(rng.randint(3, 9)):
        lines.append("- " + sentence(rng))
        for _ in range(rng.randint(0, 3)):
            lines.append(rng.choice(["  ", "    ", "\t"]) + "- " + sentence(rng))
    return lines


def twins(rng: random.Random) -> list[str]:
    block = ["## Steps", "", *["- " + sentence(rng) for _ in range(3)], "- Stop.", ""]
    lines = []
    for _ in range(rng.randint(2, 4)):
        lines += [sentence(rng), "", *block]
    return [*lines, sentence(rng)]


def foreign(rng: random.Random) -> list[str]:
    extra = ["é à ü ß", "“quoted” words", "it’s fine", "50\u00a0%", "naïve café", "日本語 の 行"]
    lines = markdown(rng)
    return [
        f"{line} {rng.choice(extra)}" if line and rng.random() < 0.3 else line for line in lines
    ]


def table(rng: random.Random) -> list[str]:
    rows = [f"| {rng.choice(WORDS)} | {rng.randint(1, 99)} | {sentence(rng)} |" for _ in range(6)]
    return [*markdown(rng), "", "| a | b | c |", "|---|---|---|", *rows, "", sentence(rng)]


def long(rng: random.Random) -> list[str]:
    return [line for _ in range(12) for line in [*markdown(rng), ""]][: rng.randint(150, 400)]


PROMPTS: tuple[Callable[[random.Random], list[str]], ...] = (
    plain, markdown, markdown, fenced, ruled, diff_talk, indented, twins, foreign, table, long,
)  # fmt: skip


# --- edits ---------------------------------------------------------------------


def new_line(rng: random.Random, like: str = "") -> str:
    mark = re.match(r"\s*(?:[-*+] |\d+\. )?", like)
    return (mark[0] if mark else "") + sentence(rng) + f" {rng.randint(100, 999)}"


def reworded(rng: random.Random, line: str) -> str:
    words = line.split(" ")
    spots = [at for at, word in enumerate(words) if len(word) > 2 and word.isalpha()]
    if not spots:
        return new_line(rng, line)
    words[rng.choice(spots)] = rng.choice(["always", "seldom", "quickly", "exactly"])
    return " ".join(words)


Op = tuple[int, int, list[str]]


def draw_edits(rng: random.Random, before: list[str]) -> list[Op]:
    """Draw line changes `(start, end, lines)` that do not touch."""
    edits: list[Op] = []
    at = 0
    for start in sorted(rng.sample(range(len(before)), k=min(len(before), rng.randint(1, 4)))):
        if start < at:
            continue
        how = rng.random()
        end = min(len(before), start + rng.randint(1, 3))
        if how < 0.45:
            lines = [reworded(rng, line) for line in before[start:end]]
        elif how < 0.75:
            end = start
            lines = [new_line(rng, before[start]) for _ in range(rng.randint(1, 3))]
        elif how < 0.9:
            lines = []
        else:
            lines = [new_line(rng, before[start]) for _ in range(rng.randint(1, 4))]
        if before[start:end] != lines:
            edits.append((start, end, lines))
        at = end + 1
    if rng.random() < 0.15:
        edits = [op for op in edits if op[1] < len(before) - 1]
        edits.append((len(before), len(before), [new_line(rng, before[-1])]))
    return edits


def apply_edits(before: list[str], edits: list[Op]) -> list[str]:
    after = list(before)
    for start, end, lines in reversed(edits):
        after[start:end] = lines
    return after


def make_pieces(before: list[str], edits: list[Op], context: int = 3) -> list[Piece]:
    """Write the hunks of line changes as a diff tool would."""
    groups: list[list[Op]] = []
    for op in edits:
        if groups and op[0] - groups[-1][-1][1] <= 2 * context:
            groups[-1].append(op)
        else:
            groups.append([op])
    pieces = []
    drift = 0
    for group in groups:
        at = start = max(0, group[0][0] - context)
        rows: list[tuple[str, str]] = []
        for first, last, lines in group:
            rows += [(" ", line) for line in before[at:first]]
            rows += [("-", line) for line in before[first:last]]
            rows += [("+", line) for line in lines]
            at = last
        rows += [(" ", line) for line in before[at : at + context]]
        pieces.append(Piece(start, tuple(rows), start + drift))
        drift += sum(len(lines) - (last - first) for first, last, lines in group)
    return pieces


def draw(rng: random.Random, **options: object) -> Draft:
    """Draw a prompt and an edit of it."""
    maker = options.get("prompt") or rng.choice(PROMPTS)
    assert callable(maker)
    while True:
        before = maker(rng)
        edits = draw_edits(rng, before)
        after = apply_edits(before, edits)
        context = options.get("context", 3)
        assert isinstance(context, int)
        pieces = make_pieces(before, edits, context)
        if before != after and len(pieces) >= int(str(options.get("least", 1))):
            return Draft(rng, before, after, pieces)


# --- writing a diff --------------------------------------------------------------

FILES = "--- a/system_prompt.md\n+++ b/system_prompt.md\n"


def span(at: int, count: int) -> str:
    return f"{at + (count > 0)},{count}"


def header(piece: Piece) -> str:
    return f"@@ -{span(piece.at, len(piece.old))} +{span(piece.new_at, len(piece.new))} @@"


def body(piece: Piece) -> list[str]:
    return [sign + text for sign, text in piece.rows]


Head = Callable[[Piece], str]
Body = Callable[[Piece], list[str]]


def write(draft: Draft, head: Head = header, rows: Body = body, files: str = FILES) -> str:
    """Write a whole diff, with markers where the prompt has no final newline."""
    lines = []
    for piece in draft.pieces:
        lines.append(head(piece))
        lines += rows(piece)
    return files + "\n".join(lines) + "\n"


# --- what can be decided ----------------------------------------------------------


def squeeze(line: str) -> str:
    return line.rstrip()


def places(before: list[str], old: list[str]) -> int:
    """Count naively where lines stand one after another, trailing blanks aside."""
    keys, wanted = list(map(squeeze, before)), list(map(squeeze, old))
    last = len(keys) - len(wanted)
    return sum(keys[at : at + len(wanted)] == wanted for at in range(last + 1))


def unique(draft: Draft) -> bool:
    """Say whether every hunk stands in one place only."""
    return all(places(draft.before, piece.old) == 1 for piece in draft.pieces)


def repeats(draft: Draft) -> bool:
    """Say whether an insertion writes what stands beside it, or quotes no text at all."""
    for piece in draft.pieces:
        if not any(text.strip() for text in piece.old):
            return True
        signs = {sign for sign, _ in piece.rows}
        if "-" not in signs and any(
            sign == "+" and text in draft.before for sign, text in piece.rows
        ):
            return True
    return False


def decided(draft: Draft, by_number: bool = True) -> Truth:
    """Return whether a clean engine must apply a diff whose numbers hold, or do not."""
    if repeats(draft) or not (by_number or unique(draft)):
        return Truth.EITHER
    return Truth.APPLY


# --- the table of kinds -----------------------------------------------------------

Kind = Callable[[random.Random], Case]
FIRST: dict[str, Kind] = {}
SECOND: dict[str, Kind] = {}
THIRD: dict[str, Kind] = {}


def kind(table: dict[str, Kind]) -> Callable[[Kind], Kind]:
    """Enter a function under its name."""

    def enter(function: Kind) -> Kind:
        table[function.__name__] = function
        return function

    return enter


def draw_case(name: str, make: Kind, seed: int) -> Case:
    """Return the case of a kind and a seed."""
    return replace(make(random.Random(f"{name}/{seed}")), kind=name)


def on_text(
    name: str,
    change: Callable[[str, random.Random], str],
    *,
    by_number: bool = True,
    table: dict[str, Kind] = FIRST,
    **options: object,
) -> None:
    """Enter a kind that rewrites the clean diff's text."""

    def make(rng: random.Random) -> Case:
        draft = draw(rng, **options)
        return draft.case(change(write(draft), rng), decided(draft, by_number))

    table[name] = make


def on_head(
    name: str,
    change: Callable[[Piece, random.Random], str],
    *,
    by_number: bool = True,
    table: dict[str, Kind] = FIRST,
    truth: Truth | None = None,
    **options: object,
) -> None:
    """Enter a kind that rewrites hunk headers."""

    def make(rng: random.Random) -> Case:
        draft = draw(rng, **options)
        return draft.case(
            write(draft, head=lambda piece: change(piece, rng)), truth or decided(draft, by_number)
        )

    table[name] = make


def shift(piece: Piece, by: int) -> Piece:
    by = abs(by) if piece.at + by < 0 else by
    return replace(piece, at=piece.at + by, new_at=max(0, piece.new_at + by))


# headers

on_head("clean", lambda piece, rng: header(piece))
on_head("numbers_off_by_one", lambda p, rng: header(shift(p, rng.choice([-1, 1]))), by_number=False)
on_head("numbers_off_by_few", lambda p, rng: header(shift(p, rng.randint(-6, 6))), by_number=False)
on_head("numbers_random", lambda p, rng: header(shift(p, rng.randint(-99, 300))), by_number=False)
on_head("numbers_all_one", lambda p, rng: header(replace(p, at=0, new_at=0)), by_number=False)
on_head("numbers_zero", lambda p, rng: f"@@ -0,{len(p.old)} +0,{len(p.new)} @@", by_number=False)
on_head("numbers_all_zero", lambda p, rng: "@@ -0,0 +0,0 @@", by_number=False)
on_head("counts_dropped", lambda p, rng: f"@@ -{p.at + 1} +{p.new_at + 1} @@")
on_head("counts_zero", lambda p, rng: f"@@ -{p.at + 1},0 +{p.new_at + 1},0 @@")
on_head("counts_one", lambda p, rng: f"@@ -{p.at + 1},1 +{p.new_at + 1},1 @@")
on_head(
    "counts_too_small",
    lambda p, rng: f"@@ -{p.at + 1},{len(p.old) - 1} +{p.new_at + 1},{len(p.new) - 1} @@",
)
on_head(
    "counts_too_large_by_one",
    lambda p, rng: f"@@ -{p.at + 1},{len(p.old) + 1} +{p.new_at + 1},{len(p.new) + 1} @@",
)
on_head(
    "counts_swapped", lambda p, rng: f"@@ -{p.at + 1},{len(p.new)} +{p.new_at + 1},{len(p.old)} @@"
)
on_head(
    "counts_equal",
    lambda p, rng: f"@@ -{p.at + 1},{len(p.old)} +{p.new_at + 1},{len(p.old)} @@",
    truth=Truth.EITHER,  # where only the new count is off, a sign may be lost
)
on_head("header_bare", lambda p, rng: "@@", by_number=False)
on_head("header_bare_pair", lambda p, rng: "@@ @@", by_number=False)
on_head("header_dots", lambda p, rng: "@@ ... @@", by_number=False)
on_head("header_words", lambda p, rng: "@@ section on refunds @@", by_number=False)
on_head("header_placeholders", lambda p, rng: "@@ -X,Y +X,Y @@", by_number=False)
on_head("header_with_section", lambda p, rng: header(p) + " # Rules")
on_head("header_no_end", lambda p, rng: header(p)[:-3])
on_head("header_no_spaces", lambda p, rng: header(p).replace(" ", ""), by_number=False)
on_head("header_many_spaces", lambda p, rng: header(p).replace(" ", "  "))
on_head("header_one_side", lambda p, rng: f"@@ -{span(p.at, len(p.old))} @@")
on_head("header_comment", lambda p, rng: header(p) + " (adds the new rule)")


# files


def git_header(text: str, rng: random.Random) -> str:
    git = "diff --git a/system_prompt.md b/system_prompt.md\nindex 3f1c2aa..9d0be41 100644\n"
    return git + text


on_text("no_file_headers", lambda text, rng: text.removeprefix(FILES))
on_text("git_headers", git_header)
on_text(
    "git_mode_lines",
    lambda t, rng: git_header(t, rng).replace("index", "old mode 100644\nnew mode 100755\nindex"),
)
on_text("only_old_file", lambda t, rng: t.replace("+++ b/system_prompt.md\n", ""), by_number=False)
on_text("only_new_file", lambda t, rng: t.replace("--- a/system_prompt.md\n", ""))
on_text("file_dates", lambda t, rng: t.replace(".md\n", ".md\t2026-11-21 03:00:00 +0000\n", 2))
on_text("dev_null", lambda t, rng: t.replace("--- a/system_prompt.md", "--- /dev/null"))
on_text("svn_index", lambda t, rng: "Index: system_prompt.md\n" + "=" * 67 + "\n" + t)
on_text("blank_after_files", lambda t, rng: t.replace(FILES, FILES + "\n"))
on_text("original_modified", lambda t, rng: t.replace(FILES, "--- original\n+++ modified\n"))
on_text("spaces_in_path", lambda t, rng: t.replace(FILES, "--- my prompt.md\n+++ my prompt.md\n"))


# around the diff

PROSE = (
    "Here is the diff you asked for:",
    "I changed the rule on refunds.\nIt now says what to do.",
    "**Change 1**: tighten the wording.",
    "1. First I looked at the failures.\n2. Then I changed the prompt.",
    "- I kept the tone\n- I made the limit explicit",
    "> Note: only the prompt of one agent changes.",
    "This patch addresses cluster `late-refunds`; see tr-20261101-0001.",
)


ONE_MORE = PROSE[1:]
"""What may stand above another diff; the first announces one, and then which of them?"""


def fence(text: str, mark: str = "```", language: str = "diff") -> str:
    return f"{mark}{language}\n{text}{mark}\n"


def before_and_after(text: str, rng: random.Random) -> str:
    return f"{rng.choice(PROSE)}\n\n{text}\n{rng.choice(PROSE)}\n"


on_text("fence_diff", lambda t, rng: fence(t))
on_text("fence_plain", lambda t, rng: fence(t, language=""))
on_text("fence_patch", lambda t, rng: fence(t, language="patch"))
on_text("fence_markdown", lambda t, rng: fence(t, language="markdown"))
on_text("fence_tilde", lambda t, rng: fence(t, mark="~~~"))
on_text("fence_four", lambda t, rng: fence(t, mark="````"))
on_text("fence_no_final_newline", lambda t, rng: fence(t).rstrip("\n"))
on_text("fence_no_file_headers", lambda t, rng: fence(t.removeprefix(FILES)))
on_text("fence_capital", lambda t, rng: fence(t, language="Diff"))
on_text("fence_blank_inside", lambda t, rng: fence("\n" + t + "\n"))
on_text("fence_and_prose", lambda t, rng: before_and_after(fence(t), rng))
on_text("fence_stray_close", lambda t, rng: t + "```\n")
on_text(
    "fence_indented_list",
    lambda t, rng: (
        "1. The patch:\n\n" + "".join("   " + line + "\n" for line in fence(t).splitlines())
    ),
)
on_text("prose_before", lambda t, rng: f"{rng.choice(PROSE)}\n\n{t}")
on_text("prose_before_tight", lambda t, rng: f"{rng.choice(PROSE)}\n{t}")
on_text("prose_after", lambda t, rng: f"{t}\n{rng.choice(PROSE)}\n")
on_text("prose_both", before_and_after)
on_text("blank_lines_around", lambda t, rng: "\n\n" + t + "\n\n\n")
on_text("quoted_whole", lambda t, rng: "".join("> " + line + "\n" for line in t.split("\n")[:-1]))
on_text(
    "indented_whole", lambda t, rng: "".join("    " + line + "\n" for line in t.split("\n")[:-1])
)
on_text("bom", lambda t, rng: "\ufeff" + t)
on_text("xml_tags", lambda t, rng: f"<diff>\n{t}</diff>\n")
on_text("end_marker", lambda t, rng: t + "-- \n2.39.5\n")
on_text("plus_bullets_after", lambda t, rng: t + "\n+ Added the new rule\n+ Kept the rest\n")
on_text("minus_bullets_after", lambda t, rng: t + "\n- Removed the old rule\n- Kept the rest\n")


@kind(FIRST)
def prose_between(rng: random.Random) -> Case:
    draft = draw(rng, least=2)
    parts = [f"{header(piece)}\n" + "\n".join(body(piece)) + "\n" for piece in draft.pieces]
    return draft.case(FILES + f"\n{rng.choice(ONE_MORE)}\n\n".join(parts), decided(draft))


@kind(FIRST)
def fence_for_each_hunk(rng: random.Random) -> Case:
    draft = draw(rng, least=2)
    parts = [fence(write(replace(draft, pieces=[piece]))) for piece in draft.pieces]
    return draft.case(
        "\n".join(f"{rng.choice(ONE_MORE)}\n\n{part}" for part in parts), decided(draft)
    )


@kind(FIRST)
def fence_told_twice(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(
        fence(write(draft)) + "\nAgain, in full:\n\n" + fence(write(draft)), decided(draft)
    )


# blanks and endings


def strip_ends(text: str, rng: random.Random) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


def on_rows(
    name: str,
    change: Callable[[str, str, random.Random], str],
    *,
    by_number: bool = True,
    table: dict[str, Kind] = FIRST,
    **options: object,
) -> None:
    """Enter a kind that rewrites single rows of hunks."""

    def make(rng: random.Random) -> Case:
        draft = draw(rng, **options)

        def rows(piece: Piece) -> list[str]:
            return [change(sign, text, rng) for sign, text in piece.rows]

        return draft.case(write(draft, rows=rows), decided(draft, by_number))

    table[name] = make


on_text("blank_context_stripped", strip_ends)
on_rows("trailing_blanks_on_context", lambda s, t, rng: s + t + ("  " if s == " " else ""))
on_rows("trailing_blanks_on_removed", lambda s, t, rng: s + t + (" " if s == "-" else ""))
on_rows("trailing_tab_on_context", lambda s, t, rng: s + t + ("\t" if s == " " else ""))
on_text("crlf_diff", lambda t, rng: t.replace("\n", "\r\n"))
on_rows("crlf_on_some_rows", lambda s, t, rng: s + t + rng.choice(["", "\r"]))
on_rows(
    "nbsp_in_context",
    lambda s, t, rng: s + (t.replace(" ", "\u00a0", 1) if s == " " else t),
    prompt=plain,
)


@kind(FIRST)
def stripped(rng: random.Random) -> Case:
    draft = draw(rng)
    sign, last = draft.pieces[-1].rows[-1]
    doubtful = sign == "+" or not last.strip()
    return draft.case(write(draft).strip(), Truth.EITHER if doubtful else decided(draft))


def bare_context(prefixes: str) -> Callable[[str, str, random.Random], str]:
    def change(sign: str, text: str, rng: random.Random) -> str:
        return text if sign == " " and not text.startswith(tuple(prefixes)) else sign + text

    return change


on_rows("lost_blanks", bare_context("+-@\\"), prompt=plain)
on_rows(
    "lost_blanks_on_some",
    lambda s, t, rng: t if s == " " and rng.random() < 0.4 and t[:1] not in "+-@\\" else s + t,
    prompt=plain,
)
on_rows("lost_blanks_indented", bare_context("+-@\\"), prompt=indented, by_number=False)


@kind(FIRST)
def lost_blanks_on_bullets(rng: random.Random) -> Case:
    draft = draw(rng, prompt=markdown)
    rows = [[text if sign == " " else sign + text for sign, text in p.rows] for p in draft.pieces]
    lines = [
        line
        for piece, part in zip(draft.pieces, rows, strict=True)
        for line in [header(piece), *part]
    ]
    return draft.case(FILES + "\n".join(lines) + "\n", Truth.EITHER)


@kind(FIRST)
def crlf_prompt_lf_diff(rng: random.Random) -> Case:
    draft = replace(draw(rng), eol="\r\n")
    return draft.case(write(draft), decided(draft))


@kind(FIRST)
def crlf_prompt_crlf_diff(rng: random.Random) -> Case:
    draft = replace(draw(rng), eol="\r\n")
    return draft.case(write(draft).replace("\n", "\r\n"), decided(draft))


@kind(FIRST)
def prompt_with_trailing_blanks(rng: random.Random) -> Case:
    draft = draw(rng)
    ends = {
        line: rng.choice(["", "  ", "\t"]) for line in dict.fromkeys([*draft.before, *draft.after])
    }
    changed = {text for piece in draft.pieces for sign, text in piece.rows if sign == "+"}
    before = [line + ends[line] for line in draft.before]
    after = [line if line in changed else line + ends[line] for line in draft.after]
    truth = Truth.EITHER if changed & set(draft.before) else decided(draft)
    return draft.case(write(draft), truth, prompt=text_of(before), intended=text_of(after))


@kind(FIRST)
def line_separators_in_lines(rng: random.Random) -> Case:
    draft = draw(rng)
    odd = {
        line: line + rng.choice(["", "\x0ca", "\u2028b", "\x85c", "\x1cd", "\rx"])
        for line in dict.fromkeys([*draft.before, *draft.after])
    }
    pieces = [replace(p, rows=tuple((s, odd[t]) for s, t in p.rows)) for p in draft.pieces]
    before, after = [odd[x] for x in draft.before], [odd[x] for x in draft.after]
    draft = replace(draft, before=before, after=after, pieces=pieces)
    return draft.case(write(draft), decided(draft))


# final newline


def marked(draft: Draft) -> str:
    """Write the diff of texts without a final newline, with its markers."""
    mark = "\\ No newline at end of file"
    lines = []
    for piece in draft.pieces:
        lines.append(header(piece))
        old_end = piece.at + len(piece.old) == len(draft.before)
        new_end = piece.new_at + len(piece.new) == len(draft.after)
        last_old = max((n for n, (s, _) in enumerate(piece.rows) if s != "+"), default=-1)
        last_new = max((n for n, (s, _) in enumerate(piece.rows) if s != "-"), default=-1)
        for number, (sign, text) in enumerate(piece.rows):
            lines.append(sign + text)
            if (old_end and number == last_old) or (new_end and number == last_new):
                lines.append(mark)
    return FILES + "\n".join(lines) + "\n"


def open_end(rng: random.Random) -> Draft:
    """Draw an edit of a prompt without a final newline."""
    while True:
        draft = replace(draw(rng), newline=False)
        if draft.before[-1] and draft.after and draft.after[-1]:
            return draft


def unmixed(draft: Draft) -> bool:
    """Say whether the last line is kept: else a diff tool rewrites it for its newline."""
    return bool(draft.after) and draft.before[-1] == draft.after[-1]


@kind(FIRST)
def no_final_newline(rng: random.Random) -> Case:
    draft = open_end(rng)
    return draft.case(write(draft), decided(draft))


@kind(FIRST)
def no_final_newline_marked(rng: random.Random) -> Case:
    draft = open_end(rng)
    return draft.case(marked(draft), decided(draft) if unmixed(draft) else Truth.EITHER)


@kind(FIRST)
def marker_on_kept_line(rng: random.Random) -> Case:
    draft = draw(rng)
    ends = draft.pieces[-1].at + len(draft.pieces[-1].old) == len(draft.before)
    removes = draft.pieces[-1].rows[-1][0] == "+" and ends
    text = write(draft) + "\\ No newline at end of file\n"
    return draft.case(text, decided(draft), intended=draft.intended[: -1 if removes else None])


@kind(FIRST)
def newline_added(rng: random.Random) -> Case:
    before = plain(rng) + ["The end."]
    prompt = text_of(before, newline=False)
    diff = (
        FILES
        + f"@@ -{len(before)} +{len(before)} @@\n-The end.\n\\ No newline at end of file\n+The end.\n"
    )
    return Case(prompt, diff, prompt + "\n", Truth.APPLY)


@kind(FIRST)
def newline_removed(rng: random.Random) -> Case:
    before = plain(rng) + ["The end."]
    prompt = text_of(before)
    diff = (
        FILES
        + f"@@ -{len(before)} +{len(before)} @@\n-The end.\n+The end.\n\\ No newline at end of file\n"
    )
    return Case(prompt, diff, prompt[:-1], Truth.APPLY)


# order and number of hunks


@kind(FIRST)
def hunks_reversed(rng: random.Random) -> Case:
    draft = draw(rng, least=2)
    return draft.case(write(replace(draft, pieces=draft.pieces[::-1])), decided(draft))


@kind(FIRST)
def hunks_shuffled_without_numbers(rng: random.Random) -> Case:
    draft = draw(rng, least=2)
    pieces = rng.sample(draft.pieces, k=len(draft.pieces))
    return draft.case(
        write(replace(draft, pieces=pieces), head=lambda p: "@@ @@"), decided(draft, False)
    )


@kind(FIRST)
def hunk_doubled(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(
        write(replace(draft, pieces=[*draft.pieces, rng.choice(draft.pieces)])), decided(draft)
    )


@kind(FIRST)
def hunks_joined_without_header(rng: random.Random) -> Case:
    draft = draw(rng, least=2)
    pieces = [replace(draft.pieces[0], rows=tuple(row for p in draft.pieces for row in p.rows))]
    return draft.case(write(replace(draft, pieces=pieces)), Truth.REFUSE)


@kind(FIRST)
def hunks_joined_by_dots(rng: random.Random) -> Case:
    draft = draw(rng, least=2)
    rows = [row for p in draft.pieces for row in [*p.rows, (" ", "...")]][:-1]
    pieces = [replace(draft.pieces[0], rows=tuple(rows))]
    return draft.case(
        write(replace(draft, pieces=pieces), head=lambda p: "@@ @@"), decided(draft, False)
    )


@kind(FIRST)
def overlapping_differently(rng: random.Random) -> Case:
    draft = draw(rng)
    piece = rng.choice(draft.pieces)
    rows = tuple((s, t + " indeed" if s == "+" else t) for s, t in piece.rows)
    if rows == piece.rows:
        return draft.case(write(draft), decided(draft))
    other = replace(piece, rows=rows)
    return draft.case(write(replace(draft, pieces=[*draft.pieces, other])), Truth.REFUSE)


@kind(FIRST)
def shared_context(rng: random.Random) -> Case:
    lines = [f"{n}. {sentence(rng)}" for n in range(1, rng.randint(10, 30))]
    at = rng.randint(3, len(lines) - 5)
    edits: list[Op] = [
        (at, at + 1, [reworded(rng, lines[at]) + " A"]),
        (at + 2, at + 3, [reworded(rng, lines[at + 2]) + " B"]),
    ]
    pieces = [make_pieces(lines, [op])[0] for op in edits]
    draft = Draft(rng, lines, apply_edits(lines, edits), pieces)
    return draft.case(write(draft), decided(draft))


# context


for _width in (0, 1, 2, 5):
    on_text(f"context_{_width}", lambda t, rng: t, context=_width)
for _width in (0, 1, 2):
    on_text(
        f"context_{_width}_without_numbers",
        lambda t, rng: re.sub(r"(?m)^@@ -.*", "@@ @@", t),
        context=_width,
        by_number=False,
    )


@kind(FIRST)
def no_headers_at_all(rng: random.Random) -> Case:
    draft = draw(rng)
    draft = replace(draft, pieces=draft.pieces[:1])
    after = patched(draft)
    if any(line.startswith(("@@", "+++ ", "--- ")) for line in body(draft.pieces[0])):
        return draft.case("\n".join(body(draft.pieces[0])) + "\n", Truth.EITHER, intended=after)
    return draft.case(
        "\n".join(body(draft.pieces[0])) + "\n", decided(draft, False), intended=after
    )


def patched(draft: Draft) -> str:
    """Return the text that the clean hunks make, worked out naively."""
    lines = list(draft.before)
    for piece in sorted(draft.pieces, key=lambda p: -p.at):
        lines[piece.at : piece.at + len(piece.old)] = piece.new
    return text_of(lines, draft.newline, draft.eol)


@kind(FIRST)
def no_headers_in_fence(rng: random.Random) -> Case:
    draft = draw(rng)
    draft = replace(draft, pieces=draft.pieces[:1])
    text = fence("\n".join(body(draft.pieces[0])) + "\n")
    return draft.case(text, decided(draft, False), intended=patched(draft))


# what must be refused


def misquoted(
    name: str,
    sign: str,
    change: Callable[[str, random.Random], str],
    table: dict[str, Kind] = FIRST,
) -> None:
    """Enter a kind that quotes one line of the prompt otherwise than it stands."""

    def make(rng: random.Random) -> Case:
        while True:
            draft = draw(rng)
            spots = [
                (n, m)
                for n, piece in enumerate(draft.pieces)
                for m, (s, text) in enumerate(piece.rows)
                if s == sign and squeeze(change(text, random.Random(1))) != squeeze(text)
            ]
            if spots:
                break
        n, m = rng.choice(spots)
        rows = list(draft.pieces[n].rows)
        rows[m] = (sign, change(rows[m][1], rng))
        pieces = list(draft.pieces)
        pieces[n] = replace(pieces[n], rows=tuple(rows))
        text = write(replace(draft, pieces=pieces))
        fits = places(draft.before, pieces[n].old)
        if rows[m][1] == draft.pieces[n].rows[m][1] or fits:
            return draft.case(text, Truth.EITHER)
        return draft.case(text, Truth.REFUSE)

    table[name] = make


for _sign, _role in ((" ", "context"), ("-", "removed")):
    misquoted(f"{_role}_reworded", _sign, lambda t, rng: reworded(rng, t) if t.strip() else t)
    misquoted(f"{_role}_case", _sign, lambda t, rng: t.swapcase())
    misquoted(
        f"{_role}_number", _sign, lambda t, rng: re.sub(r"\d+", lambda m: str(int(m[0]) + 1), t)
    )
    misquoted(f"{_role}_word_added", _sign, lambda t, rng: t + " also" if t.strip() else t)
    misquoted(
        f"{_role}_word_dropped",
        _sign,
        lambda t, rng: t.rsplit(" ", 1)[0] if " " in t.strip() else t,
    )
    misquoted(
        f"{_role}_punctuation",
        _sign,
        lambda t, rng: t.rstrip(".;") if t.endswith((".", ";")) else t,
    )
    misquoted(f"{_role}_indent", _sign, lambda t, rng: "  " + t if t.strip() else t)
    misquoted(f"{_role}_tab_for_spaces", _sign, lambda t, rng: t.replace("    ", "\t"))
    misquoted(
        f"{_role}_inner_space", _sign, lambda t, rng: t.replace(" ", "  ", 1) if t.strip() else t
    )
    misquoted(f"{_role}_line_invented", _sign, lambda t, rng: sentence(rng) if t.strip() else t)


@kind(FIRST)
def already_applied(rng: random.Random) -> Case:
    draft = draw(rng)
    text = write(draft)
    return draft.case(
        text, Truth.REFUSE if unique_after(draft) else Truth.EITHER, prompt=draft.intended
    )


def unique_after(draft: Draft) -> bool:
    """Say whether no hunk fits the patched text, or all that fit add what stands there."""
    return not all(places(draft.after, piece.old) for piece in draft.pieces)


@kind(FIRST)
def changes_nothing(rng: random.Random) -> Case:
    draft = draw(rng)
    rows = lambda piece: [" " + text for text in piece.old]  # noqa: E731
    return draft.case(write(draft, rows=rows), Truth.REFUSE)


@kind(FIRST)
def removes_and_adds_the_same(rng: random.Random) -> Case:
    draft = draw(rng)
    rows = lambda piece: [x for text in piece.old for x in ("-" + text, "+" + text)]  # noqa: E731
    return draft.case(write(draft, rows=rows), Truth.REFUSE)


@kind(FIRST)
def insertion_without_context(rng: random.Random) -> Case:
    draft = draw(rng)
    at = rng.randrange(len(draft.before))
    return draft.case(FILES + f"@@ -{at},0 +{at + 1},1 @@\n+{sentence(rng)}\n", Truth.REFUSE)


@kind(FIRST)
def insertion_beside_blank(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(FILES + f"@@ -1,1 +1,2 @@\n \n+{sentence(rng)}\n", Truth.REFUSE)


LEFT_OUT = (
    "...", "…", "... rest unchanged ...", "[rest of the prompt unchanged]", "# ... existing rules ...",
    "(remaining rules as before)", "... (other sections omitted)", "<!-- rest of file unchanged -->",
    "// ... existing code ...", "[...]", "- ...", "… remaining content …", "[unchanged]",
    "... keep the rest of the rules ...", "(rest of prompt remains the same)", "[... truncated ...]",
    "Rest of the prompt remains unchanged.", "...rest of the instructions...", "[Same as above]",
)  # fmt: skip


@kind(FIRST)
def added_line_leaves_out(rng: random.Random) -> Case:
    draft = draw(rng)
    n = rng.randrange(len(draft.pieces))
    rows = list(draft.pieces[n].rows)
    rows.insert(rng.randint(1, len(rows)), ("+", rng.choice(LEFT_OUT)))
    pieces = list(draft.pieces)
    pieces[n] = replace(pieces[n], rows=tuple(rows))
    return draft.case(write(replace(draft, pieces=pieces)), Truth.REFUSE)


@kind(FIRST)
def cut_at_any_point(rng: random.Random) -> Case:
    draft = draw(rng)
    text = write(draft)
    cut = text[: rng.randint(0, len(text) - 2)]
    whole = [write(replace(draft, pieces=draft.pieces[:n])) for n in range(1, len(draft.pieces))]
    if any(part.startswith(cut) and not part[len(cut) :].strip() for part in whole):
        return draft.case(
            cut,
            Truth.EITHER,
            intended=patched(
                replace(
                    draft,
                    pieces=draft.pieces[
                        : [
                            part.startswith(cut) and not part[len(cut) :].strip() for part in whole
                        ].index(True)
                        + 1
                    ],
                )
            ),
        )
    return draft.case(cut, Truth.EITHER)


@kind(FIRST)
def cut_at_a_line(rng: random.Random) -> Case:
    draft = draw(rng)
    lines = write(draft).split("\n")
    keep = rng.randint(1, len(lines) - 2)
    whole = [
        write(replace(draft, pieces=draft.pieces[:n])).strip("\n")
        for n in range(1, len(draft.pieces))
    ]
    cut = "\n".join(lines[:keep])
    if cut in whole:
        return draft.case(
            cut + "\n",
            Truth.EITHER,
            intended=patched(replace(draft, pieces=draft.pieces[: whole.index(cut) + 1])),
        )
    return draft.case(cut + "\n", Truth.EITHER)


@kind(FIRST)
def cut_in_open_fence(rng: random.Random) -> Case:
    draft = draw(rng)
    text = write(draft)
    lines = ("Here it is:\n\n" + fence(text)).split("\n")
    last = len(body(draft.pieces[-1]))
    return draft.case("\n".join(lines[: -2 - rng.randint(1, last)]) + "\n", Truth.EITHER)


# stale prompts and twins


@kind(FIRST)
def stale_twin(rng: random.Random) -> Case:
    block = ["## Steps", "", "- " + sentence(rng), "- " + sentence(rng), "- " + sentence(rng), ""]
    gap = [sentence(rng) for _ in range(rng.randint(3, 9))]
    before = [*gap, *block, *[sentence(rng) for _ in range(5)], *block, sentence(rng)]
    at = len(gap)
    edits: list[Op] = [(at + 3, at + 4, [new_line(rng, "- ")])]
    draft = Draft(rng, before, apply_edits(before, edits), make_pieces(before, edits))
    now = list(before)
    now[at + rng.choice([2, 4])] = new_line(rng, "- ")
    return draft.case(write(draft), Truth.REFUSE, prompt=text_of(now))


@kind(FIRST)
def twins_without_numbers(rng: random.Random) -> Case:
    draft = draw(rng, prompt=twins)
    return draft.case(
        write(draft, head=lambda p: "@@ @@"),
        Truth.APPLY if unique(draft) and not repeats(draft) else Truth.EITHER,
    )


@kind(FIRST)
def twins_with_numbers(rng: random.Random) -> Case:
    draft = draw(rng, prompt=twins)
    return draft.case(write(draft), decided(draft))


@kind(FIRST)
def twins_with_wrong_numbers(rng: random.Random) -> Case:
    draft = draw(rng, prompt=twins, least=2)
    by = rng.choice([-9, -2, -1, 1, 2, 9])
    anchored = any(places(draft.before, piece.old) == 1 for piece in draft.pieces)
    if not anchored:
        return draft.case(write(draft), decided(draft))
    return draft.case(write(draft, head=lambda p: header(shift(p, by))), Truth.EITHER)


@kind(FIRST)
def stale_elsewhere(rng: random.Random) -> Case:
    """The prompt has grown at its top since: the hunks still fit once."""
    draft = draw(rng)
    grown = [sentence(rng) + f" {n} new" for n in range(rng.randint(1, 12))]
    before, after = [*grown, *draft.before], [*grown, *draft.after]
    return draft.case(
        write(draft), decided(draft, False), prompt=text_of(before), intended=text_of(after)
    )


# escapes


on_text("escaped_newlines", lambda t, rng: t.replace("\n", "\\n"), prompt=plain)
on_text("escaped_json", lambda t, rng: json.dumps(t)[1:-1], prompt=foreign)
on_text(
    "escaped_json_in_fence",
    lambda t, rng: "```diff\n" + json.dumps(t)[1:-1] + "\n```\n",
    prompt=markdown,
)
on_text("escaped_twice", lambda t, rng: json.dumps(json.dumps(t)[1:-1])[1:-1], prompt=markdown)


# typography


def straight(text: str) -> str:
    return text.translate({0x2019: "'", 0x201C: '"', 0x201D: '"', 0xA0: " "})


def decomposed(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFD", text)


on_rows(
    "quotes_straight_in_context",
    lambda s, t, rng: s + (straight(t) if s != "+" else t),
    prompt=foreign,
)
on_rows(
    "decomposed_in_context",
    lambda s, t, rng: s + (decomposed(t) if s != "+" else t),
    prompt=foreign,
)


# other formats


@kind(FIRST)
def v4a_patch(rng: random.Random) -> Case:
    draft = draw(rng)
    lines = ["*** Begin Patch", "*** Update File: system_prompt.md"]
    for piece in draft.pieces:
        lines += ["@@", *body(piece)]
    return draft.case("\n".join([*lines, "*** End Patch"]) + "\n", decided(draft, False))


@kind(FIRST)
def search_replace_blocks(rng: random.Random) -> Case:
    draft = draw(rng)
    parts = [
        "\n".join(["<<<<<<< SEARCH", *p.old, "=======", *p.new, ">>>>>>> REPLACE"])
        for p in draft.pieces
    ]
    return draft.case("\n\n".join(parts) + "\n", decided(draft, False))


@kind(FIRST)
def normal_diff(rng: random.Random) -> Case:
    draft = draw(rng, context=0)
    piece = draft.pieces[0]
    lines = [
        f"{piece.at + 1}c{piece.new_at + 1}",
        *["< " + x for x in piece.old],
        "---",
        *["> " + x for x in piece.new],
    ]
    return draft.case("\n".join(lines) + "\n", Truth.REFUSE)


@kind(FIRST)
def merge_diff(rng: random.Random) -> Case:
    draft = draw(rng)
    rows = lambda piece: [sign * 2 + text for sign, text in piece.rows]  # noqa: E731
    return draft.case(
        write(draft, rows=rows, head=lambda p: f"@@@ -{p.at},3 -{p.at},3 +{p.at},3 @@@"),
        Truth.REFUSE,
    )


@kind(FIRST)
def two_files(rng: random.Random) -> Case:
    draft = draw(rng, least=2)
    one, *rest = draft.pieces
    text = write(replace(draft, pieces=[one])) + write(
        replace(draft, pieces=rest), files="--- a/other.md\n+++ b/other.md\n"
    )
    return draft.case(text, Truth.REFUSE)


@kind(FIRST)
def empty_prompt(rng: random.Random) -> Case:
    lines = plain(rng)
    diff = FILES + f"@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)
    return Case("", diff, text_of(lines), Truth.APPLY)


@kind(FIRST)
def no_diff_at_all(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(
        rng.choice(["", "\n", "No change is needed.", "null", "{}", *PROSE[:4]]), Truth.REFUSE
    )


@kind(FIRST)
def deletes_everything(rng: random.Random) -> Case:
    lines = plain(rng)
    diff = FILES + f"@@ -1,{len(lines)} +0,0 @@\n" + "".join(f"-{line}\n" for line in lines)
    return Case(text_of(lines), diff, "", Truth.APPLY)


# --- the second round: kinds that nobody had in mind when the engine was written ---------


def second(name: str, change: Callable[[str, random.Random], str], **options: object) -> None:
    by_number = bool(options.pop("by_number", True))
    on_text(name, change, table=SECOND, by_number=by_number, **options)


def judged(
    name: str,
    change: Callable[[Draft], str],
    truth: Truth,
    table: dict[str, Kind] = SECOND,
    **options: object,
) -> None:
    """Enter a kind whose truth does not depend on the draft."""

    def make(rng: random.Random) -> Case:
        draft = draw(rng, **options)
        return draft.case(change(draft), truth)

    table[name] = make


def bare_heads(text: str) -> str:
    return re.sub(r"(?m)^@@ -.*", "@@ @@", text)


def pluses(rng: random.Random) -> list[str]:
    return [
        ("+ " if rng.random() < 0.8 else "- ") + sentence(rng) for _ in range(rng.randint(8, 30))
    ]


def lose_blanks(text: str) -> str:
    return re.sub(r"(?m)^ (?=.)", "", text)


judged("plus_bullets_lost_blanks", lambda d: lose_blanks(write(d)), Truth.EITHER, prompt=pluses)
judged(
    "plus_bullets_lost_blanks_no_counts",
    lambda d: bare_heads(lose_blanks(write(d))),
    Truth.EITHER,
    prompt=pluses,
)
judged(
    "plus_bullets_lost_blank_at_edge",
    lambda d: re.sub(r"(?m)^ (.*)\n(?=@@|\Z)", r"\1\n", write(d)),
    Truth.EITHER,
    prompt=pluses,
)
judged(
    "bullet_taken_as_sign",
    lambda d: re.sub(r"(?m)^([-+])[-+*] ", r"\1 ", write(d)),
    Truth.EITHER,
    prompt=markdown,
)
judged(
    "bullet_taken_as_sign_no_context",
    lambda d: re.sub(r"(?m)^([-+])[-+*] ", r"\1 ", write(d)),
    Truth.EITHER,
    prompt=pluses,
    context=0,
)
judged(
    "plus_notes_without_counts",
    lambda d: bare_heads(write(d)) + "\n+ Added a rule\n+ Kept the tone\n",
    Truth.EITHER,
)
judged(
    "plus_notes_with_counts_zero",
    lambda d: (
        re.sub(r"(?m)^@@ -(\d+),\d+ \+(\d+),\d+ @@", r"@@ -\1,0 +\2,0 @@", write(d))
        + "\n+ Added a rule\n"
    ),
    Truth.EITHER,
)
judged(
    "prose_tight_without_counts",
    lambda d: bare_heads(write(d)) + "I hope this helps.\n",
    Truth.EITHER,
)
judged("reversed_signs", lambda d: write(d).translate({43: 45, 45: 43}), Truth.EITHER)
judged(
    "gutter_of_numbers",
    lambda d: "".join(f"{n:4} {line}\n" for n, line in enumerate(write(d).split("\n")[:-1], 1)),
    Truth.REFUSE,
)
judged("double_spaced", lambda d: write(d).replace("\n", "\n\n"), Truth.EITHER)
judged(
    "extra_blank_after_every_sign",
    lambda d: re.sub(r"(?m)^([-+ ])(?=[^-+])", r"\1 ", write(d)),
    Truth.EITHER,
    prompt=markdown,
)
judged("colours", lambda d: re.sub(r"(?m)^([-+].*)$", "\x1b[31m\\1\x1b[0m", write(d)), Truth.EITHER)
judged("carriage_returns_only", lambda d: write(d).replace("\n", "\r"), Truth.REFUSE)
judged("word_diff", lambda d: "@@ -1 +1 @@\n[-" + d.before[0] + "-]{+new words+}\n", Truth.REFUSE)
judged(
    "prose_inside_hunk",
    lambda d: re.sub(r"(?m)^(\+.+\n)(?=[ -])", r"\1(this is the new rule)\n", write(d)),
    Truth.EITHER,
)
judged("html_entities", lambda d: write(d).replace("e", "&#101;"), Truth.EITHER)
judged(
    "homoglyphs_in_context",
    lambda d: "".join(
        line.replace("e", "е") if line[:1] == " " else line
        for line in write(d).splitlines(keepends=True)
    ),
    Truth.EITHER,
)
judged("cut_header_at_end", lambda d: write(d) + "@@ -90,4", Truth.EITHER)
judged("empty_hunk_at_end", lambda d: write(d) + "@@ -90,4 +91,5 @@\n", Truth.EITHER)
judged("cut_after_sign", lambda d: write(d)[: write(d).rindex("\n", 0, -1) + 2], Truth.EITHER)
judged("json_object", lambda d: json.dumps({"diff": write(d)}), Truth.EITHER)
judged("json_string", lambda d: json.dumps(write(d)), Truth.EITHER)
judged(
    "files_told_in_reverse",
    lambda d: write(d).replace(FILES, "+++ b/system_prompt.md\n--- a/system_prompt.md\n"),
    Truth.EITHER,
)
judged(
    "all_files_named_otherwise",
    lambda d: write(d).replace("system_prompt", "agents/x/prompt"),
    Truth.EITHER,
)
judged("wrapped_long_lines", lambda d: re.sub(r"(?m)^(.{40}\S*) ", "\\1\n", write(d)), Truth.EITHER)
judged(
    "context_row_dropped_inside",
    lambda d: re.sub(r"(?m)^ .+\n(?=\n| .*\n[-+])", "", write(d), count=1),
    Truth.EITHER,
)

second("shell_session", lambda t, rng: "$ git diff --no-color\n" + t)
second(
    "heredoc",
    lambda t, rng: "cat > fix.patch <<'EOF'\n" + t + "EOF\n",
)
second("html_tag_patch", lambda t, rng: f"<patch>\n{t}</patch>\n\nDone.\n")
second(
    "outer_markdown_fence", lambda t, rng: "````markdown\nHere:\n\n```diff\n" + t + "```\n````\n"
)
second(
    "before_excerpt_first",
    lambda t, rng: (
        "Now it reads:\n\n```\nSome old words\nMore old words\n```\n\nThe patch:\n\n" + fence(t)
    ),
)
second(
    "summary_table_after", lambda t, rng: t + "\n| what | why |\n|---|---|\n| rule | refunds |\n"
)
second("heading_after", lambda t, rng: t + "\n## Why\n\nThe rule was vague.\n")
second("rule_after", lambda t, rng: t + "\n---\n\nLet me know.\n")
second("rule_before", lambda t, rng: "The patch.\n\n---\n\n" + t)
second("numbered_notes_after", lambda t, rng: t + "\n1. The first\n2. The second\n")
second(
    "only_git_header",
    lambda t, rng: t.replace(FILES, "diff --git a/system_prompt.md b/system_prompt.md\n"),
)
second(
    "files_before_every_hunk",
    lambda t, rng: t.replace("\n@@", "\n" + FILES + "@@").replace(FILES + FILES, FILES),
)
second("headers_glued_with_tabs", lambda t, rng: t.replace("@@ -", "@@\t-"))
second("header_trailing_blanks", lambda t, rng: re.sub(r"(?m)^(@@ .*)$", r"\1   ", t))
second("header_with_colon", lambda t, rng: re.sub(r"(?m)^(@@ -.*)$", r"\1:", t))
second("blank_lines_between_hunks", lambda t, rng: t.replace("\n@@", "\n\n\n@@"))
second("fence_crlf", lambda t, rng: fence(t).replace("\n", "\r\n"))
second("fence_with_title", lambda t, rng: fence(t, language='diff {title="x"}'))
second("fence_info_words", lambda t, rng: fence(t, language="diff filename=system_prompt.md"))
second(
    "dots_at_both_ends",
    lambda t, rng: re.sub(r"(?m)^(@@ .*)$", r"\1\n ...", t) + " ...\n",
    by_number=False,
)
second("escaped_crlf", lambda t, rng: t.replace("\n", "\\r\\n"), prompt=plain)
second("escaped_body_only", lambda t, rng: "Patch:\n" + t.replace("\n", "\\n") + "\n", prompt=plain)


def draft_kind(table: dict[str, Kind] = SECOND) -> Callable[[Kind], Kind]:
    return kind(table)


@kind(SECOND)
def sequential_numbers(rng: random.Random) -> Case:
    """Old numbers that already count what earlier hunks added."""
    draft = draw(rng, least=2)
    return draft.case(
        write(draft, head=lambda p: header(replace(p, at=p.new_at))), decided(draft, False)
    )


@kind(FIRST)
def fence_unclosed(rng: random.Random) -> Case:
    """A last line that is added may be the start of a longer one."""
    draft = draw(rng)
    text = fence(write(draft))[:-4]
    cut = text.rstrip("\n").rpartition("\n")[2].startswith("+")
    return draft.case(text, Truth.EITHER if cut else decided(draft))


@kind(SECOND)
def removed_and_added_look_like_files(rng: random.Random) -> Case:
    """Undecidable: `+++` may be a sign twice, where no line of the prompt begins with one."""
    lines = [("-- " if n % 3 == 0 else "") + f"{sentence(rng)} {n}" for n in range(30)]
    edits: list[Op] = [(3, 4, ["++ " + sentence(rng)]), (21, 22, [sentence(rng)])]
    context = rng.choice([0, 0, 3])
    pieces = make_pieces(lines, edits, context)
    draft = Draft(rng, lines, apply_edits(lines, edits), pieces)
    return draft.case(write(draft), Truth.EITHER)


@kind(SECOND)
def removed_and_added_look_like_files_no_counts(rng: random.Random) -> Case:
    lines = [("-- " if n % 3 == 0 else "") + f"{sentence(rng)} {n}" for n in range(30)]
    edits: list[Op] = [(3, 4, ["++ " + sentence(rng)]), (21, 22, [sentence(rng)])]
    pieces = make_pieces(lines, edits, rng.choice([0, 3]))
    draft = Draft(rng, lines, apply_edits(lines, edits), pieces)
    return draft.case(bare_heads(write(draft)), Truth.EITHER)


@kind(SECOND)
def added_lines_look_like_diff(rng: random.Random) -> Case:
    """Undecidable: a header may stand among the added lines."""
    draft = draw(rng)
    extra = [
        "@@ -1,2 +1,2 @@",
        "--- a/x",
        "++ b/x",
        "```",
        "\\ No newline at end of file",
        "diff --git a/x b/x",
    ]
    at = rng.randint(1, len(draft.before) - 1)
    edits: list[Op] = [(at, at, [*rng.sample(extra, 3), sentence(rng)])]
    draft = Draft(
        rng, draft.before, apply_edits(draft.before, edits), make_pieces(draft.before, edits)
    )
    text = write(draft)
    return draft.case(fence(text) if rng.random() < 0.3 else text, Truth.EITHER)


@kind(SECOND)
def identical_neighbours(rng: random.Random) -> Case:
    """One of several equal lines in a row goes, or another comes."""
    lines = plain(rng)
    at = rng.randrange(len(lines))
    lines[at:at] = ["Same line here."] * rng.randint(2, 9)
    edits: list[Op] = [(at, at + 1, [])] if rng.random() < 0.5 else [(at, at, ["Other line."])]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    return draft.case(write(draft), decided(draft))


@kind(SECOND)
def both_twins_with_numbers(rng: random.Random) -> Case:
    block = ["## Steps", "", *["- " + sentence(rng) for _ in range(8)], ""]
    lines = [sentence(rng), *block, *[sentence(rng) for _ in range(8)], *block, sentence(rng)]
    line = new_line(rng, "- ")
    second_at = lines.index("## Steps", 3)
    edits: list[Op] = [(5, 6, [line]), (second_at + 4, second_at + 5, [line])]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    return draft.case(write(draft), Truth.APPLY)


@kind(SECOND)
def both_twins_without_numbers(rng: random.Random) -> Case:
    case = both_twins_with_numbers(rng)
    return replace(case, diff=bare_heads(case.diff), truth=Truth.EITHER)


@kind(SECOND)
def stale_twin_and_grown(rng: random.Random) -> Case:
    """The twin that was meant has changed, and lines were added above it."""
    case = draw_case("stale_twin", FIRST["stale_twin"], rng.randint(0, 10**6))
    grown = [sentence(rng) for _ in range(rng.randint(1, 9))]
    return replace(case, prompt=text_of(grown) + case.prompt)


@kind(SECOND)
def stale_twin_and_a_line_more(rng: random.Random) -> Case:
    """The twin that was meant has got a line more inside."""
    block = ["## Steps", "", *["- " + sentence(rng) for _ in range(5)], ""]
    before = [sentence(rng), *block, *[sentence(rng) for _ in range(6)], *block, sentence(rng)]
    edits: list[Op] = [(4, 5, [new_line(rng, "- ")])]
    now = list(before)
    now.insert(rng.choice([3, 4, 5, 6]), new_line(rng, "- "))
    draft = Draft(rng, before, apply_edits(before, edits), make_pieces(before, edits))
    return draft.case(write(draft), Truth.REFUSE, prompt=text_of(now))


@kind(SECOND)
def stale_twin_gone(rng: random.Random) -> Case:
    """The twin that was meant is gone altogether: nothing tells, but the number."""
    case = draw_case("stale_twin", FIRST["stale_twin"], rng.randint(0, 10**6))
    return replace(case, truth=Truth.REFUSE)


@kind(SECOND)
def half_applied(rng: random.Random) -> Case:
    """The first hunk has been applied before."""
    draft = draw(rng, least=2)
    first = patched(replace(draft, pieces=draft.pieces[:1]))
    fits = all(places(first.split("\n")[:-1], piece.old) for piece in draft.pieces)
    return draft.case(write(draft), Truth.EITHER if fits else Truth.REFUSE, prompt=first)


@kind(SECOND)
def plus_before_minus(rng: random.Random) -> Case:
    draft = draw(rng)

    def rows(piece: Piece) -> list[str]:
        lines: list[str] = []
        run: list[str] = []
        for line in [*body(piece), " "]:
            if line[0] == " ":
                lines += sorted(run, key=lambda x: x[0] != "+")
                lines.append(line)
                run = []
            else:
                run.append(line)
        return lines[:-1]

    return draft.case(write(draft, rows=rows), decided(draft))


@kind(SECOND)
def noise_of_same_lines(rng: random.Random) -> Case:
    """Kept lines are told as removed and added again, with their trailing blanks lost."""
    draft = draw(rng)
    tail = {line: line + "  " for line in draft.before}
    added = {text for p in draft.pieces for sign, text in p.rows if sign == "+"}
    if added & set(draft.before):
        return draft.case(write(draft), decided(draft))
    before = [tail[line] for line in draft.before]
    after = [line if line in added else tail[line] for line in draft.after]
    rows = lambda piece: ["-" + x for x in piece.old] + ["+" + x for x in piece.new]  # noqa: E731
    truth = Truth.APPLY if unique(draft) else Truth.EITHER
    truth = Truth.EITHER if repeats(draft) else truth
    return draft.case(
        write(draft, rows=rows), truth, prompt=text_of(before), intended=text_of(after)
    )


@kind(SECOND)
def whole_rewritten(rng: random.Random) -> Case:
    draft = draw(rng)
    rows = ["-" + x for x in draft.before] + ["+" + x for x in draft.after]
    head = f"@@ -1,{len(draft.before)} +1,{len(draft.after)} @@"
    return draft.case(
        FILES + "\n".join([head, *rows]) + "\n", Truth.EITHER if repeats(draft) else Truth.APPLY
    )


@kind(SECOND)
def first_context_on_header(rng: random.Random) -> Case:
    draft = draw(rng)
    text = re.sub(r"(?m)^(@@ .*)\n (.*)$", r"\1 \2", write(draft))
    return draft.case(text, Truth.EITHER)


@kind(SECOND)
def prompt_has_dots(rng: random.Random) -> Case:
    lines = markdown(rng)
    for _ in range(4):
        lines.insert(rng.randint(1, len(lines)), rng.choice(["...", "…", "[...]"]))
    edits = draw_edits(rng, lines)
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    if draft.before == draft.after:
        return prompt_has_dots(rng)
    return draft.case(write(draft), decided(draft))


@kind(SECOND)
def added_line_has_dots(rng: random.Random) -> Case:
    draft = draw(rng)
    legit = [
        "- Wait for an answer... then ask again.",
        "Say: thinking... done",
        "Use `[...]` for gaps in quotes.",
        "- If the list goes on (a, b, ...), stop after ten.",
        "The same rules hold for chat.",
    ]
    at = rng.randrange(len(draft.before))
    edits: list[Op] = [(at, at, [rng.choice(legit)])]
    draft = Draft(
        rng, draft.before, apply_edits(draft.before, edits), make_pieces(draft.before, edits)
    )
    return draft.case(write(draft), decided(draft))


@kind(SECOND)
def dots_skip_a_twin(rng: random.Random) -> Case:
    """Dots stand for lines between two changes, one of which fits twice."""
    block = ["- " + sentence(rng), "- " + sentence(rng)]
    lines = [sentence(rng), *block, sentence(rng), *block, sentence(rng)]
    diff = FILES + f"@@ @@\n {lines[0]}\n+{sentence(rng)}\n ...\n {block[0]}\n-{block[1]}\n"
    return Case(text_of(lines), diff, "", Truth.REFUSE)


@kind(SECOND)
def mixed_endings_exact(rng: random.Random) -> Case:
    draft = draw(rng)
    ends = {
        line: line + rng.choice(["", "\r"]) for line in dict.fromkeys([*draft.before, *draft.after])
    }
    pieces = [replace(p, rows=tuple((s, ends[t]) for s, t in p.rows)) for p in draft.pieces]
    before, after = [ends[x] for x in draft.before], [ends[x] for x in draft.after]
    draft = replace(draft, before=before, after=after, pieces=pieces)
    uniform = len({line[-1:] == "\r" for line in before}) == 1
    if not uniform:
        return draft.case(write(draft), decided(draft))
    eol = "\r\n" if before[0].endswith("\r") else "\n"
    meant = text_of([line.rstrip("\r") for line in after], eol=eol)
    return draft.case(write(draft), Truth.EITHER, intended=meant)


@kind(SECOND)
def single_line_prompt(rng: random.Random) -> Case:
    line, new = sentence(rng), sentence(rng) + " new"
    newline = rng.random() < 0.5
    diff = FILES + f"@@ -1 +1 @@\n-{line}\n+{new}\n"
    return Case(text_of([line], newline), diff, text_of([new], newline), Truth.APPLY)


@kind(SECOND)
def insertion_at_the_top(rng: random.Random) -> Case:
    lines = [sentence(rng) + f" {n}" for n in range(12)]
    edits: list[Op] = [(0, 0, [sentence(rng) + " new"])]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    return draft.case(write(draft), Truth.APPLY)


@kind(SECOND)
def deletion_at_the_end(rng: random.Random) -> Case:
    lines = [sentence(rng) + f" {n}" for n in range(12)]
    edits: list[Op] = [(len(lines) - rng.randint(1, 4), len(lines), [])]
    newline = rng.random() < 0.5
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits), newline)
    return draft.case(write(draft), Truth.APPLY)


@kind(SECOND)
def blank_lines_only(rng: random.Random) -> Case:
    lines = [""] * rng.randint(1, 9)
    diff = FILES + f"@@ -1,{len(lines)} +1,{len(lines) + 1} @@\n" + " \n" * len(lines) + "+New.\n"
    return Case(text_of(lines), diff, "", Truth.REFUSE)


@kind(SECOND)
def many_hunks(rng: random.Random) -> Case:
    lines = [sentence(rng) + f" {n}" for n in range(400)]
    edits: list[Op] = [(n, n + 1, [new_line(rng)]) for n in range(4, 396, 9)]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    return draft.case(bare_heads(write(draft)), Truth.APPLY)


@kind(SECOND)
def touching_hunks(rng: random.Random) -> Case:
    lines = [sentence(rng) + f" {n}" for n in range(20)]
    at = rng.randint(2, 15)
    edits: list[Op] = [(at, at + 1, [new_line(rng)]), (at + 1, at + 2, [new_line(rng)])]
    pieces = [make_pieces(lines, [op], 2)[0] for op in edits]
    draft = Draft(rng, lines, apply_edits(lines, edits), pieces)
    return draft.case(write(draft), Truth.APPLY)


@kind(SECOND)
def second_hunk_quotes_the_result(rng: random.Random) -> Case:
    """A hunk that quotes what an earlier one has made: all must speak of the prompt as given."""
    lines = [sentence(rng) + f" {n}" for n in range(20)]
    edits: list[Op] = [(5, 6, ["Made by the first hunk."])]
    middle = apply_edits(lines, edits)
    more: list[Op] = [(8, 9, [new_line(rng)])]
    draft = Draft(
        rng, lines, apply_edits(middle, more), make_pieces(lines, edits) + make_pieces(middle, more)
    )
    return draft.case(write(draft), Truth.EITHER)


@kind(SECOND)
def two_insertions_at_one_place(rng: random.Random) -> Case:
    lines = [sentence(rng) + f" {n}" for n in range(20)]
    pieces = [make_pieces(lines, [(9, 9, [new_line(rng)])])[0] for _ in range(2)]
    draft = Draft(rng, lines, lines, pieces)
    return draft.case(write(draft), Truth.REFUSE)


@kind(SECOND)
def bom_in_prompt(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(
        write(draft),
        Truth.EITHER,
        prompt="\ufeff" + draft.prompt,
        intended="\ufeff" + draft.intended,
    )


@kind(SECOND)
def quote_style_twins(rng: random.Random) -> Case:
    """Two lines differ in their quotation marks only; nothing says which is meant."""
    lines = plain(rng) + ['Say "hello" first.', *plain(rng), "Say “hello” first.", sentence(rng)]
    diff = FILES + '@@ @@\n-Say "hello" first.\n+Say nothing first.\n'
    return Case(text_of(lines), diff, "", Truth.REFUSE)


for _role, _sign in (("context", " "), ("removed", "-")):
    misquoted(
        f"{_role}_ligature", _sign, lambda t, rng: t.replace("fi", "ﬁ").replace("fr", "fʀ"), SECOND
    )
    misquoted(f"{_role}_full_width_digit", _sign, lambda t, rng: re.sub(r"\d", "３", t), SECOND)
    misquoted(f"{_role}_dash", _sign, lambda t, rng: t.replace("-", "–"), SECOND)
    misquoted(
        f"{_role}_zero_width",
        _sign,
        lambda t, rng: t.replace(" ", " \u200b", 1) if t.strip() else t,
        SECOND,
    )
    misquoted(
        f"{_role}_leading_cut",
        _sign,
        lambda t, rng: t[1:] if len(t) > 1 and t[0] not in " \t" else t,
        SECOND,
    )
    misquoted(f"{_role}_end_cut", _sign, lambda t, rng: t[:-1] if len(t) > 1 else t, SECOND)
    misquoted(f"{_role}_blanked", _sign, lambda t, rng: "" if t.strip() else t, SECOND)
    misquoted(
        f"{_role}_dots_for_the_rest",
        _sign,
        lambda t, rng: t[: len(t) // 2] + "..." if t.strip() else t,
        SECOND,
    )
    misquoted(
        f"{_role}_synonym_start",
        _sign,
        lambda t, rng: re.sub(r"\w+", "Certainly", t, count=1),
        SECOND,
    )
    misquoted(f"{_role}_bullet_changed", _sign, lambda t, rng: re.sub(r"^[-*+] ", "• ", t), SECOND)
    misquoted(f"{_role}_bold", _sign, lambda t, rng: f"**{t}**" if t.strip() else t, SECOND)


# --- the third round: two defects at once, and an adversary's ----------------------------

TEXT_DEFECTS: dict[str, Callable[[str, random.Random], str]] = {
    "bare_heads": lambda t, rng: bare_heads(t),
    "zero_counts": lambda t, rng: re.sub(
        r"(?m)^@@ -(\d+),\d+ \+(\d+),\d+ @@", r"@@ -\1,0 +\2,0 @@", t
    ),
    "big_counts": lambda t, rng: re.sub(
        r"(?m)^@@ -(\d+),(\d+) \+(\d+),(\d+) @@", r"@@ -\1,1\2 +\3,1\4 @@", t
    ),
    "small_counts": lambda t, rng: re.sub(
        r"(?m)^@@ -(\d+),\d+ \+(\d+),\d+ @@", r"@@ -\1,2 +\2,2 @@", t
    ),
    "no_files": lambda t, rng: t.replace(FILES, ""),
    "fence": lambda t, rng: fence(t),
    "fence_open": lambda t, rng: "```diff\n" + t,
    "fence_closed_only": lambda t, rng: t + "```\n",
    "prose_before": lambda t, rng: rng.choice(PROSE) + "\n\n" + t,
    "prose_after": lambda t, rng: t + "\n" + rng.choice(PROSE) + "\n",
    "prose_after_tight": lambda t, rng: t + rng.choice(PROSE) + "\n",
    "plus_notes": lambda t, rng: t + "\n+ One\n+ Two\n",
    "crlf": lambda t, rng: t.replace("\n", "\r\n"),
    "stripped_ends": strip_ends,
    "lost_blanks": lambda t, rng: lose_blanks(t),
    "lost_blanks_some": lambda t, rng: re.sub(r"(?m)^ (?=.)", lambda m: rng.choice(["", " "]), t),
    "stripped": lambda t, rng: t.strip(),
    "escaped": lambda t, rng: t.replace("\n", "\\n"),
    "indented": lambda t, rng: "".join("  " + line + "\n" for line in t.split("\n")[:-1]),
    "quoted": lambda t, rng: "".join("> " + line + "\n" for line in t.split("\n")[:-1]),
    "doubled_text": lambda t, rng: t + "\n" + t,
    "numbers_shifted": lambda t, rng: re.sub(
        r"(?m)^@@ -(\d+)", lambda m: f"@@ -{int(m[1]) + 3}", t
    ),
    "no_heads": lambda t, rng: re.sub(r"(?m)^@@ .*\n", "", t),
    "v4a": lambda t, rng: (
        "*** Begin Patch\n*** Update File: x.md\n"
        + bare_heads(t).replace(FILES, "")
        + "*** End Patch\n"
    ),
    "marker": lambda t, rng: t,
}


def cut_text(text: str, rng: random.Random) -> str:
    return text[: rng.randint(0, len(text) - 1)]


def compose(first: str, other: str) -> Kind:
    def make(rng: random.Random) -> Case:
        draft = draw(rng)
        text = TEXT_DEFECTS[other](TEXT_DEFECTS[first](write(draft), rng), rng)
        return draft.case(text, Truth.EITHER)

    return make


_PAIRS = random.Random(7)
for _ in range(30):
    _one, _two = _PAIRS.sample(sorted(TEXT_DEFECTS), 2)
    THIRD[f"both_{_one}_and_{_two}"] = compose(_one, _two)


def misquoted_and(defect: str, outer: bool) -> Kind:
    """Reword one quoted line, the outermost one if asked, and add another defect."""

    def make(rng: random.Random) -> Case:
        while True:
            draft = draw(rng)
            spots = [
                (n, m)
                for n, p in enumerate(draft.pieces)
                for m, (s, t) in enumerate(p.rows)
                if s != "+"
                and t.strip()
                and reworded(random.Random(1), t) != t
                and (not outer or m in {0, len(p.rows) - 1})
            ]
            if spots:
                break
        n, m = rng.choice(spots)
        rows = list(draft.pieces[n].rows)
        rows[m] = (rows[m][0], reworded(rng, rows[m][1]) + " x")
        pieces = list(draft.pieces)
        pieces[n] = replace(pieces[n], rows=tuple(rows))
        text = TEXT_DEFECTS[defect](write(replace(draft, pieces=pieces)), rng)
        return draft.case(text, Truth.REFUSE)

    return make


for _defect in sorted(set(TEXT_DEFECTS) - {"plus_notes"}):
    THIRD[f"misquoted_and_{_defect}"] = misquoted_and(_defect, outer=False)
    THIRD[f"misquoted_outside_and_{_defect}"] = misquoted_and(_defect, outer=True)


def cut_and(defect: str, cut_first: bool) -> Kind:
    """Cut an answer at any point; between two hunks nobody can tell."""

    def make(rng: random.Random) -> Case:
        draft = draw(rng)
        change = TEXT_DEFECTS[defect]
        at = rng.random()
        text = write(draft)
        if cut_first:
            return draft.case(change(text[: int(at * len(text))], rng), Truth.EITHER)
        whole = change(text, rng)
        diff = whole[: int(at * len(whole))]
        for number in range(1, len(draft.pieces)):
            part = replace(draft, pieces=draft.pieces[:number])
            if diff.rstrip("> \r\n`") == change(write(part), rng).rstrip("> \r\n`"):
                return draft.case(diff, Truth.EITHER, intended=patched(part))
        return draft.case(diff, Truth.EITHER)

    return make


for _defect in (
    "fence",
    "fence_open",
    "prose_before",
    "crlf",
    "lost_blanks",
    "escaped",
    "quoted",
    "no_files",
    "stripped_ends",
):
    THIRD[f"cut_after_{_defect}"] = cut_and(_defect, cut_first=False)


@kind(THIRD)
def stale_twin_and_grown_far(rng: random.Random) -> Case:
    case = draw_case("stale_twin", FIRST["stale_twin"], rng.randint(0, 10**6))
    grown = [sentence(rng) for _ in range(rng.randint(20, 60))]
    return replace(case, prompt=text_of(grown) + case.prompt)


@kind(THIRD)
def stale_twin_below(rng: random.Random) -> Case:
    """The twin that was meant stands below the other one and has changed."""
    block = ["## Steps", "", *["- " + sentence(rng) for _ in range(4)], ""]
    before = [
        sentence(rng),
        *block,
        *[sentence(rng) for _ in range(rng.randint(4, 20))],
        *block,
        sentence(rng),
    ]
    at = before.index("## Steps", 3)
    edits: list[Op] = [(at + 3, at + 4, [])]
    draft = Draft(rng, before, apply_edits(before, edits), make_pieces(before, edits))
    now = list(before)
    now[at + rng.choice([2, 4])] = new_line(rng, "- ")
    if rng.random() < 0.5:
        now[0:0] = [sentence(rng) for _ in range(rng.randint(1, 5))]
    return draft.case(write(draft), Truth.REFUSE, prompt=text_of(now))


@kind(THIRD)
def two_options(rng: random.Random) -> Case:
    """Two alternative patches of the same lines."""
    lines = [sentence(rng) + f" {n}" for n in range(20)]
    options = [make_pieces(lines, [(9, 10, [new_line(rng)])]) for _ in range(2)]
    draft = Draft(rng, lines, lines, [])
    text = "\n".join("Option:\n\n" + fence(write(replace(draft, pieces=o))) for o in options)
    return draft.case(text, Truth.REFUSE)


@kind(THIRD)
def new_prompt_shown_below(rng: random.Random) -> Case:
    """The whole new prompt follows in a fence of its own."""
    draft = draw(rng, prompt=plain)
    text = fence(write(draft)) + "\nThe new prompt:\n\n```\n" + draft.intended + "```\n"
    return draft.case(text, decided(draft))


@kind(THIRD)
def bare_fences_in_fence(rng: random.Random) -> Case:
    """Kept fences of the prompt lost their blank, inside of a fence."""
    draft = draw(rng, prompt=fenced)
    return draft.case(fence(re.sub(r"(?m)^ (?=```)", "", write(draft))), Truth.EITHER)


@kind(THIRD)
def bare_fences_without_counts(rng: random.Random) -> Case:
    draft = draw(rng, prompt=fenced)
    return draft.case(fence(bare_heads(re.sub(r"(?m)^ (?=```)", "", write(draft)))), Truth.EITHER)


@kind(THIRD)
def prose_with_a_blank_before(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(write(draft) + "\n Note that I kept the tone.\n", Truth.EITHER)


@kind(THIRD)
def marker_in_the_middle(rng: random.Random) -> Case:
    draft = draw(rng)
    mark = "\\ No newline at end of file\n"
    text = re.sub(r"(?m)^(\+.*\n)", rf"\1{re.escape(mark)}", write(draft), count=1).replace(
        "\\ ", "\\ "
    )
    ends = draft.pieces[-1].at + len(draft.pieces[-1].old) == len(draft.before)
    return draft.case(text, Truth.EITHER if ends else decided(draft))


@kind(THIRD)
def header_sides_swapped(rng: random.Random) -> Case:
    draft = draw(rng)
    swapped = lambda p: f"@@ +{span(p.new_at, len(p.new))} -{span(p.at, len(p.old))} @@"  # noqa: E731
    return draft.case(write(draft, head=swapped), decided(draft, False))


@kind(THIRD)
def header_huge(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(
        write(draft, head=lambda p: "@@ -99999999999,3 +99999999999,3 @@"), Truth.EITHER
    )


@kind(THIRD)
def lines_moved(rng: random.Random) -> Case:
    lines = [sentence(rng) + f" {n}" for n in range(40)]
    edits: list[Op] = [(5, 8, []), (25, 25, lines[5:8])]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    head = rng.choice([header, lambda p: "@@ @@"])
    return draft.case(write(draft, head=head), Truth.APPLY)


def odd(rng: random.Random) -> list[str]:
    strange = [
        "+",
        "-",
        "\\ stay",
        "@@",
        "@@ here @@",
        "diff --git a/x b/x",
        "*** End Patch",
        "<<<<<<< SEARCH",
        "=======",
        ">>>>>>> REPLACE",
        "--- a/x",
        "+++ b/x",
        "```",
        "~~~",
        "...",
        "-- ",
        "index 12ab..34cd",
    ]
    return [rng.choice(strange) if rng.random() < 0.4 else sentence(rng) for _ in range(40)]


on_text("odd_prompt", lambda t, rng: t, table=THIRD, prompt=odd)
on_text("odd_prompt_in_fence", lambda t, rng: fence(t), table=THIRD, prompt=odd)
on_text("odd_prompt_with_prose", before_and_after, table=THIRD, prompt=odd)
judged(
    "odd_prompt_without_numbers", lambda d: bare_heads(write(d)), Truth.EITHER, THIRD, prompt=odd
)
judged("odd_prompt_lost_blanks", lambda d: lose_blanks(write(d)), Truth.EITHER, THIRD, prompt=odd)
judged(
    "odd_prompt_no_counts_lost_blanks",
    lambda d: bare_heads(lose_blanks(write(d))),
    Truth.EITHER,
    THIRD,
    prompt=odd,
)


def blocks(draft: Draft, gap: str = "\n") -> str:
    parts = [
        "\n".join(["<<<<<<< SEARCH", *p.old, "=======", *p.new, ">>>>>>> REPLACE"])
        for p in draft.pieces
    ]
    return gap.join(part + "\n" for part in parts)


judged("blocks_odd_prompt", blocks, Truth.EITHER, THIRD, prompt=odd)
judged(
    "blocks_cut", lambda d: blocks(d)[: d.rng.randint(0, len(blocks(d)) - 1)], Truth.EITHER, THIRD
)
judged("blocks_crlf", lambda d: blocks(d).replace("\n", "\r\n"), Truth.EITHER, THIRD)
judged(
    "blocks_in_fences",
    lambda d: "".join(
        "system_prompt.md\n" + fence(part + "\n", language="")
        for part in blocks(d, gap="\0").split("\0")
    ),
    Truth.EITHER,
    THIRD,
)
judged(
    "blocks_misquoted",
    lambda d: blocks(d).replace("<<<<<<< SEARCH\n", "<<<<<<< SEARCH\nInvented first line.\n"),
    Truth.REFUSE,
    THIRD,
)
judged(
    "blocks_empty_search",
    lambda d: "<<<<<<< SEARCH\n=======\nnew line\n>>>>>>> REPLACE\n",
    Truth.REFUSE,
    THIRD,
)


@kind(THIRD)
def backslashes_in_lines(rng: random.Random) -> Case:
    r"""Lines hold `\n`, `\t` and `\d` as text; the newlines are real."""
    draft = draw(rng)
    tail = {
        line: line + rng.choice(["", r" \n", r" \d+\t", r" \"x\"", " \\\\"])
        for line in dict.fromkeys([*draft.before, *draft.after])
    }
    pieces = [replace(p, rows=tuple((s, tail[t]) for s, t in p.rows)) for p in draft.pieces]
    draft = replace(
        draft,
        before=[tail[x] for x in draft.before],
        after=[tail[x] for x in draft.after],
        pieces=pieces,
    )
    text = write(draft)
    how = rng.random()
    if how < 0.5:
        return draft.case(text, decided(draft))
    return draft.case(
        json.dumps(text)[1:-1] if how < 0.75 else text.replace("\n", "\\n"), Truth.EITHER
    )


@kind(THIRD)
def added_blank_lost_its_sign(rng: random.Random) -> Case:
    lines = markdown(rng)
    at = rng.randint(1, len(lines) - 1)
    edits: list[Op] = [(at, at, ["", "## New", "", sentence(rng)])]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    return draft.case(re.sub(r"(?m)^\+$", "", write(draft)), Truth.EITHER)


@kind(THIRD)
def added_blanks_lost_their_signs_without_counts(rng: random.Random) -> Case:
    lines = markdown(rng)
    at = rng.randint(1, len(lines) - 1)
    edits: list[Op] = [(at, at, ["## New", "", sentence(rng), ""])]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    return draft.case(bare_heads(re.sub(r"(?m)^\+$", "", write(draft))), Truth.EITHER)


@kind(THIRD)
def all_signs_lost_on_added(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(re.sub(r"(?m)^\+(?!\+\+ )", "", write(draft)), Truth.EITHER)


@kind(THIRD)
def one_sign_lost_on_added(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(re.sub(r"(?m)^\+(?!\+\+ )(?=.)", "", write(draft), count=1), Truth.EITHER)


@kind(THIRD)
def one_sign_lost_on_removed(rng: random.Random) -> Case:
    draft = draw(rng)
    rows = lambda p: [t if s == "-" and t and t[0] not in "+-@ " else s + t for s, t in p.rows]  # noqa: E731
    return draft.case(write(draft, rows=rows), Truth.EITHER)


@kind(THIRD)
def last_added_lost_its_sign_without_counts(rng: random.Random) -> Case:
    lines = [sentence(rng) + f" {n}" for n in range(9)]
    new = [new_line(rng), new_line(rng)]
    edits: list[Op] = [(9, 9, new)]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    text = bare_heads(write(draft))
    return draft.case(text.replace("\n+" + new[1], "\n" + new[1]), Truth.EITHER)


@kind(THIRD)
def cut_and_fence_closed(rng: random.Random) -> Case:
    """A repair closed the fence of an answer that was cut inside an added line."""
    draft = draw(rng)
    text = write(draft)
    return draft.case(
        fence(text[: rng.randint(len(text) // 2, len(text) - 1)] + "\n"), Truth.EITHER
    )


@kind(THIRD)
def hunk_header_in_section_words(rng: random.Random) -> Case:
    draft = draw(rng)
    return draft.case(write(draft, head=lambda p: header(p) + " @@ -1,2 +1,2 @@"), decided(draft))


@kind(THIRD)
def trailing_blanks_added_verbatim(rng: random.Random) -> Case:
    lines = [sentence(rng) + f" {n}" for n in range(20)]
    edits: list[Op] = [(9, 10, [new_line(rng) + "  ", "\t" + new_line(rng), new_line(rng) + "\t"])]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    return draft.case(write(draft), Truth.APPLY)


# --- the fourth round: after all mending, once more kinds that had not been thought of -----

FOURTH: dict[str, Kind] = {}


def fourth(
    name: str, change: Callable[[Draft], str], truth: Truth = Truth.EITHER, **options: object
) -> None:
    judged(name, change, truth, FOURTH, **options)


def text4(name: str, change: Callable[[str, random.Random], str], **options: object) -> None:
    on_text(name, change, table=FOURTH, by_number=True, **options)


fourth("last_row_dropped", lambda d: "\n".join(write(d).split("\n")[:-2]) + "\n")
fourth("first_row_dropped", lambda d: re.sub(r"(?m)^(@@ .*\n)[- ].*\n", r"\1", write(d), count=1))
fourth(
    "plus_dropped_at_edge_in_fence", lambda d: fence(re.sub(r"\n\+.*\n(?=@@|\Z)", "\n", write(d)))
)
fourth("plus_for_context", lambda d: re.sub(r"(?m)^ (?=\S)", "+", write(d), count=1))
fourth("removed_rows_swapped", lambda d: write(d, rows=lambda p: body(p)[::-1]), least=1)
fourth(
    "context_joined_by_space", lambda d: re.sub(r"(?m)^( .+)\n (?=\S)", r"\1 ", write(d), count=1)
)
fourth("tabs_as_signs", lambda d: re.sub(r"(?m)^ ", "\t", write(d)))
fourth("nbsp_as_sign", lambda d: re.sub(r"(?m)^ ", "\u00a0", write(d)))
fourth("unicode_minus_as_sign", lambda d: re.sub(r"(?m)^-(?!-- )", "\u2212", write(d)))
fourth("full_width_plus_as_sign", lambda d: re.sub(r"(?m)^\+(?!\+\+ )", "\uff0b", write(d)))
fourth("gt_lt_as_signs", lambda d: write(d).replace("\n-", "\n<").replace("\n+", "\n>"))
fourth("notes_then_more_hunks", lambda d: write(d).replace("\n@@", "\n\n+ Next one\n\n@@", 2))
fourth(
    "notes_in_the_middle_without_counts",
    lambda d: bare_heads(write(d)).replace("\n@@", "\n\n+ Next one\n\n@@", 2),
)
fourth(
    "cut_and_thanks",
    lambda d: write(d)[: len(write(d)) * 2 // 3] + "\n\nLet me know if you need the rest.\n",
)
fourth(
    "cut_and_added_dots",
    lambda d: write(d)[: len(write(d)) * 2 // 3].rsplit("\n", 1)[0] + "\n+...\n",
    Truth.REFUSE,
)
fourth(
    "added_trails_off",
    lambda d: (
        re.sub(r"(?m)^(\+(?!\+\+ ).+)$", r"\1\n+(etc.)", write(d), count=1)
        if re.search(r"(?m)^\+(?!\+\+ ).+$", write(d))
        else ""
    ),
    Truth.REFUSE,
)
fourth(
    "diff_of_a_diff",
    lambda d: "@@ -1,3 +1,3 @@\n" + "".join("+" + x + "\n" for x in write(d).splitlines()),
    Truth.REFUSE,
)
fourth(
    "hunk_told_reversed_too",
    lambda d: write(d) + write(d).translate({43: 45, 45: 43}),
    Truth.EITHER,
)

text4("windows_prose", lambda t, rng: "Here:\r\n\r\n" + t)
text4("two_blank_fences", lambda t, rng: "```\n\n```\n\n" + fence(t))
text4("language_on_next_line", lambda t, rng: "```\ndiff\n" + t + "```\n")
text4("trailing_spaces_on_fences", lambda t, rng: "```diff   \n" + t + "```   \n")
text4(
    "details_tag", lambda t, rng: f"<details>\n<summary>Patch</summary>\n\n{fence(t)}\n</details>\n"
)
text4("bold_title", lambda t, rng: f"**system_prompt.md**\n{t}")
text4("git_apply_heredoc", lambda t, rng: f"git apply <<'PATCH'\n{t}PATCH\n")
text4("code_span_lines", lambda t, rng: f"`diff`\n\n{t}")
text4("thinking_tags", lambda t, rng: f"<thinking>\nI should be careful.\n</thinking>\n{t}")
text4(
    "commit_message",
    lambda t, rng: (
        "From 1234567 Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\nSubject: [PATCH] x\n\nWhy.\n---\n system_prompt.md | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n"
        + t
    ),
)


@kind(FOURTH)
def prompt_of_equal_lines(rng: random.Random) -> Case:
    lines = ["same"] * rng.randint(3, 12)
    at = rng.randrange(len(lines))
    edits: list[Op] = [(at, at + 1, ["other"])]
    draft = Draft(rng, lines, apply_edits(lines, edits), make_pieces(lines, edits))
    return draft.case(write(draft), Truth.EITHER)


@kind(FOURTH)
def stale_by_one_deleted_line(rng: random.Random) -> Case:
    """A line inside of what a hunk quotes is gone since."""
    draft = draw(rng)
    piece = rng.choice(draft.pieces)
    inner = list(range(piece.at + 1, piece.at + len(piece.old) - 1))
    inner = [at for at in inner if draft.before[at].strip()]
    if not inner:
        return draft.case(write(draft), decided(draft))
    now = list(draft.before)
    del now[rng.choice(inner)]
    fits = all(places(now, p.old) for p in draft.pieces)
    return draft.case(write(draft), Truth.EITHER if fits else Truth.REFUSE, prompt=text_of(now))


@kind(FOURTH)
def stale_by_one_new_line(rng: random.Random) -> Case:
    draft = draw(rng)
    piece = rng.choice(draft.pieces)
    if len(piece.old) < 3:
        return draft.case(write(draft), decided(draft))
    now = list(draft.before)
    now.insert(piece.at + rng.randint(1, len(piece.old) - 1), "A line that came since.")
    fits = all(places(now, p.old) for p in draft.pieces)
    return draft.case(write(draft), Truth.EITHER if fits else Truth.REFUSE, prompt=text_of(now))


@kind(FOURTH)
def cut_and_dots(rng: random.Random) -> Case:
    """The answer stops in the middle and says so by dots; between hunks nobody can tell."""
    draft = draw(rng)
    text = write(draft)
    cut = text[: len(text) * 2 // 3].rsplit("\n", 1)[0] + "\n"
    for number in range(1, len(draft.pieces)):
        part = replace(draft, pieces=draft.pieces[:number])
        if cut == write(part):
            return draft.case(cut + "...\n", Truth.EITHER, intended=patched(part))
    return draft.case(cut + "...\n", Truth.EITHER)
