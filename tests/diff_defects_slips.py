"""More defects: small slips, documents' markup round a diff, prompts made of marks."""

import json
import random
import re
from base64 import b64encode
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from tests.diff_defects import Truth
from tests.diff_defects_base import Draft, Hunk, Hunkwise, Textwise, registrar, sentence
from tests.diff_defects_numbers import body, counted, each
from tests.diff_defects_texts import Made, body_only, enter_form

HUNKS: dict[str, Hunkwise] = {}
TEXTS: dict[str, Textwise] = {}
hk, tk, form = registrar(HUNKS), registrar(TEXTS), partial(enter_form, TEXTS)
APPLY, EITHER, REFUSE = Truth.APPLY, Truth.EITHER, Truth.REFUSE


@hk
def header_numbers_words(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(
            h, header=f"@@ -{h.old},{len(h.before)} lines +{h.new},{len(h.after)} lines @@"
        ),
        EITHER,
    )


@hk
def header_with_percent(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: replace(h, header=f"@@@@ -{h.old},{len(h.before)} +{h.new},{len(h.after)} @@@@"),
        EITHER,
    )


@hk
def header_glued_to_section(r: random.Random, d: Draft) -> Draft | None:
    return each(d, lambda h: replace(h, header=h.top() + "## Rules"), EITHER)


@hk
def header_context_after_and_in_body(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: (
            replace(h, header=h.top() + " " + h.body[0][1])
            if h.body[0][0] == " " and h.body[0][1].strip()
            else None
        ),
    )


@hk
def counts_off_by_the_whole_prompt(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d, lambda h: replace(h, header=f"@@ -1,{len(d.lines)} +1,{len(d.meant)} @@"), EITHER
    )


@hk
def all_hunks_number_of_first(r: random.Random, d: Draft) -> Draft | None:
    a = d.hunks[0]
    return (
        replace(
            d,
            hunks=tuple(
                replace(h, header=f"@@ -{a.old},{len(h.before)} +{a.old},{len(h.after)} @@")
                for h in d.hunks
            ),
            truth=EITHER,
        )
        if len(d.hunks) > 1
        else None
    )


@hk
def kept_line_also_removed_elsewhere(r: random.Random, d: Draft) -> Draft | None:
    """One kept line is removed, and put back at the end of the hunk: a move."""

    def f(h: Hunk) -> Hunk | None:
        if h.body[-1][0] != " " or h.body[0][0] != " " or not h.body[0][1].strip():
            return None
        return body(h, [("-", h.body[0][1]), *h.body[1:], ("+", h.body[0][1])])

    at = r.randrange(len(d.hunks))
    n = f(d.hunks[at])
    if n is None or len(d.hunks) != 1:
        return None
    h = d.hunks[at]
    a = h.old - 1
    k = len(h.before)
    meant = (*d.lines[:a], *n.after, *d.lines[a + k :])
    return replace(d, hunks=(n,), meant=meant)


@hk
def trailing_context_from_the_new_text(r: random.Random, d: Draft) -> Draft | None:
    """The context below the change is already changed by the next hunk."""
    if len(d.hunks) < 2:
        return None
    a, b = d.hunks[:2]
    new = [t for m, t in b.body if m == "+" and t.strip()]
    if not new:
        return None
    return replace(
        d,
        hunks=(counted(a, [*a.body, (" ", new[0])]), *d.hunks[1:]),
        truth=REFUSE if new[0] not in d.lines else EITHER,
    )


@hk
def only_added_lines_shown(r: random.Random, d: Draft) -> Draft | None:
    """The removed lines are lost under the old counts."""
    if not any(m == "-" and t.strip() for m, t in d.hunks[0].body):
        return None
    return replace(
        d,
        hunks=tuple(counted(h, [x for x in h.body if x[0] != "-"]) for h in d.hunks),
        truth=EITHER,
    )


@hk
def one_added_line_lost(r: random.Random, d: Draft) -> Draft | None:
    def f(h: Hunk) -> Hunk | None:
        at = [i for i, (m, t) in enumerate(h.body) if m == "+" and t.strip()]
        if len(at) < 2 or h.body[-1][0] != "+":
            return None
        return counted(h, list(h.body[:-1]))

    h = d.hunks[-1]
    n = f(h)
    return (
        None
        if n is None
        else replace(d, hunks=(*d.hunks[:-1], n), top=("```diff", *d.top), truth=EITHER)
    )


@hk
def numbers_in_front_of_removed_only(r: random.Random, d: Draft) -> Draft | None:
    return each(
        d,
        lambda h: body(h, [(m, f"{r.randint(1, 9)}. " + t if m == "-" else t) for m, t in h.body]),
        EITHER,
    )


