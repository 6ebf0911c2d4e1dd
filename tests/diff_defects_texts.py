"""Defects in the text that carries a diff: wrappers, prose, escapes, other formats, cuts."""

# ruff: noqa: E501, PLC3002, RUF001

import json
import random
import textwrap
import unicodedata
from collections.abc import Callable
from functools import partial

from tests.diff_defects import Truth
from tests.diff_defects_base import Draft, Hunk, Textwise, draw_draft, fits, plain, registrar

KINDS: dict[str, Textwise] = {}
Made = tuple[str, Truth] | None
kind = registrar(KINDS)
APPLY, EITHER, REFUSE = Truth.APPLY, Truth.EITHER, Truth.REFUSE


def form_of(
    name: str, truth: Truth, how: Callable[[random.Random, str], str], *, seen: bool = False
) -> Textwise:
    """Make a kind of a change of the text.

    `seen`: the defect must show in what the hunks quote, else the added lines are content.
    """

    def make(rng: random.Random, d: Draft, text: str) -> Made:
        if seen and not all(
            shows(rng, h, how) for h in d.hunks if any(m == "+" for m, _ in h.body)
        ):
            return None
        new = how(rng, text)
        return None if new == text else (new, truth)

    make.__name__ = name
    return make


def enter_form(
    kinds: dict[str, Textwise],
    name: str,
    truth: Truth,
    how: Callable[[random.Random, str], str],
    *,
    seen: bool = False,
) -> None:
    """Enter a change of the text as a kind."""
    kinds[name] = form_of(name, truth, how, seen=seen)


form = partial(enter_form, KINDS)


def shows(rng: random.Random, hunk: Hunk, how: Callable[[random.Random, str], str]) -> bool:
    """Tell whether a change of the text changes what a hunk quotes."""
    quote = "".join("@@\n " + one + "\n" for one in hunk.before)
    return how(rng, quote).replace("@@\n", "") != quote.replace("@@\n", "")


def lines(how: Callable[[random.Random, str], str]) -> Callable[[random.Random, str], str]:
    return lambda rng, text: "".join(how(rng, one) + "\n" for one in text[:-1].split("\n"))


def body_only(how: Callable[[random.Random, str], str]) -> Callable[[random.Random, str], str]:
    def run(rng: random.Random, text: str) -> str:
        out, inside = [], False
        for one in text[:-1].split("\n"):
            if one.startswith("@@"):
                inside = True
                out.append(one)
            else:
                out.append(how(rng, one) if inside else one)
        return "\n".join(out) + "\n"

    return run


def fenced_inside(text: str) -> bool:
    return "```" in text or "~~~" in text


# wrappers


@kind
def fence_with_info(rng: random.Random, d: Draft, text: str) -> Made:
    info = rng.choice(
        [
            "diff",
            'diff title="prompt.md"',
            "patch",
            "udiff",
            "diff {1,3}",
            "",
            "text",
            "DIFF",
            "diff-markdown",
            "{.diff}",
            "unified-diff",
        ]
    )
    if fenced_inside(text):
        return f"````{info}\n{text}````\n", EITHER
    return f"```{info}\n{text}```\n", APPLY


