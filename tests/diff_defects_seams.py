"""Further defects: split messages, headers broken over lines, marks at odd places, diff-like prompts."""

# ruff: noqa: E501

import json
import random
from dataclasses import replace
from functools import partial

from tests.diff_defects import Truth
from tests.diff_defects_base import (
    Draft,
    Hunk,
    Hunkwise,
    Textwise,
    draw_draft,
    registrar,
    sentence,
)
from tests.diff_defects_numbers import body, each, some
from tests.diff_defects_texts import Made, body_only, enter_form

HUNKS: dict[str, Hunkwise] = {}
TEXTS: dict[str, Textwise] = {}
hk, tk, form = registrar(HUNKS), registrar(TEXTS), partial(enter_form, TEXTS)
APPLY, EITHER, REFUSE = Truth.APPLY, Truth.EITHER, Truth.REFUSE


@hk
def header_over_two_lines(r: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, header=h.top().replace(" +", "\n+")), EITHER)


@hk
def header_in_two_headers(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h, header=f"@@ -{h.old},{len(h.before)} @@\n@@ +{h.new},{len(h.after)} @@"
        ),
        EITHER,
    )


@hk
def header_twice(r: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, header=h.top() + "\n" + h.top()), EITHER)


@hk
def header_with_file(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h, header=f"@@ prompt.md -{h.old},{len(h.before)} +{h.new},{len(h.after)} @@"
        ),
        EITHER,
    )


@hk
def header_old_part_only(r: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, header=f"@@ -{h.old},{len(h.before)} @@"), EITHER)


@hk
def header_new_part_only(r: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, header=f"@@ +{h.new},{len(h.after)} @@"), EITHER)


@hk
def header_trailing_tab(r: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, header=h.top() + r.choice(["\t", "   ", " \t "])), APPLY)


@hk
def header_parts_turned(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(h, header=f"@@ +{h.new},{len(h.after)} -{h.old},{len(h.before)} @@"),
        EITHER,
    )


@hk
def blank_line_after_header(r: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, header=h.top() + "\n"), EITHER)


@hk
def blank_lines_round_changes(r: random.Random, d: Draft) -> Draft | None:
    def space(h: Hunk) -> Hunk | None:
        out: list[tuple[str, str]] = []
        last = " "
        for m, t in h.body:
            if (m == " ") != (last == " "):
                out.append(("", ""))
            out.append((m, t))
            last = m
        return replace(h, header=h.top(), body=tuple(out))

    return each(d, space, EITHER)


@hk
def comments_inside(r: random.Random, d: Draft) -> Draft | None:
    def put(h: Hunk) -> Hunk | None:
        at = r.randrange(len(h.body) + 1)
        note = r.choice(
            [
                "# this line was unclear",
                "// changed below",
                "(see above)",
                "<!-- new -->",
                "Note: stricter.",
                "** changed **",
            ]
        )
        return replace(h, header=h.top(), body=(*h.body[:at], ("", note), *h.body[at:]))

    return some(r, d, put, EITHER)


@hk
def header_in_the_middle(r: random.Random, d: Draft) -> Draft | None:
    def cut(h: Hunk) -> Hunk | None:
        if len(h.body) < 5:
            return None
        at = r.randrange(2, len(h.body) - 1)
        return replace(
            h,
            header=h.top(),
            body=(
                *h.body[:at],
                ("", r.choice(["@@ ... @@", "@@", "@@ -1,3 +1,3 @@"])),
                *h.body[at:],
            ),
        )

    return some(r, d, cut, EITHER)


@hk
def fence_breaks_the_hunk(r: random.Random, d: Draft) -> Draft | None:
    """A message ended in the middle of a hunk, and goes on in a second fence."""
    if any("`" in t for h in d.hunks for _, t in h.body):
        return None
    h = d.hunks[-1]
    if len(h.body) < 4:
        return None
    at = r.randrange(1, len(h.body))
    seam = r.choice(
        [
            "```\n\n```diff",
            "```\n(continued)\n```diff",
            "[continued in the next message]",
            "```\n```",
            "--- continued ---",
            "...",
        ]
    )
    new = replace(h, header=h.top(), body=(*h.body[:at], ("", seam), *h.body[at:]))
    return replace(
        d, hunks=(*d.hunks[:-1], new), top=("```diff", *d.top), bottom=("```",), truth=EITHER
    )