@hk
def plus_minus_pair_mark(r: random.Random, d: Draft) -> Draft | None:
    return (
        each(
            d,
            lambda h: replace(
                h,
                header=h.top(),
                body=tuple(({"-": "-+", "+": "+-"}.get(m, m), t) for m, t in h.body),
            ),
            EITHER,
        )
        if all(any(m == "-" for m, _ in h.body) for h in d.hunks)
        else None
    )


@hk
def prompt_of_equal_lines(r: random.Random, d: Draft) -> Draft | None:
    n = r.randint(4, 30)
    line = sentence(r)
    lines = (line,) * n
    at = r.randrange(1, n - 1)
    h = Hunk(
        at,
        at,
        (
            (" ", line),
            ("-", line),
            ("+", "Other."),
        ),
        r.choice([None, "@@ @@"]),
        at,
    )
    return replace(d, lines=lines, meant=(*lines[:at], "Other.", *lines[at + 1 :]), hunks=(h,))


@hk
def prompt_of_dots(r: random.Random, d: Draft) -> Draft | None:
    lines = ("Start here now", "...", "Middle part is", "...", "End part is", "")
    meant = ("Start here now", "...", "Middle part changed", "...", "End part is", "")
    return replace(
        d,
        lines=lines,
        meant=meant,
        hunks=(
            Hunk(
                2,
                2,
                ((" ", "..."), ("-", "Middle part is"), ("+", "Middle part changed"), (" ", "...")),
                r.choice([None, "@@ @@"]),
                2,
            ),
        ),
        truth=EITHER,
        final=True,
    )


@hk
def prompt_of_marks(r: random.Random, d: Draft) -> Draft | None:
    base = [r.choice("+-@\\ ") + r.choice("+- @") + sentence(r, 4) + str(i) for i in range(12)]
    at = r.randrange(3, 9)
    new = r.choice("+-@\\ ") + sentence(r, 4)
    lines = tuple(base)
    meant = (*lines[:at], new, *lines[at + 1 :])
    h = Hunk(
        at - 1,
        at - 1,
        (
            *((" ", t) for t in lines[at - 2 : at]),
            ("-", lines[at]),
            ("+", new),
            *((" ", t) for t in lines[at + 1 : at + 3]),
        ),
        None,
        at - 1,
    )
    return replace(d, lines=lines, meant=meant, hunks=(h,), truth=EITHER)


@hk
def prompt_of_fences(r: random.Random, d: Draft) -> Draft | None:
    lines = (
        "Say:",
        "```",
        "one",
        "```",
        "then",
        "```json",
        "{}",
        "```",
        "end of it",
        "~~~",
        "x",
        "~~~",
    )
    at = r.choice([2, 4, 6, 8, 10])
    meant = (*lines[:at], "changed now", *lines[at + 1 :])
    lo = max(0, at - 2)
    h = Hunk(
        lo + 1,
        lo + 1,
        (
            *((" ", t) for t in lines[lo:at]),
            ("-", lines[at]),
            ("+", "changed now"),
            *((" ", t) for t in lines[at + 1 : at + 3]),
        ),
        None,
        lo + 1,
    )
    lost = r.random() < 0.5
    if lost:
        h = replace(h, header=h.top(), body=tuple(("" if m == " " else m, t) for m, t in h.body))
    wrap = r.random() < 0.7
    return replace(
        d,
        lines=lines,
        meant=meant,
        hunks=(h,),
        top=("```diff", *d.top) if wrap else d.top,
        bottom=("```",) if wrap else (),
        truth=EITHER,
    )


@hk
def added_blank_line_lost_plus(r: random.Random, d: Draft) -> Draft | None:
    """A blank line among added ones has no plus."""
    h = d.hunks[0]
    at = next(
        (
            i
            for i in range(1, len(h.body))
            if h.body[i - 1][0] == h.body[i][0] == "+"
            and h.body[i - 1][1].strip()
            and h.body[i][1].strip()
        ),
        None,
    )
    if at is None:
        return None
    i = next((k for k, t in enumerate(d.meant) if t == h.body[at][1]), None)
    if i is None or d.meant.count(h.body[at][1]) != 1:
        return None
    full = body(h, [*h.body[:at], ("+", ""), *h.body[at:]])
    return replace(
        d,
        meant=(*d.meant[:i], "", *d.meant[i:]),
        hunks=(
            replace(full, header=full.top(), body=(*h.body[:at], ("", ""), *h.body[at:])),
            *d.hunks[1:],
        ),
        truth=EITHER,
    )