form("tilde_fence", APPLY, lambda r, t: f"~~~~diff\n{t}~~~~\n")
form("fence_indented", EITHER, lambda r, t: f"   ```diff\n{t}   ```\n")
form(
    "three_ticks_round_three_ticks", EITHER, lambda r, t: f"```diff\n{t}```\n" if "```" in t else t
)
form("fence_glued_to_header", EITHER, lambda r, t: f"```diff {t}```\n")
form("fence_never_closed", EITHER, lambda r, t: f"```diff\n{t}")
form("fence_never_opened", EITHER, lambda r, t: f"{t}```\n")
form("fence_closed_on_last_line", EITHER, lambda r, t: f"```diff\n{t[:-1]}```\n")
form("single_ticks", EITHER, lambda r, t: f"`{t[:-1]}`\n")
form("triple_quotes", EITHER, lambda r, t: f'"""\n{t}"""\n')
form(
    "tags_round",
    EITHER,
    lambda r, t: (lambda n: f"<{n}>\n{t}</{n}>\n")(
        r.choice(["diff", "patch", "pre", "code", "answer", "edit"])
    ),
)
form("cdata", EITHER, lambda r, t: f"<![CDATA[\n{t}]]>\n")
form("tag_glued", EITHER, lambda r, t: f"<diff>{t[:-1]}</diff>")
form(
    "begin_patch",
    EITHER,
    lambda r, t: (
        "*** Begin Patch\n*** Update File: prompt.md\n" + t.split("\n", 2)[2] + "*** End Patch\n"
    ),
)
form("apply_patch_heredoc", EITHER, lambda r, t: f"apply_patch <<'EOF'\n{t}EOF\n")
form(
    "patch_heredoc_dashes",
    EITHER,
    lambda r, t: f"cat > x.patch << EOF\n{t}EOF\npatch -p1 < x.patch\n",
)
form(
    "git_headers",
    APPLY,
    lambda r, t: "diff --git a/prompt.md b/prompt.md\nindex 83db48f..bf2a3c1 100644\n" + t,
)
form(
    "git_rename",
    APPLY,
    lambda r, t: (
        "diff --git a/old.md b/prompt.md\nsimilarity index 93%\nrename from old.md\nrename to prompt.md\n"
        + t
    ),
)
form(
    "git_mode",
    APPLY,
    lambda r, t: "diff --git a/prompt.md b/prompt.md\nold mode 100644\nnew mode 100755\n" + t,
)
form(
    "format_patch",
    EITHER,
    lambda r, t: (
        "From 3f2a1b Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\nDate: Mon, 1 Jan 2024\nSubject: [PATCH] Better prompt\n\n---\n prompt.md | 5 +++--\n 1 file changed, 3 insertions(+), 2 deletions(-)\n\n"
        + t
        + "-- \n2.39.2\n"
    ),
)
form("git_signature", EITHER, lambda r, t: t + "-- \n2.39.2\n\n")
form("svn_index", APPLY, lambda r, t: "Index: prompt.md\n" + "=" * 67 + "\n" + t)
form(
    "stamps",
    APPLY,
    lambda r, t: t.replace("prompt.md\n", "prompt.md\t2026-01-02 03:04:05.000 +0000\n", 2),
)
form("no_file_headers", APPLY, lambda r, t: t.split("\n", 2)[2])
form("only_minus_header", APPLY, lambda r, t: t.replace("+++ b/prompt.md\n", "", 1))
form("only_plus_header", APPLY, lambda r, t: t.replace("--- a/prompt.md\n", "", 1))
form(
    "headers_turned",
    EITHER,
    lambda r, t: t.replace(
        "--- a/prompt.md\n+++ b/prompt.md\n", "+++ b/prompt.md\n--- a/prompt.md\n", 1
    ),
)
form(
    "headers_in_prose",
    EITHER,
    lambda r, t: t.replace(
        "--- a/prompt.md\n+++ b/prompt.md\n", "--- Original\n+++ Modified\n\n", 1
    ),
)
form(
    "headers_spaced",
    EITHER,
    lambda r, t: t.replace("--- a", " --- a", 1).replace("+++ b", " +++ b", 1),
)
form(
    "headers_bare",
    EITHER,
    lambda r, t: t.replace("--- a/prompt.md", "---", 1).replace("+++ b/prompt.md", "+++", 1),
)
form(
    "headers_after_hunk_header",
    EITHER,
    lambda r, t: (lambda p: "\n".join([p[2], p[0], p[1], *p[3:]]))(t.split("\n")),
)
form(
    "headers_before_each_hunk",
    APPLY,
    lambda r, t: t.replace("\n@@ ", "\n--- a/prompt.md\n+++ b/prompt.md\n@@ ").replace(
        "--- a/prompt.md\n+++ b/prompt.md\n--- a/prompt.md\n+++ b/prompt.md\n",
        "--- a/prompt.md\n+++ b/prompt.md\n",
        1,
    ),
)
form("dev_null", EITHER, lambda r, t: t.replace("--- a/prompt.md", "--- /dev/null", 1))
form("bom", EITHER, lambda r, t: "\ufeff" + t)
form("blank_lines_before", APPLY, lambda r, t: "\n\n  \n" + t)
form("blank_lines_after", EITHER, lambda r, t: t + "\n\n \n")
form("no_final_newline", EITHER, lambda r, t: t[:-1])
form("stripped_text", EITHER, lambda r, t: t.strip())
form("dashes_round", EITHER, lambda r, t: f"-----BEGIN DIFF-----\n{t}-----END DIFF-----\n")
form("rule_after", EITHER, lambda r, t: f"{t}\n---\n\nThis makes the rule stricter.\n")
form("rule_right_after", EITHER, lambda r, t: f"{t}---\nThis makes the rule stricter.\n")

