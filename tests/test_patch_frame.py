"""What the lines that frame a diff say: the tail of a header, the names of files, a fence."""

import pytest

from planner.patch import Patched, Refused, apply_diff

PROMPT = "# Rules\n\n- Be kind.\n- Be brief.\n- Never guess.\n\nThe end.\n"
AFTER = PROMPT.replace("Be brief", "Be very brief")
HUNK = "@@ -3,3 +3,3 @@{tail}\n - Be kind.\n-- Be brief.\n+- Be very brief.\n - Never guess.\n"
NAMES = "--- a/prompt.md\n+++ b/prompt.md\n"


def framed(*, tail: str = "", names: str = NAMES, info: str = "diff") -> Patched | Refused:
    return apply_diff(PROMPT, f"```{info}\n{names}{HUNK.format(tail=tail)}```\n")


def with_note(note: str) -> list[Patched | Refused]:
    """Return what comes of a note in each line of the frame."""
    return [
        framed(tail=f" {note}"),
        framed(names=f"--- a/prompt.md\n+++ b/prompt.md ({note})\n"),
        framed(names=f"--- a/prompt.md\t{note}\n+++ b/prompt.md\n"),
        framed(names=f"diff --git a/prompt.md b/prompt.md ({note})\n{NAMES}"),
        framed(names=f"diff --git a/p.md b/p.md\nindex 12ab..34cd 100644 {note}\n{NAMES}"),
        framed(names=f"--- the {note}\n+++ prompt\n"),
        framed(info=f"diff ({note})"),
        framed(info=f'diff title="{note}"'),
    ]


@pytest.mark.parametrize("note", ["DO NOT APPLY", "draft - do not use", "do-not-apply"])
def test_a_veto_in_the_frame_of_a_diff_takes_it_back(note: str) -> None:
    assert all(isinstance(outcome, Refused) for outcome in with_note(note)), with_note(note)


@pytest.mark.parametrize("note", ["rejected", "bad sample", "tighten the limit"])
def test_words_in_the_frame_of_a_diff_are_told_as_those_around_it(note: str) -> None:
    for outcome in with_note(note):
        assert isinstance(outcome, Patched)
        assert outcome.text == AFTER
        assert note in outcome.said


@pytest.mark.parametrize(
    "tail",
    [
        "",
        " # Rules",
        " Rules",
        " ## Rules section",
        " - Be ki",
        " def f(x):",
        " (3)",
        " around line 3",
        " + Never guess.",
        " Section: Rules",
    ],
)
def test_the_tail_of_a_header_that_the_prompt_has_says_nothing(tail: str) -> None:
    assert framed(tail=tail) == Patched(AFTER)


@pytest.mark.parametrize(
    "names",
    [
        *("", "--- original\n+++ modified\n", "--- prompt (current)\n+++ prompt (proposed)\n"),
        "--- a/p.md\tThu Jan 01 00:00:00 1970 +0000\n+++ b/p.md\t2025-09-30 21:03:10.5 +0200\n",
        *("--- a/prompt.md\n", "+++ b/prompt.md\n", "--- current prompt\n", "--- original\n\n"),
        *("--- p.md\t(revision 12)\n+++ p.md\t(working copy)\n",),
        *("--- a/System Prompt (v2).md\n+++ b/System Prompt (v2).md\n",),
        *("--- current system prompt\n+++ patched system prompt\n",),
    ],
)
def test_names_times_and_sides_of_files_say_nothing(names: str) -> None:
    assert framed(names=names) == Patched(AFTER)


@pytest.mark.parametrize(
    "info",
    ["diff", "", "diff prompt.md", 'diff title="prompt.md"', "diff {.numberLines}", "diff:a.md"],
)
def test_a_fences_language_attributes_and_file_say_nothing(info: str) -> None:
    assert framed(info=info) == Patched(AFTER)


def test_a_line_of_the_prompt_that_looks_like_the_name_of_a_file_is_a_line() -> None:
    prompt = f"-- a/prompt.md\n{PROMPT}"
    outcome = apply_diff(prompt, f"```diff\n--- a/prompt.md\n{HUNK.format(tail='')}```\n")
    assert outcome == Patched(AFTER)