@hk
def tab_after_every_mark(r: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: body(h, [(m, "\t" + t) for m, t in h.body]), EITHER)


@hk
def tab_instead_of_context_blank(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h, header=h.top(), body=tuple(("\t" if m == " " else m, t) for m, t in h.body)
        ),
        EITHER,
    )


@hk
def two_blanks_as_context_mark(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h, header=h.top(), body=tuple(("  " if m == " " and t else m, t) for m, t in h.body)
        ),
        EITHER,
    )


@hk
def marks_at_line_ends(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h,
            header=h.top(),
            body=tuple(("", t + ("" if m == " " else " " + m)) for m, t in h.body),
        ),
        EITHER,
    )


@hk
def change_on_one_line(r: random.Random, d: Draft) -> Draft | None:
    """`-old+new` or `-old -> new`."""

    def glue(h: Hunk) -> Hunk | None:
        for i in range(len(h.body) - 1):
            if h.body[i][0] == "-" and h.body[i + 1][0] == "+":
                sep = r.choice(["+", " -> ", " => ", "  +", " → "])
                return replace(
                    h,
                    header=h.top(),
                    body=(
                        *h.body[:i],
                        ("-", h.body[i][1] + sep + h.body[i + 1][1]),
                        *h.body[i + 2 :],
                    ),
                )
        return None

    return some(r, d, glue, EITHER)


@hk
def added_line_shown_again_as_context(r: random.Random, d: Draft) -> Draft | None:
    def show(h: Hunk) -> Hunk | None:
        at = [i for i, (m, t) in enumerate(h.body) if m == "+" and t.strip()]
        if not at:
            return None
        i = r.choice(at)
        return replace(
            h, header=h.top(), body=(*h.body[: i + 1], (" ", h.body[i][1]), *h.body[i + 1 :])
        )

    return some(r, d, show, EITHER)


@hk
def context_reversed(r: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: body(h, list(h.body[::-1])), EITHER)


@hk
def second_hunk_removes_what_the_first_adds(r: random.Random, d: Draft) -> Draft | None:
    h = d.hunks[0]
    at = next((i for i, (m, t) in enumerate(h.body) if m == "+" and t.strip()), None)
    if at is None or h.body[at][1] in d.lines:
        return None
    two = Hunk(h.new + at, h.new + at, (("-", h.body[at][1]), ("+", "Other text.")), None, h.old)
    return replace(d, hunks=(h, two), truth=REFUSE)


@hk
def same_line_changed_in_two_hunks(r: random.Random, d: Draft) -> Draft | None:
    h = d.hunks[0]
    at = next((i for i, (m, t) in enumerate(h.body) if m == "-" and t.strip()), None)
    if at is None:
        return None
    two = Hunk(
        h.old, h.new, (("-", h.body[at][1]), ("+", "Another wording altogether.")), "@@ @@", h.old
    )
    return replace(d, hunks=(*d.hunks, two), truth=REFUSE)


@hk
def two_insertions_at_one_place(r: random.Random, d: Draft) -> Draft | None:
    at = r.randrange(1, len(d.lines))
    if not d.lines[at - 1].strip() or d.lines.count(d.lines[at - 1]) != 1:
        return None
    a, b = "First new rule.", "Second new rule."
    one = Hunk(at, at, ((" ", d.lines[at - 1]), ("+", a)), "@@ @@", at)
    two = Hunk(at, at + 1, ((" ", d.lines[at - 1]), ("+", b)), "@@ @@", at)
    return replace(d, hunks=(one, two), meant=(*d.lines[:at], a, b, *d.lines[at:]), truth=EITHER)