form("paragraph_tags", EITHER, body_only(lambda r, s: f"<p>{s}</p>"))
form(
    "li_tags",
    EITHER,
    lambda r, t: "<ul>\n" + "".join(f"<li>{s}</li>\n" for s in t.split("\n")) + "</ul>",
)
form("code_tag_glued", EITHER, lambda r, t: f"<pre><code>{t}</code></pre>\n")
form("code_tag_glued_tight", EITHER, lambda r, t: f"<pre><code>{t[:-1]}</code></pre>\n")
form("xml_attr_tag_tight", EITHER, lambda r, t: f'<edit file="prompt.md">\n{t[:-1]}</edit>\n')
form("mismatched_tag_tight", EITHER, lambda r, t: f"{t[:-1]}</antml>\n")
form("latex_block", EITHER, lambda r, t: "\\begin{verbatim}\n" + t + "\\end{verbatim}\n")
form("org_block", EITHER, lambda r, t: "#+begin_src diff\n" + t + "#+end_src\n")
form(
    "rst_block",
    EITHER,
    lambda r, t: ".. code-block:: diff\n\n" + "".join("   " + s + "\n" for s in t.split("\n")[:-1]),
)
form("heading_between", EITHER, lambda r, t: t.replace("\n@@", "\n## Hunk\n@@"))
form("fence_with_four_inside_three", EITHER, lambda r, t: "```\n````diff\n" + t + "````\n```\n")
form("tail_quote", EITHER, lambda r, t: t[:-1] + '"\n')
form("tail_json", EITHER, lambda r, t: t[:-1] + '"}\n')
form("tail_ticks_single", EITHER, lambda r, t: t[:-1] + "`\n")
form("tail_stop_token_line", EITHER, lambda r, t: t[:-1] + "<|endoftext|>\n")
form(
    "stars_round_removed",
    EITHER,
    body_only(lambda r, s: "-~~" + s[1:] + "~~" if s.startswith("-") else s),
)
form("spaces_doubled_all", EITHER, lambda r, t: t.replace(" ", "  "))
form("first_char_lost", EITHER, body_only(lambda r, s: s[1:]))
form(
    "sentence_case_context",
    EITHER,
    body_only(lambda r, s: s[:1] + s[1:].capitalize() if s.startswith(" ") else s),
    seen=True,
)
form("comma_list_marks", EITHER, body_only(lambda r, s: f"('{s[:1]}', '{s[1:]}'),"))
form(
    "dict_rows",
    EITHER,
    body_only(lambda r, s: json.dumps({"op": s[:1], "text": s[1:]}, ensure_ascii=False)),
)
form(
    "no_break_before_hunk",
    EITHER,
    lambda r, t: t.replace("+++ b/prompt.md\n@@", "+++ b/prompt.md @@"),
)
form("hunks_on_one_line", EITHER, lambda r, t: t.replace("\n", " "))
form("form_feeds_between", EITHER, lambda r, t: t.replace("\n@@", "\n\x0c\n@@"))
form("vertical_tabs", EITHER, lambda r, t: t.replace("\n", "\x0b\n"))
form(
    "escaped_mixed_levels",
    EITHER,
    lambda r, t: "".join(s + r.choice(["\\n", "\\\\n", "\n"]) for s in t.split("\n")[:-1]),
)
form(
    "json_without_quotes_escaped_tab",
    EITHER,
    lambda r, t: json.dumps(t)[1:-1].replace("\\n", "\\n\\t"),
)
form("url_encoded", EITHER, lambda r, t: quote(t))
form("base64", EITHER, lambda r, t: b64encode(t.encode()).decode())
form(
    "rot_context",
    EITHER,
    body_only(lambda r, s: s[:1] + s[:0:-1] if s.startswith(" ") else s),
    seen=True,
)
form(
    "old_and_new_header_only_names",
    EITHER,
    lambda r, t: t.replace("--- a/prompt.md\n+++ b/prompt.md", "old: prompt.md\nnew: prompt.md"),
)
form(
    "star_headers",
    EITHER,
    lambda r, t: t.replace("--- a/", "*** a/", 1).replace("+++ b/", "--- b/", 1),
)
form(
    "review_comment_after_each_hunk",
    EITHER,
    lambda r, t: re.sub(r"\n@@", r"\n> Reviewer: fine.\n@@", t) + "> Reviewer: fine.\n",
)


@tk
def second_option_inline(r: random.Random, d: Draft, text: str) -> Made:
    other = body_only(lambda q, s: s + " Maybe." if s.startswith("+") and s[1:].strip() else s)(
        r, text
    )
    return None if other == text else (text + "\nAlternatively:\n" + other, REFUSE)


@tk
def truncated_and_resumed_with_overlap(r: random.Random, d: Draft, text: str) -> Made:
    """Cut in a line, and told again from some lines above."""
    rows = text[:-1].split("\n")
    if len(rows) < 9:
        return None
    at = r.randrange(6, len(rows))
    back = r.randrange(1, 4)
    return "\n".join(rows[:at]) + "\n" + rows[at][: max(1, len(rows[at]) // 2)] + "\n" + "\n".join(
        rows[at - back :]
    ) + "\n", EITHER
