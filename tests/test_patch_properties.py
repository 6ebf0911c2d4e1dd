"""Laws of the patch engine, on texts nobody chose."""

import difflib
import random
import re
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.patch import (
    Patched,
    Refused,
    apply_diff,
    apply_replacements,
    canonical_diff,
    changed_share,
)
from planner.patch.residue.remarks import _PAIRS
from planner.patch.residue.sought import TABLES, Marks, sought_in
from tests.diff_defects import Draft, Truth, decided, draw, reworded, write
from tests.required import program

LINE = st.one_of(
    st.sampled_from(["", "a", "b", "- a", "+ b", "---", "@@ -1 +1 @@", "```", "-- a", " a", "\ta"]),
    st.text(alphabet="ab \x0c\x85\u2028\x1c\té", max_size=6),
)
ENDING = st.sampled_from(["\n", "\n", "\n", "\r\n"])


@st.composite
def texts(draw_one: st.DrawFn) -> str:
    lines = draw_one(st.lists(st.tuples(LINE, ENDING), max_size=14))
    text = "".join(line + ending for line, ending in lines)
    return text if draw_one(st.booleans()) else text.removesuffix("\n").removesuffix("\r")


def lines_of(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def longest_common(first: list[str], second: list[str]) -> int:
    """The textbook table."""
    row = [0] * (len(second) + 1)
    for one in first:
        above = 0
        for at, other in enumerate(second, 1):
            above, row[at] = row[at], above + 1 if one == other else max(row[at], row[at - 1])
    return row[-1]


NO_TEXT = [
    *("<b>a</b>", "`a b c.`", "`\u00e9`", "{{name}}", "/* a b */", "*a b*", "_a b_", "// a b"),
    *(f"{opening}a b{closing}" for opening, closing in _PAIRS.items() if opening not in "{<"),
    *(f"text {opening}a b{_PAIRS[opening]}" for opening in "[\u3010\uff3b\u300c\u27e8"),
    *('"a b"', "'a b'", "\u201ca b\u201d", "\u00aba b\u00bb", "\u201ea b\u201c"),
    *('She said it.",', 'a b."}'),
    *("${rule}", "$RULE", "<%= a %>", "__A_B__", "#{a}", "%A_B%", "@AB@", "[RULE]", "<<a>>"),
    *("{{{a}}}", "NEW_RULE", "[[rule]]", "Human: thanks"),
    *("**- a", "_- a", "`- a", '"- a', "'- a", "\u201c- a", "*a b.*", "_a b._", "**a b.**"),
]
"""Lines of the kinds that are only looked for where a sign of theirs stands in the text."""


def test_every_kind_of_line_that_has_a_sign_is_found_by_each_of_its_signs() -> None:
    kinds = [kind for kind in TABLES[Marks.ALL].lines if kind.starts]
    for line in NO_TEXT:
        found = [kind for kind in kinds if kind.is_one(line)]
        assert found, line
        assert set(found) <= set(sought_in(Marks.ALL, line).lines), line
    assert all(any(kind.is_one(line) for line in NO_TEXT) for kind in kinds)


@given(texts(), texts())
def test_changed_share_is_one_minus_the_longest_common_subsequence(before: str, after: str) -> None:
    first, second = lines_of(before), lines_of(after)
    longest = max(len(first), len(second))
    expected = 1 - longest_common(first, second) / longest if longest else 0.0
    assert changed_share(before, after) == pytest.approx(expected)
    assert 0.0 <= changed_share(before, after) <= 1.0
    assert changed_share(before, after) == changed_share(after, before)


@given(texts())
def test_changed_share_is_zero_for_the_same_and_one_against_nothing(text: str) -> None:
    assert changed_share(text, text) == 0.0
    assert changed_share(text, "") == (1.0 if text else 0.0)


def naive(before: str, diff: str) -> str:
    """Apply a diff by its line numbers, checking nothing: the simplest executor."""
    lines = lines_of(before)
    result, at = "", 0
    rows = lines_of(diff)[2:]
    for number, row in enumerate(rows):
        found = re.match(r"@@ -(\d+),(\d+) ", row)
        opened = rows[number + 1 : number + 2] == ["\\ No newline at end of file\n"]
        text = row[1:].removesuffix("\n") if opened else row[1:]
        if found:
            start = int(found[1]) - (int(found[2]) > 0)
            result += "".join(lines[at:start])
            at = start
        elif row[0] in " -":
            assert lines[at] == text
            result += text if row[0] == " " else ""
            at += 1
        elif row[0] == "+":
            result += text
    return result + "".join(lines[at:])


@given(texts(), texts())
def test_a_naive_executor_arrives_at_the_same_text(before: str, after: str) -> None:
    diff = canonical_diff(before, after)
    assert (naive(before, diff) if diff else before) == after


def by_tool(folder: Path, command: list[str], before: str, diff: str) -> bytes:
    file = folder / "system_prompt.md"
    file.write_bytes(before.encode())
    done = subprocess.run(
        command, cwd=folder, input=diff.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return file.read_bytes() if file.exists() else b""


COMMANDS = {
    "patch": ["patch", "-p1", "--binary", "--no-backup-if-mismatch", "--fuzz=0"],
    "git apply": ["git", "apply", "--unidiff-zero", "-"],
}


def edited(seed: int) -> tuple[str, str]:
    """Return a prompt and an edit of it, with line endings and ends of all sorts."""
    rng = random.Random(f"canonical/{seed}")
    draft = draw(rng)
    odd = ["", "", "", "\r", "\x0cx", "\u2028y", "\x85", " \t"]
    ends = {line: line + rng.choice(odd) for line in dict.fromkeys([*draft.before, *draft.after])}
    before = "\n".join(ends[line] for line in draft.before) + rng.choice(["\n", ""])
    after = "\n".join(ends[line] for line in draft.after) + rng.choice(["\n", ""])
    empty = rng.random()
    return "" if empty < 0.05 else before, after


@pytest.mark.parametrize("tool", COMMANDS)
def test_the_real_tools_and_we_arrive_at_the_same_bytes(tool: str, tmp_path: Path) -> None:
    for name in ("git", "patch"):
        program(name, f"apt-get install {name}")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for seed in range(60):
        before, after = edited(seed)
        diff = canonical_diff(before, after)
        if diff:
            assert by_tool(tmp_path, COMMANDS[tool], before, diff) == after.encode(), seed


def test_our_own_canonical_diff_applies_or_is_refused_for_a_reason_of_the_rules() -> None:
    refused = 0
    for seed in range(200):
        before, after = (text.removesuffix("\r") for text in edited(seed))
        outcome = apply_diff(before, canonical_diff(before, after))
        if isinstance(outcome, Refused):
            refused += 1
        else:
            crlf = "\r" in before + after
            same = folded(outcome.text) == folded(after) if crlf else outcome.text == after
            assert same, seed
    assert refused <= 20


@given(texts(), texts())
def test_a_canonical_diff_never_gives_another_text(before: str, after: str) -> None:
    outcome = apply_diff(before, canonical_diff(before, after))
    if isinstance(outcome, Patched):
        assert folded(outcome.text) == folded(after)


def folded(text: str) -> list[str]:
    """Forget endings: a prompt that mixes them may get its neighbour's."""
    return [line.rstrip("\r\n") for line in lines_of(text)]


@given(st.text(alphabet="ab@-+ \n\\`~.<>=*|0123,n\r", max_size=80), texts())
def test_no_text_makes_the_engine_crash(diff: str, prompt: str) -> None:
    outcome = apply_diff(prompt, diff)
    assert isinstance(outcome, Patched) or outcome.reason


SOUP = [
    "```", "```diff\n", "~~~diff\n", "\n", "\r\n", "@@ ", "@@ -1,3 +1,4 @@\n", "--- a\n+++ b\n",
    "+", "-", " Be kind.\n", "Be kind.\n", "+- Be calm.\n", "...", "# ", "- ", "1. ", "| a | b |\n",
    "<x>", "</x>", "\\n", "{{", "}}", '"', "\u201c", "&amp;", "~~", "> ", "\u2705", ": ", "  ",
    "def f():\n", "\\ No newline at end of file\n", "diff --git a/x b/x\n", "Wait, ", "(new)",
    "[truncated]", "\x1b[0m", "e\u0301",
]  # fmt: skip
soup = st.lists(st.tuples(st.sampled_from(SOUP), st.sampled_from([1, 1, 2, 40])), max_size=8).map(
    lambda parts: "".join(text * times for text, times in parts)
)


@given(soup, soup, soup, soup)
def test_no_soup_around_a_change_makes_the_engine_crash(
    prompt: str, above: str, within: str, below: str
) -> None:
    text = f"Be kind.\n{prompt}\nEnd.\n"
    outcomes = [
        apply_diff(text, f"{above}@@ -1,2 +1,3 @@\n Be kind.\n+{within}\n End.\n{below}"),
        apply_replacements(text, [("End.", within), ("Be kind.", above)]),
    ]
    for outcome in outcomes:
        assert isinstance(outcome, Refused) or all(outcome.doubts)


@pytest.mark.parametrize("fence", ["```diff", "```diff\n", "~~~diff", "```patch"])
def test_a_fence_that_opens_on_the_last_line_is_no_crash(fence: str) -> None:
    diff = f"@@ -1,2 +1,3 @@\n Be kind.\n+Ask.\n End.\n{fence}"
    assert isinstance(apply_diff("Be kind.\nEnd.\n", diff), Patched | Refused)


@given(st.lists(st.tuples(st.text("ab\n ", max_size=5), st.text("ab\n .", max_size=5)), max_size=3))
def test_a_pair_is_a_replacement_of_the_one_place(pairs: list[tuple[str, str]]) -> None:
    prompt = "a b\nab aab\n bb a\n"
    outcome = apply_replacements(prompt, pairs)
    if isinstance(outcome, Patched) and len(pairs) == 1:
        (find, replace) = pairs[0]
        # A line break that stands at an edge of `find` alone is kept: no two lines are glued.
        edges = [(text[:1] == "\n", text[-1:] == "\n") for text in (find, replace)]
        if prompt.count(find) == 1 and edges[0] == edges[1]:
            assert outcome.text == prompt.replace(find, replace)


def test_a_line_break_at_an_edge_of_what_is_found_is_kept_where_its_replacement_lacks_it() -> None:
    outcome = apply_replacements("a b\nab aab\n bb a\n", [("\nab", "a")])
    assert isinstance(outcome, Patched)
    assert outcome.text == "a b\na aab\n bb a\n"


@given(st.integers(0, 10**6))
def test_rewording_any_quoted_line_of_the_prompt_refuses_the_diff(seed: int) -> None:
    draft = draw(random.Random(f"reword/{seed}"))
    rng = draft.rng
    quoted = [
        piece.at + offset
        for piece in draft.pieces
        for offset, text in enumerate(piece.old)
        if text.strip()
    ]
    assume(quoted)
    at = rng.choice(quoted)
    prompt = list(draft.before)
    prompt[at] = reworded(rng, prompt[at]) + " changed since"
    assert isinstance(apply_diff("\n".join(prompt) + "\n", write(draft)), Refused) or twin(
        draft, at
    )


def twin(draft: Draft, at: int) -> bool:
    """Say whether a hunk that quoted the line stands elsewhere too."""
    text = "\n" + "\n".join(draft.before) + "\n"
    return any(
        text.count("\n" + "\n".join(piece.old) + "\n") > 1
        for piece in draft.pieces
        if piece.at <= at < piece.at + len(piece.old)
    )


@given(st.integers(0, 10**6))
def test_a_diff_of_the_standard_library_applies_exactly(seed: int) -> None:
    draft = draw(random.Random(f"difflib/{seed}"))
    assume(decided(draft) is Truth.APPLY)
    rows = difflib.unified_diff(draft.before, draft.after, "a/p.md", "b/p.md", lineterm="")
    outcome = apply_diff(draft.prompt, "\n".join(rows) + "\n")
    if isinstance(outcome, Refused):
        assert outcome.code in {"already_applied", "nothing_to_verify"}
    else:
        assert outcome.text == draft.intended


UNITS = [
    *(" ", "<", "[", "(", "{", "{{", "`", "*", "_", "-", ". ", "-- a ", "<a ", '<a x="1" ', "a_"),
    *("A", "[A_", "=?a", "a?b", 'ab cd ef gh "', '""a', "a _ ", "``` ", "* ", "word ", "&a", "\\a"),
    *("a+b", "1.", "|", "@@ ", "http://", "https://a", "Ab: ", "a, ", "X "),
    *("\u2190 ", "... ", "~~ "),
]


@pytest.mark.parametrize("unit", UNITS)
def test_a_hostile_line_takes_no_longer_than_its_length(unit: str) -> None:
    line = "- a" + unit * (60_000 // len(unit)) + "x"
    start = time.process_time()
    apply_replacements("# A\n- b c.\n- d e.\n", [("- b c.", line)])
    apply_diff("# A\n- b c.\n- d e.\n", f"@@ -1,3 +1,3 @@\n # A\n-- b c.\n+{line}\n - d e.\n")
    assert time.process_time() - start < 5