# prose

form(
    "prose_before_and_after",
    APPLY,
    lambda r, t: f"Here is the change:\n\n{t}\nThis makes the agent careful.\n",
)
form("prose_right_after", EITHER, lambda r, t: f"{t}This makes the agent careful.\n")
form("bullets_after", EITHER, lambda r, t: f"{t}\nNotes:\n- removes the doubt\n- adds a rule\n")
form("bullets_right_after", EITHER, lambda r, t: f"{t}- removes the doubt\n- adds a rule\n")
form("plus_bullets_after", EITHER, lambda r, t: f"{t}\n+ adds a rule\n+ keeps the rest\n")
form("plus_bullets_right_after", EITHER, lambda r, t: f"{t}+ adds a rule\n")
form(
    "bullets_after_fence",
    APPLY,
    lambda r, t: (
        f"```diff\n{t}```\n\n- removes the doubt\n+ adds a rule\n" if not fenced_inside(t) else t
    ),
)
form("bullets_before", EITHER, lambda r, t: f"- removes the doubt\n- adds a rule\n\n{t}")
form("indented_note_after", EITHER, lambda r, t: f"{t}\n    This is why.\n")
form(
    "commands_after", EITHER, lambda r, t: f"{t}\nApply with:\n\n```bash\npatch -p1 < x.diff\n```\n"
)
form(
    "whole_result_after",
    EITHER,
    lambda r, t: (
        f"```diff\n{t}```\n\nThe prompt then reads:\n\n```\n# Rules\n+ a line\n- b line\n```\n"
        if not fenced_inside(t)
        else t
    ),
)
form(
    "thinking_before",
    EITHER,
    lambda r, t: f"<think>\nMaybe:\n- old rule\n+ new rule\nNo.\n</think>\n{t}",
)
form(
    "old_draft_before",
    EITHER,
    lambda r, t: (
        f"First idea (wrong):\n@@ -1,1 +1,2 @@\n Nothing that stands.\n+Never.\n\nBetter:\n\n{t}"
    ),
)


@kind
def prose_between_hunks(rng: random.Random, d: Draft, text: str) -> Made:
    if len(d.hunks) < 2:
        return None
    note = rng.choice(
        [
            "\nAnd further down:\n\n",
            "Second change:\n",
            "\n",
            "\n\n",
            "\n- next hunk:\n",
            "# next\n",
            "---\n",
            "\n```\n\nThen:\n\n```diff\n",
        ]
    )
    head, *rest = text.split("\n@@")
    return head + "".join(
        "\n" + ("@@" if i == 0 else note + "@@") + one for i, one in enumerate(rest)
    ), EITHER


@kind
def each_hunk_in_its_fence(rng: random.Random, d: Draft, text: str) -> Made:
    if fenced_inside(text):
        return None
    _, *rest = text.split("\n@@")
    return "\n".join(
        f"**Change {i}**\n\n```diff\n@@{one.rstrip(chr(10))}\n```\n" for i, one in enumerate(rest)
    ), APPLY


@kind
def each_hunk_in_its_diff_fence_and_headers(rng: random.Random, d: Draft, text: str) -> Made:
    if fenced_inside(text):
        return None
    head, *rest = text.split("\n@@")
    return "\n".join(
        f"### {i}\n```diff\n{head}\n@@{one.removesuffix(chr(10))}\n```\n- why {i}\n"
        for i, one in enumerate(rest)
    ), APPLY


@kind
def diff_twice(rng: random.Random, d: Draft, text: str) -> Made:
    between = rng.choice(["", "\n", "\nOnce more in full:\n\n", "\n---\n"])
    return text + between + text, EITHER


@kind
def diff_twice_in_fences(rng: random.Random, d: Draft, text: str) -> Made:
    if fenced_inside(text):
        return None
    return f"```diff\n{text}```\n\nFinal answer:\n\n```diff\n{text}```\n", EITHER


@kind
def two_versions(rng: random.Random, d: Draft, text: str) -> Made:
    first = body_only(
        lambda r, one: one + " Draft." if one.startswith("+") and one.strip("+ ") else one
    )(rng, text)
    if first == text:
        return None
    word = rng.choice(["Corrected:", "Better:", "Final version:", "Wait, that is wrong. Instead:"])
    if fenced_inside(text) or rng.random() < 0.5:
        return f"{first}\n{word}\n\n{text}", EITHER
    return f"```diff\n{first}```\n\n{word}\n\n```diff\n{text}```\n", EITHER