@hk
def insertion_at_the_top(r: random.Random, d: Draft) -> Draft | None:
    new = ("You are careful.", "")
    return replace(
        d,
        hunks=(
            Hunk(
                0,
                1,
                (*(("+", t) for t in new), *((" ", t) for t in d.lines[:3])),
                "@@ -0,0 +1,2 @@",
                1,
            ),
        ),
        meant=new + d.lines,
        truth=EITHER,
    )


@hk
def insertion_at_the_end(r: random.Random, d: Draft) -> Draft | None:
    new = ("Never forget this.",)
    n = len(d.lines)
    if not d.final or not any(t.strip() for t in d.lines[-3:]):
        return None
    return replace(
        d,
        hunks=(
            Hunk(
                max(1, n - 2),
                max(1, n - 2),
                (*((" ", t) for t in d.lines[-3:]), ("+", new[0])),
                None,
                max(1, n - 2),
            ),
        ),
        meant=d.lines + new,
        truth=APPLY,
    )


@hk
def later_hunks_in_new_numbers(r: random.Random, d: Draft) -> Draft | None:
    return (
        replace(d, hunks=tuple(replace(h, old=h.new) for h in d.hunks))
        if len(d.hunks) > 1 and any(h.old != h.new for h in d.hunks)
        else None
    )


@hk
def numbers_of_another_prompt(r: random.Random, d: Draft) -> Draft | None:
    by = r.choice([100, 1000, 77])
    return each(d, lambda h: replace(h, old=h.old + by, new=h.new + by), EITHER)


@hk
def twin_prompt_new_numbers(r: random.Random, d: Draft) -> Draft | None:
    """Two like blocks; the first hunk adds lines, the second one's number is that of the patched text."""
    block = ["## Step", sentence(r), sentence(r), ""]
    n = r.randint(3, 6)
    lines = ("Top line alone.", "", *(block * n))
    grow = len(block)
    new = [f"Added {i} {r.randint(10, 99)}" for i in range(grow)]
    one = Hunk(1, 1, ((" ", lines[0]), *(("+", t) for t in new), (" ", "")), None, 1)
    k = r.randrange(n - 1)
    at = 2 + k * grow
    two = Hunk(
        at + 1 + grow,
        at + 1 + grow,
        ((" ", block[0]), (" ", block[1]), ("-", block[2]), ("+", "Changed step."), (" ", "")),
        None,
        at + 1,
    )
    meant = (lines[0], *new, *lines[1 : at + 2], "Changed step.", *lines[at + 3 :])
    return replace(d, lines=lines, hunks=(one, two), meant=meant, truth=EITHER)


@hk
def prompt_holding_a_diff(r: random.Random, d: Draft) -> Draft | None:
    """The prompt shows a diff as an example, and the change is in it or beside it."""
    other = draw_draft(r)
    shown = tuple(other.written()[: r.randint(6, 40)])
    lines = ("# Write diffs", "", "```diff", *shown, "```", "", "Be exact.")
    at = r.randrange(3, len(lines) - 1)
    new = (
        r.choice(
            [
                "+a new line",
                "-an old line",
                " kept",
                "@@ -9,1 +9,1 @@",
                "--- a/x",
                "+++ b/x",
                "```",
                "plain",
            ]
        )
        + f" {r.randint(10, 99)}"
    )
    meant = (*lines[:at], new, *lines[at + 1 :])
    if lines[at] == new:
        return None
    first = max(0, at - 3)
    hunk = Hunk(
        first + 1,
        first + 1,
        (
            *((" ", t) for t in lines[first:at]),
            ("-", lines[at]),
            ("+", new),
            *((" ", t) for t in lines[at + 1 : at + 4]),
        ),
        None,
        first + 1,
    )
    return replace(d, lines=lines, meant=meant, hunks=(hunk,), truth=EITHER)