@kind
def alternative_after(rng: random.Random, d: Draft, text: str) -> Made:
    """Two alternatives, of which nobody chose one."""
    other = body_only(
        lambda r, one: one + " Softly." if one.startswith("+") and one.strip("+ ") else one
    )(rng, text)
    if other == text or fenced_inside(text):
        return None
    return f"Option A:\n```diff\n{text}```\n\nOption B:\n```diff\n{other}```\n", REFUSE


# lines changed alike

form("indented_four", EITHER, lines(lambda r, s: "    " + s))
form("indented_two", EITHER, lines(lambda r, s: "  " + s))
form("indented_tab", EITHER, lines(lambda r, s: "\t" + s))
form("indented_body", EITHER, body_only(lambda r, s: "  " + s))
form(
    "list_item_diff",
    EITHER,
    lambda r, t: "1. Change:\n\n" + "".join("   " + s + "\n" for s in t.split("\n")[:-1]),
)
form("quoted_mail", EITHER, lines(lambda r, s: "> " + s))
form("quoted_bare", EITHER, lines(lambda r, s: ">" + s))
form("all_plus", EITHER, lines(lambda r, s: "+" + s))
form("all_space", EITHER, lines(lambda r, s: " " + s))
form("crlf", APPLY, lambda r, t: t.replace("\n", "\r\n"))
form("cr_cr_lf", EITHER, lambda r, t: t.replace("\n", "\r\r\n"))
form("cr_only", EITHER, lambda r, t: t.replace("\n", "\r"))
form("some_crlf", APPLY, lines(lambda r, s: s + "\r" if r.random() < 0.5 else s))
form("double_spaced", EITHER, lambda r, t: t.replace("\n", "\n\n"))
form(
    "blank_lines_lost", EITHER, lambda r, t: "\n".join(s for s in t.split("\n") if s.strip()) + "\n"
)
form(
    "ansi",
    EITHER,
    lines(
        lambda r, s: (
            ("\x1b[32m" if s.startswith("+") else "\x1b[31m" if s.startswith("-") else "\x1b[0m")
            + s
            + "\x1b[0m"
        )
    ),
)
form(
    "ansi_after_mark",
    EITHER,
    body_only(lambda r, s: s[:1] + "\x1b[32m" + s[1:] + "\x1b[m"),
    seen=True,
)
form(
    "html_entities",
    EITHER,
    lambda r, t: t.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    seen=True,
)
form("html_quotes", EITHER, lambda r, t: t.replace('"', "&quot;").replace("'", "&#39;"), seen=True)
form("nbsp_everywhere", EITHER, body_only(lambda r, s: s.replace(" ", "\u00a0")))
form(
    "nbsp_as_context_mark",
    EITHER,
    body_only(lambda r, s: "\u00a0" + s[1:] if s.startswith(" ") else s),
)


@kind
def nfd_everywhere(rng: random.Random, d: Draft, text: str) -> Made:
    new = unicodedata.normalize("NFD", text)
    return (new, EITHER) if new != text else None


form(
    "smart_quotes_everywhere", EITHER, lambda r, t: t.replace("'", "’").replace('"', "“"), seen=True
)
form("ascii_everywhere", EITHER, lambda r, t: t.encode("ascii", "ignore").decode(), seen=True)
form("mojibake", EITHER, lambda r, t: t.encode().decode("latin-1"), seen=True)
form("question_marks", EITHER, lambda r, t: t.encode("ascii", "replace").decode(), seen=True)
form("u_escapes", EITHER, lambda r, t: t.encode("ascii", "backslashreplace").decode(), seen=True)
form("tabs_to_spaces", EITHER, lambda r, t: t.expandtabs(4), seen=True)
form("spaces_to_tabs", EITHER, lambda r, t: t.replace("    ", "\t"), seen=True)
form("upper", EITHER, lambda r, t: t.upper())
form(
    "line_numbers",
    EITHER,
    lambda r, t: "".join(f"{i:>4}  {s}\n" for i, s in enumerate(t[:-1].split("\n"), 1)),
)
form("line_numbers_piped", EITHER, body_only(lambda r, s: s[:1] + f"{r.randint(1, 99)} | " + s[1:]))
form(
    "line_numbers_colon_context",
    EITHER,
    body_only(
        lambda r, s: s[:1] + f"{r.randint(1, 99)}: " + s[1:] if s.startswith((" ", "-")) else s
    ),
)
form("br_at_ends", EITHER, body_only(lambda r, s: s + "<br>"))
form(
    "commas_at_ends",
    EITHER,
    lambda r, t: (
        "[\n"
        + "".join(json.dumps(s, ensure_ascii=False) + ",\n" for s in t[:-1].split("\n"))
        + "]\n"
    ),
)
form(
    "wrapped_at_sixty",
    EITHER,
    body_only(
        lambda r, s: "\n".join(textwrap.wrap(s, 60, drop_whitespace=False)) if len(s) > 60 else s
    ),
)
form(
    "added_wrapped_at_forty",
    EITHER,
    body_only(
        lambda r, s: "\n".join(textwrap.wrap(s, 40)) if s.startswith("+") and len(s) > 42 else s
    ),
)
form(
    "added_wrapped_with_indent",
    EITHER,
    body_only(
        lambda r, s: "\n  ".join(textwrap.wrap(s, 40)) if s.startswith("+") and len(s) > 42 else s
    ),
)
form(
    "quotes_wrapped_with_marks",
    EITHER,
    body_only(
        lambda r, s: (
            ("\n" + s[0]).join(textwrap.wrap(s, 50))
            if s.strip() and s[0] in " -" and len(s) > 52
            else s
        )
    ),
)
form("json_string", EITHER, lambda r, t: json.dumps(t, ensure_ascii=False))
form("json_string_bare", EITHER, lambda r, t: json.dumps(t, ensure_ascii=False)[1:-1])
form("json_string_ascii", EITHER, lambda r, t: json.dumps(t))
form(
    "json_twice",
    EITHER,
    lambda r, t: json.dumps(json.dumps(t, ensure_ascii=False), ensure_ascii=False),
)
form("json_object", EITHER, lambda r, t: json.dumps({"diff": t}, ensure_ascii=False))
form("escaped_newlines_only", EITHER, lambda r, t: t.replace("\n", "\\n"))
form(
    "escaped_newlines_some",
    EITHER,
    lambda r, t: "".join(s + ("\\n" if r.random() < 0.5 else "\n") for s in t[:-1].split("\n")),
)
form("escaped_newline_after_each", EITHER, lines(lambda r, s: s + "\\n"))
form("escaped_crlf", EITHER, lambda r, t: t.replace("\n", "\\r\\n"))
form("python_repr", EITHER, lambda r, t: repr(t))
form("shell_echo", EITHER, lambda r, t: f"echo '{t}' | patch\n")
form("backslashed_quotes", EITHER, lambda r, t: t.replace('"', '\\"'), seen=True)
form(
    "markdown_escapes",
    EITHER,
    lambda r, t: t.replace("_", r"\_").replace("*", r"\*").replace("#", r"\#"),
    seen=True,
)
form("percent_escapes", EITHER, lambda r, t: t.replace(" ", "%20"))
form(
    "bold_changed_lines",
    EITHER,
    body_only(lambda r, s: f"**{s}**" if s[:1] in "+-" and s[1:] else s),
)
form(
    "bold_inside_changed",
    EITHER,
    body_only(lambda r, s: f"{s[0]}**{s[1:]}**" if s[:1] in ("+", "-") and s[1:].strip() else s),
    seen=True,
)
form("ticks_round_lines", EITHER, body_only(lambda r, s: f"`{s}`"))
form("struck_removals", EITHER, body_only(lambda r, s: f"~~{s[1:]}~~" if s.startswith("-") else s))
form("bullet_before_lines", EITHER, body_only(lambda r, s: f"- `{s}`"))
form("nul_bytes", EITHER, lambda r, t: t.replace(" ", "\0", 1) + "\0")

# end of file

NO = "\\ No newline at end of file"
form("marker_inside", EITHER, body_only(lambda r, s: s + "\n" + NO if r.random() < 0.2 else s))
form(
    "marker_misspelt",
    EITHER,
    body_only(
        lambda r, s: (
            s
            + r.choice(
                [
                    "\n\\ No newline",
                    "\n\\No newline at end of file",
                    "\nNo newline at end of file",
                    "\n\\ Kein Zeilenumbruch am Dateiende.",
                    "\n \\ No newline at end of file",
                    "\n+\\ No newline at end of file",
                ]
            )
            if r.random() < 0.15
            else s
        )
    ),
)