@hk
def lines_with_one_leading_blank(r: random.Random, d: Draft) -> Draft | None:
    """The prompt has lines with and without one leading blank; the quote lost its mark."""
    base = [sentence(r, 5) + f" {i}" for i in range(4)]
    lines = (*(" " + t for t in base), "---", *base, "end")
    pick = r.choice([0, 5])
    old = lines[pick + 2]
    meant = (*lines[: pick + 2], "New text here.", *lines[pick + 3 :])
    quote = [("", lines[pick + 1]), ("-", old), ("+", "New text here."), ("", lines[pick + 3])]
    return replace(
        d,
        lines=lines,
        meant=meant,
        hunks=(
            Hunk(pick + 2, pick + 2, tuple(quote), f"@@ -{pick + 2},3 +{pick + 2},3 @@", pick + 2),
        ),
        truth=EITHER,
    )


@hk
def blank_lines_of_blanks(r: random.Random, d: Draft) -> Draft | None:
    """The prompt's blank lines hold blanks that the diff does not."""
    if not any(not t for h in d.hunks for m, t in h.body if m == " "):
        return None
    pad = r.choice(["  ", "\t", "    "])
    quoted = {t for h in d.hunks for m, t in h.body if m == "+"}
    if "" in quoted or any(m == "-" and not t for h in d.hunks for m, t in h.body):
        return None
    lines, meant = (tuple(t or pad for t in texts) for texts in (d.lines, d.meant))
    return replace(d, lines=lines, meant=meant)


@hk
def list_items_at_another_depth(r: random.Random, d: Draft) -> Draft | None:
    """The prompt has an item at two depths, and the quote has it at the other one."""
    item = "- " + sentence(r, 6)
    lines = ("# A", "- head one", "  " + item, "- head two", item, "tail")
    deep = r.random() < 0.5
    hunk = Hunk(
        2 if deep else 4,
        2 if deep else 4,
        (
            (" ", "- head one" if deep else "- head two"),
            ("-", item if deep else "  " + item),
            ("+", "- changed"),
        ),
        None,
        2,
    )
    return replace(d, lines=lines, meant=lines, hunks=(hunk,), truth=REFUSE)


form("closing_tag_on_last_added_line", EITHER, lambda r, t: "<diff>\n" + t[:-1] + "</diff>\n")
form(
    "yaml_block",
    EITHER,
    lambda r, t: "diff: |\n" + "".join("  " + s + "\n" for s in t.split("\n")[:-1]),
)
form(
    "yaml_block_then_key",
    EITHER,
    lambda r, t: (
        "diff: |\n" + "".join("  " + s + "\n" for s in t.split("\n")[:-1]) + "rationale: stricter\n"
    ),
)
form(
    "bullet_with_fence",
    EITHER,
    lambda r, t: (
        "- change:\n  ```diff\n"
        + "".join("  " + s + "\n" for s in t.split("\n")[:-1])
        + "  ```\n- done\n"
    ),
)
form("left_to_right_marks", EITHER, body_only(lambda r, s: "\u200e" + s))
form("line_separators_between", EITHER, lambda r, t: t.replace("\n", "\u2028"))
form("dollar_ends", EITHER, body_only(lambda r, s: s + "$"))
form("caret_m_ends", EITHER, body_only(lambda r, s: s + "^M"))
form("return_signs", EITHER, body_only(lambda r, s: s + "⏎"))
form("visible_blanks", EITHER, body_only(lambda r, s: s[:1] + s[1:].replace(" ", "·")), seen=True)
form(
    "literal_newline_on_added",
    EITHER,
    body_only(lambda r, s: s + "\\n" if s.startswith("+") else s),
)
form(
    "double_quoted_lines",
    EITHER,
    body_only(lambda r, s: s[:1] + '"' + s[1:] + '"' if s[1:] else s),
    seen=True,
)
form(
    "context_quoted_by_angle", EITHER, body_only(lambda r, s: "> " + s if s.startswith(" ") else s)
)
form(
    "index_lines_between",
    APPLY,
    lambda r, t: t.replace("--- a/", "index 1a2b3c4..5d6e7f8 100644\n--- a/", 1),
)
form("binary_note", EITHER, lambda r, t: "Binary files a/x.png and b/x.png differ\n" + t)
form(
    "fence_spaces_after_info",
    APPLY,
    lambda r, t: f"```diff   \n{t}```   \n" if "```" not in t else t,
)
form("markdown_language", EITHER, lambda r, t: f"```markdown\n{t}```\n" if "```" not in t else t)
form(
    "details_element",
    EITHER,
    lambda r, t: (
        f"<details><summary>Diff</summary>\n\n```diff\n{t}```\n\n</details>\n"
        if "```" not in t
        else t
    ),
)
form("shell_prompt", EITHER, lambda r, t: f"$ git diff\n{t}$ \n")
form(
    "git_log",
    EITHER,
    lambda r, t: (
        f"commit 1234567890abcdef\nAuthor: A <a@b>\nDate:   today\n\n    Better prompt\n\n{t}"
    ),
)
form("ends_with_rationale", EITHER, lambda r, t: f'{t}",\n"rationale": "It is stricter.",\n')
form("ends_with_json_tail", EITHER, lambda r, t: f'{t}"}}, "rationale": "- none"}}]}}\n')
form("role_lines", EITHER, lambda r, t: f"assistant: {t}user: thanks\n")
form("answer_prefix", EITHER, lambda r, t: f"Answer: {t}")
form("lines_in_list", EITHER, lambda r, t: json.dumps(t.split("\n"), ensure_ascii=False, indent=1))
form(
    "json_hunks",
    EITHER,
    lambda r, t: json.dumps({"file": "prompt.md", "hunks": t.split("\n@@")}, ensure_ascii=False),
)
form(
    "json_with_note",
    EITHER,
    lambda r, t: json.dumps({"diff": t, "note": "- stricter\n+ rule"}, ensure_ascii=False),
)
form("json_pairs", EITHER, lambda r, t: json.dumps([{"find": "a", "replace": t}]))
form("json_indented_twice", EITHER, lambda r, t: json.dumps({"patch": json.dumps({"diff": t})}))
form("trailing_backslashes", EITHER, body_only(lambda r, s: s + " \\"), seen=True)