@kind
def marker_only_at_the_very_end(rng: random.Random, d: Draft, text: str) -> Made:
    if d.final or d.ending != "\n":
        return None
    return text + NO + "\n", EITHER


# cuts


@kind
def cut_in_the_last_added_line(rng: random.Random, d: Draft, text: str) -> Made:
    at = text.rfind("\n+")
    end = text.find("\n", at + 1)
    if at < 0 or end - at < 16:
        return None
    cut = text[: rng.randint(at + 6, end - 4)]
    return rng.choice([cut, "```diff\n" + cut]), REFUSE


@kind
def cut_in_the_first_hunks_added_line(rng: random.Random, d: Draft, text: str) -> Made:
    at = text.find("\n+", text.find("@@"))
    end = text.find("\n", at + 1)
    if at < 0 or end - at < 16:
        return None
    return text[: rng.randint(at + 6, end - 4)], REFUSE


@kind
def cut_after_some_line_in_open_fence(rng: random.Random, d: Draft, text: str) -> Made:
    """Whole lines, the fence open, changes missing."""
    parts = text[:-1].split("\n")
    changed = [i for i, s in enumerate(parts) if i > 2 and s[:1] in ("+", "-")]
    if len(changed) < 2:
        return None
    keep = rng.choice(changed[1:])
    cut = parts[:keep]
    return "```diff\n" + "\n".join(cut) + "\n", REFUSE


@kind
def cut_in_a_header(rng: random.Random, d: Draft, text: str) -> Made:
    at = text.rfind("\n@@")
    if len(d.hunks) < 2:
        return None
    return text[: at + rng.randint(3, 9)], REFUSE


@kind
def cut_in_context_at_the_end(rng: random.Random, d: Draft, text: str) -> Made:
    last = text[:-1].rsplit("\n", 1)[1]
    if not last.startswith(" ") or len(last) < 8:
        return None
    return text[: -rng.randint(3, len(last) - 3)], EITHER


@kind
def cut_then_stopped(rng: random.Random, d: Draft, text: str) -> Made:
    at = text.rfind("\n+")
    if at < 0 or len(text) - at < 30:
        return None
    return text[: at + 12] + rng.choice(
        [
            "[truncated]",
            "... [output truncated]",
            "…",
            "<|endoftext|>",
            "</s>",
            "<|im_end|>",
            "(continued)",
        ]
    ), REFUSE


@kind
def stop_token_at_the_end(rng: random.Random, d: Draft, text: str) -> Made:
    return text[:-1] + rng.choice(
        ["<|endoftext|>", "</s>", "<|im_end|>", "\n<|eot_id|>", "\n</s>\n"]
    ), EITHER


# other formats


def _pairs(d: Draft) -> list[tuple[str, str]]:
    return [("\n".join(h.before), "\n".join(h.after)) for h in d.hunks]


@kind
def search_replace_blocks(rng: random.Random, d: Draft, text: str) -> Made:
    return "\n".join(
        f"<<<<<<< SEARCH\n{a}\n=======\n{b}\n>>>>>>> REPLACE" for a, b in _pairs(d)
    ), EITHER


@kind
def conflict_markers(rng: random.Random, d: Draft, text: str) -> Made:
    return "\n".join(f"<<<<<<< HEAD\n{a}\n=======\n{b}\n>>>>>>> new" for a, b in _pairs(d)), EITHER


@kind
def conflict_markers_in_hunks(rng: random.Random, d: Draft, text: str) -> Made:
    return "\n".join(
        f"@@ -{h.old} +{h.new} @@\n <<<<<<< HEAD\n-{a}\n =======\n+{b}\n >>>>>>> new"
        for h, (a, b) in zip(d.hunks, _pairs(d), strict=True)
    ), EITHER


@kind
def normal_diff(rng: random.Random, d: Draft, text: str) -> Made:
    out = []
    for h in d.hunks:
        out.append(f"{h.old},{h.old + len(h.before) - 1}c{h.new},{h.new + len(h.after) - 1}")
        out += ["< " + t for t in h.before] + ["---"] + ["> " + t for t in h.after]
    return "\n".join(out) + "\n", EITHER