def _last_line(text: str) -> str:
    """Return the last line of a text; a blank one twice is no defect."""
    line = text[:-1].rsplit("\n", 1)[1]
    return line + "\n" if line[1:].strip() else ""


form("last_line_doubled", EITHER, lambda r, t: t + _last_line(t))
form("loop_at_the_end", EITHER, lambda r, t: t + _last_line(t) * 30)
form(
    "thanks_after",
    EITHER,
    lambda r, t: t + "\nLet me know if + or - should change.\n\n1. more\n2. less\n",
)
form(
    "numbered_explanations",
    EITHER,
    lambda r, t: t + "\n1. **Removed** x\n   - because\n2. **Added** y\n   + because\n",
)


@tk
def before_after_fences(r: random.Random, d: Draft, text: str) -> Made:
    if "```" in text:
        return None
    h = d.hunks[0]
    n = "\n"
    return f"Before:\n```\n{n.join(h.before)}\n```\nAfter:\n```\n{n.join(h.after)}\n```\n", EITHER


@tk
def html_ins_del(r: random.Random, d: Draft, text: str) -> Made:
    return "".join(
        {" ": t, "-": f"<del>{t}</del>", "+": f"<ins>{t}</ins>"}.get(m, m + t) + "\n"
        for h in d.hunks
        for m, t in h.body
    ), EITHER


@tk
def two_files_ours_second(r: random.Random, d: Draft, text: str) -> Made:
    return "\n".join(draw_draft(r).written()).replace("prompt.md", "other.md") + "\n" + text, EITHER


@tk
def quoted_old_prompt_first(r: random.Random, d: Draft, text: str) -> Made:
    return "Current prompt:\n\n" + "\n".join(d.lines) + "\n\nDiff:\n\n" + text, EITHER


@tk
def patch_of_the_patch(r: random.Random, d: Draft, text: str) -> Made:
    """Every line has a second mark: the diff of the diff's file."""
    return "--- a/x.diff\n+++ b/x.diff\n@@ -1,9 +1,9 @@\n" + "".join(
        r.choice(" +-") + s + "\n" for s in text.split("\n")[:-1]
    ), REFUSE