@kind
def ed_script(rng: random.Random, d: Draft, text: str) -> Made:
    return "\n".join(
        f"{h.old},{h.old + len(h.before) - 1}c\n" + "\n".join(h.after) + "\n."
        for h in d.hunks[::-1]
    ) + "\nw\nq\n", EITHER


@kind
def context_diff(rng: random.Random, d: Draft, text: str) -> Made:
    out = ["*** a/prompt.md", "--- b/prompt.md"]
    for h in d.hunks:
        out += ["***************", f"*** {h.old},{h.old + len(h.before) - 1} ****"]
        out += [("! " if m == "-" else "  ") + t for m, t in h.body if m in " -"]
        out += [f"--- {h.new},{h.new + len(h.after) - 1} ----"]
        out += [("! " if m == "+" else "  ") + t for m, t in h.body if m in " +"]
    return "\n".join(out) + "\n", EITHER


@kind
def word_diff(rng: random.Random, d: Draft, text: str) -> Made:
    out = []
    for h in d.hunks:
        out.append(h.top())
        for m, t in h.body:
            out.append({" ": " " + t, "-": f" [-{t}-]", "+": f" {{+{t}+}}"}.get(m, t))
    return "\n".join(out) + "\n", EITHER


@kind
def combined_diff(rng: random.Random, d: Draft, text: str) -> Made:
    out = ["diff --cc prompt.md"]
    for h in d.hunks:
        out.append(
            f"@@@ -{h.old},{len(h.before)} -{h.old},{len(h.before)} +{h.new},{len(h.after)} @@@"
        )
        out += [m * 2 + t for m, t in h.body]
    return "\n".join(out) + "\n", EITHER


@kind
def side_by_side(rng: random.Random, d: Draft, text: str) -> Made:
    return "\n".join(
        f"{t:<60} {'|' if m != ' ' else ' '} {t}" for h in d.hunks for m, t in h.body
    ), REFUSE


@kind
def whole_new_prompt(rng: random.Random, d: Draft, text: str) -> Made:
    return d.intended, EITHER


@kind
def whole_new_prompt_with_plus(rng: random.Random, d: Draft, text: str) -> Made:
    return "@@ -1 +1 @@\n" + "".join("+" + t + "\n" for t in d.meant), EITHER


@kind
def instructions(rng: random.Random, d: Draft, text: str) -> Made:
    h = d.hunks[0]
    return f"Replace:\n{chr(10).join(h.before)}\nWith:\n{chr(10).join(h.after)}\n", EITHER


@kind
def marks_without_header(rng: random.Random, d: Draft, text: str) -> Made:
    """No header at all: hunks follow each other."""
    return "".join(m + t + "\n" for h in d.hunks for m, t in h.body), EITHER


@kind
def marks_without_header_blank_between(rng: random.Random, d: Draft, text: str) -> Made:
    return "--- a\n+++ b\n" + "\n".join(
        "".join(m + t + "\n" for m, t in h.body) for h in d.hunks
    ), EITHER


@kind
def only_changed_lines(rng: random.Random, d: Draft, text: str) -> Made:
    """Changed lines of all hunks under one header."""
    if sum(any(m == "-" and t.strip() for m, t in h.body) for h in d.hunks) < 2:
        return None
    if fits(d.lines, [t for h in d.hunks for m, t in h.body if m == "-"]):
        return None
    return "@@ -1 +1 @@\n" + "".join(
        m + t + "\n" for h in d.hunks for m, t in h.body if m != " "
    ), EITHER


@kind
def diff_of_a_diff(rng: random.Random, d: Draft, text: str) -> Made:
    return "--- a/x.diff\n+++ b/x.diff\n@@ -0,0 +1 @@\n" + "".join(
        "+" + s + "\n" for s in text.split("\n")[:-1]
    ), REFUSE


@kind
def table_of_changes(rng: random.Random, d: Draft, text: str) -> Made:
    return "| old | new |\n|---|---|\n" + "".join(
        f"| {a!r} | {b!r} |\n" for a, b in _pairs(d)
    ), REFUSE


@kind
def strangers_diff(rng: random.Random, d: Draft, text: str) -> Made:
    other = draw_draft(rng)
    if any(plain(t) in map(plain, d.lines) for h in other.hunks for t in h.before if t.strip()):
        return None
    return "\n".join(other.written()) + "\n", REFUSE


@kind
def hostile_headers(rng: random.Random, d: Draft, text: str) -> Made:
    return "@@ -1 +1 @@\n" * 500 + text, EITHER
