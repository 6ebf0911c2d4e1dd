"""Prompts, true edits and their diffs, for defects to be put in; and when a diff is decidable."""

# ruff: noqa: RUF001

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.diff_defects import Truth

WORDS = re.findall(
    r"\S+",
    "agent answer always ask before brief careful check cite claim clear code context "
    "customer data date deny detail do draft each email error example explain fact file final "
    "first follow format give goal handle if input json keep language last limit list model "
    "must name never note number only order output plan please policy query quote read refuse "
    "reply report result return review rule safe search section send short source state step "
    "style summary table task text then tone tool true unit use user value verify when with "
    'write café naïve Übersicht 日本語 résumé señor 🙂 “quoted” it’s <b> & "x"',
)
TOOLS = ("search", "calculator", "shell_exec", "http_request", "retriever", "calendar", "mail")


@dataclass(frozen=True)
class Hunk:
    """A hunk as it is written: stated lines, counts and a body of (mark, text)."""

    old: int
    new: int
    body: tuple[tuple[str, str], ...]
    header: str | None = None
    true_old: int = 0

    @property
    def before(self) -> list[str]:
        """The lines that the hunk says stand in the prompt."""
        return [text for mark, text in self.body if mark in " -"]

    @property
    def after(self) -> list[str]:
        """The lines that the hunk says stand there afterwards."""
        return [text for mark, text in self.body if mark in " +"]

    def top(self) -> str:
        """Return the header line."""
        if self.header is not None:
            return self.header
        return f"@@ -{self.old},{len(self.before)} +{self.new},{len(self.after)} @@"


@dataclass(frozen=True)
class Draft:
    """A prompt, the change that is meant, and its diff in parts."""

    lines: tuple[str, ...]
    meant: tuple[str, ...]
    hunks: tuple[Hunk, ...]
    ending: str = "\n"
    final: bool = True
    truth: Truth = Truth.APPLY
    top: tuple[str, ...] = ("--- a/prompt.md", "+++ b/prompt.md")
    between: tuple[str, ...] = ()
    bottom: tuple[str, ...] = ()
    also: tuple[str, ...] = field(default=())
    """Further texts that would do."""

    @property
    def prompt(self) -> str:
        """The prompt's text."""
        return join(self.lines, self.ending, final=self.final)

    @property
    def intended(self) -> str:
        """The text that is meant."""
        return join(self.meant, self.ending, final=self.final)

    def written(self) -> list[str]:
        """The lines of the diff."""
        out = list(self.top)
        for place, hunk in enumerate(self.hunks):
            if place:
                out += self.between
            out.append(hunk.top())
            out += [mark + text for mark, text in hunk.body]
        return out + list(self.bottom)


@dataclass(frozen=True)
class Case:
    """What the engine is given, and what is due."""

    name: str
    prompt: str
    diff: str
    texts: tuple[str, ...]
    truth: Truth


Hunkwise = Callable[[random.Random, Draft], Draft | None]
Textwise = Callable[[random.Random, Draft, str], tuple[str, Truth] | None]

M = TypeVar("M", bound=Callable[..., Any])


def registrar(kinds: dict[str, M]) -> Callable[[M], M]:
    """Return a decorator that enters a kind of defect under its function's name."""

    def enter(make: M) -> M:
        kinds[make.__name__] = make
        return make

    return enter


def join(lines: tuple[str, ...], ending: str, *, final: bool) -> str:
    """Write lines as a text."""
    return ending.join(lines) + (ending if final and lines else "")


def plain(text: str) -> str:
    """Return a line as the rules compare it."""
    return unicodedata.normalize("NFC", text.rstrip())


# -- prompts


def sentence(rng: random.Random, most: int = 14) -> str:
    """Return a sentence of some words."""
    words = [rng.choice(WORDS) for _ in range(rng.randint(2, most))]
    return " ".join(words).capitalize() + rng.choice([".", ".", ".", ":", "", "!", ";"])


def _paragraph(rng: random.Random) -> list[str]:
    return [sentence(rng, rng.choice([8, 14, 30])) for _ in range(rng.randint(1, 5))]


def _heading(rng: random.Random) -> list[str]:
    return ["#" * rng.randint(1, 4) + " " + sentence(rng, 4).rstrip(".:;!"), ""]


def _bullets(rng: random.Random) -> list[str]:
    mark = rng.choice(["-", "-", "*", "+", "  -"])
    return [f"{mark} {sentence(rng)}" for _ in range(rng.randint(2, 7))]


def _numbers(rng: random.Random) -> list[str]:
    return [f"{n}. {sentence(rng)}" for n in range(1, rng.randint(3, 8))]


def _code(rng: random.Random) -> list[str]:
    indent = rng.choice(["    ", "\t", "  "])
    name = rng.choice(WORDS[:60])
    body = [f"def {name}(x):", f"{indent}if x < {rng.randint(1, 99)}:"]
    body += [f'{indent}{indent}return "{rng.choice(WORDS)}"', f"{indent}return x", ""]
    return ["```" + rng.choice(["", "python", "json"]), *body[: rng.randint(2, 5)], "```"]


def _json(rng: random.Random) -> list[str]:
    return [
        "```json",
        "{",
        f'  "{rng.choice(WORDS[:60])}": {rng.randint(1, 9)},',
        f'  "{rng.choice(WORDS[:60])}": "{sentence(rng, 3)}"',
        "}",
        "```",
    ]


def _table(rng: random.Random) -> list[str]:
    rows = [f"| {rng.choice(WORDS)} | {rng.randint(1, 50)} |" for _ in range(rng.randint(1, 4))]
    return ["| name | value |", "|---|---|", *rows]


def _odd(rng: random.Random) -> list[str]:
    return [
        rng.choice(
            [
                "---",
                "***",
                "...",
                "{tool_descriptions}",
                "Use {name} and {{literal}}.",
                "> " + sentence(rng),
                "<rules>",
                "</rules>",
                "-- " + sentence(rng, 4),
                "++ " + sentence(rng, 4),
                "--verbose: " + sentence(rng, 3),
                r"Path C:\new\table and a literal \n in it.",
                "@@ " + sentence(rng, 3),
                "Line with blanks   ",
                "\tTabbed " + sentence(rng, 4),
                "Q: " + sentence(rng),
                "&lt;escaped&gt;",
                "a | b",
                "\\ backslash first",
                "1) " + sentence(rng),
                "**" + sentence(rng, 3) + "**",
                "_" + sentence(rng, 3) + "_",
                "=" * 10,
            ]
        )
    ]


def _twins(rng: random.Random) -> list[str]:
    rules = [sentence(rng, 7) for _ in range(rng.randint(2, 5))]
    out: list[str] = []
    for tool in rng.sample(TOOLS, rng.randint(2, 4)):
        out += [f"### {tool}", *rules, ""]
        if rng.random() < 0.5:
            out += [f"Limit: {rng.randint(1, 9)}", ""]
    return out


def _blanks(rng: random.Random) -> list[str]:
    return [""] * rng.randint(1, 2)


_BLOCKS = (
    _paragraph,
    _heading,
    _bullets,
    _numbers,
    _code,
    _json,
    _table,
    _odd,
    _odd,
    _twins,
    _blanks,
    _blanks,
)


def prompt_lines(rng: random.Random) -> tuple[str, ...]:
    """Return the lines of a prompt, 5 to 400."""
    size = rng.choice(
        [rng.randint(5, 15), rng.randint(10, 60), rng.randint(20, 120), rng.randint(60, 400)]
    )
    out: list[str] = []
    while len(out) < size:
        out += rng.choice(_BLOCKS)(rng)
        if rng.random() < 0.4:
            out.append("")
    return tuple(out[:size])


# -- edits


def _new_line(rng: random.Random, like: str) -> str:
    if rng.random() < 0.15:
        return rng.choice(
            ["", "  - " + sentence(rng), "- " + sentence(rng), "    " + sentence(rng, 5)]
        )
    text = sentence(rng) + f" ({rng.randint(100, 9_999)})"
    lead = like[: len(like) - len(like.lstrip(" \t-*+"))] if rng.random() < 0.6 else ""
    return lead + text


def _reworded(rng: random.Random, line: str) -> str:
    """Write another word in a line; the bars of a row and the quotes of code stay as they are."""
    lead = line[: len(line) - len(line.lstrip())]
    words = line.strip().split(" ")
    at = rng.randrange(len(words))
    kept = words[at : at + 1] if set(words[at]) & set('|"') else []
    words[at : at + 1] = [rng.choice(WORDS[:80]) + str(rng.randint(10, 999)), *kept]
    return lead + " ".join(words)


Edit = tuple[int, int, list[str]]
"""The line from 0 at which it starts, how many lines go, and what comes."""


def draw_draft(rng: random.Random, context: int | None = None) -> Draft:
    """Return a prompt, an edit of one to four places, and its right diff."""
    lines = prompt_lines(rng)
    context = rng.choice([3, 3, 3, 2, 4]) if context is None else context
    edits = _edits(rng, lines)
    if not edits or (len(edits) == 1 and edits[0][1] >= len(lines)):
        return draw_draft(rng, context)
    meant: list[str] = []
    at = 0
    for start, gone, new in edits:
        meant += [*lines[at:start], *new]
        at = start + gone
    meant += lines[at:]
    ending = rng.choice(["\n", "\n", "\n", "\r\n"])
    final = rng.random() < 0.75 or not (lines[-1] and meant and meant[-1])
    return Draft(lines, tuple(meant), tuple(_hunks(lines, edits, context)), ending, final)


def _edits(rng: random.Random, lines: tuple[str, ...]) -> list[Edit]:
    places = rng.choice([1, 1, 1, 2, 2, 3, 4])
    edits: list[Edit] = []
    for start in sorted(rng.sample(range(len(lines)), min(places, len(lines)))):
        if edits and start < edits[-1][0] + edits[-1][1] + 1:
            continue
        edit = _edit(rng, lines, start)
        if edit[2] != list(lines[start : start + edit[1]]):
            edits.append(edit)
    return edits


def _edit(rng: random.Random, lines: tuple[str, ...], start: int) -> Edit:
    how = rng.choice(["insert", "delete", "replace", "replace", "reword"])
    if how == "reword":
        return start, 1, [_reworded(rng, lines[start])]
    gone = 0 if how == "insert" else min(rng.randint(1, 4), len(lines) - start)
    grown = 0 if how == "delete" else rng.randint(1, 4)
    return start, gone, [_new_line(rng, lines[start]) for _ in range(grown)]


def _hunks(lines: tuple[str, ...], edits: list[Edit], context: int) -> list[Hunk]:
    groups: list[list[Edit]] = []
    for edit in edits:
        if groups and edit[0] - sum(groups[-1][-1][:2]) <= 2 * context:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    hunks = []
    shift = 0
    for group in groups:
        at = first = max(0, group[0][0] - context)
        body: list[tuple[str, str]] = []
        for start, gone, new in group:
            body += [(" ", one) for one in lines[at:start]]
            body += [("-", one) for one in lines[start : start + gone]]
            body += [("+", one) for one in new]
            at = start + gone
        body += [(" ", one) for one in lines[at : at + context]]
        hunks.append(Hunk(first + 1, first + 1 + shift, tuple(body), None, first + 1))
        shift += sum(len(new) - gone for _, gone, new in group)
    return hunks


# -- truth


def fits(lines: tuple[str, ...], wanted: list[str]) -> list[int]:
    """Return the line numbers where lines stand, compared as the rules compare them."""
    have = [plain(one) for one in lines]
    want = [plain(one) for one in wanted]
    return [at + 1 for at in range(len(have) - len(want) + 1) if have[at : at + len(want)] == want]


def _near(lines: tuple[str, ...], at: int, wanted: list[str]) -> bool:
    there = [plain(one) for one in lines[max(0, at - 1) : max(0, at - 1) + len(wanted)]]
    pairs = [one == plain(two) for one, two in zip(there, wanted, strict=False) if two.strip()]
    return sum(pairs) >= 0.34 * max(1, len(pairs))


def _twin(lines: tuple[str, ...], says: int, fit: int, wanted: list[str]) -> bool:
    """Tell whether a place as near to the stated line as the fit has nearly the same text."""
    reach = abs(says - fit)
    return any(
        _near(lines, at, wanted)
        for at in range(max(1, says - reach), min(len(lines), says + reach) + 1)
        if at != fit
    )


def stated(hunk: Hunk) -> int | None:
    """Return the line that a hunk's header states, if it states one."""
    if hunk.header is None:
        return hunk.old
    return None


def decided(draft: Draft) -> Truth | None:
    """Return what is due by the rules for a draft that claims to be decidable, None: unfair."""
    truth = draft.truth
    sure = []
    off = False
    for hunk in draft.hunks:
        where = fits(draft.lines, hunk.before)
        sure.append(where)
        if len(where) == 1 and stated(hunk) not in (None, where[0]):
            off = True
    for hunk, where in zip(draft.hunks, sure, strict=True):
        says = stated(hunk)
        if not any(one.strip() for one in hunk.before):
            truth = _no_more(truth, Truth.EITHER)
        if (
            len(where) == 1
            and says not in (None, where[0])
            and _twin(draft.lines, says or 1, where[0], hunk.before)
        ):
            truth = _no_more(truth, Truth.EITHER)
        if len(where) != 1 and (says != hunk.true_old or off):
            if says in where and says != hunk.true_old and not off:
                return None
            truth = _no_more(truth, Truth.EITHER)
        if _stands_already(draft.lines, hunk):
            truth = _no_more(truth, Truth.EITHER)
        if any(one.strip() in ("...", "…") for _, one in hunk.body):
            truth = _no_more(truth, Truth.EITHER)
    return truth


def _stands_already(lines: tuple[str, ...], hunk: Hunk) -> bool:
    added = [text for mark, text in hunk.body if mark == "+"]
    removed = [mark for mark, _ in hunk.body if mark == "-"]
    return not removed and bool(fits(lines, added))


def _no_more(truth: Truth, most: Truth) -> Truth:
    return most if truth is Truth.APPLY else truth


def draw_case(
    name: str, seed: int, hunkwise: Hunkwise | None, textwise: Textwise | None
) -> Case | None:
    """Return a case with a defect in its hunks, in its text or in both; None: it does not arise."""
    rng = random.Random(f"{name}/{seed}")
    for _ in range(80):
        draft: Draft | None = draw_draft(rng)
        if draft and hunkwise:
            draft = hunkwise(rng, draft)
        if draft is None:
            continue
        truth = draft.truth if name.startswith("twin_prompt") else decided(draft)
        if truth is None:
            continue
        text = "\n".join(draft.written()) + "\n"
        if textwise:
            made = textwise(rng, draft, text)
            if made is None:
                continue
            text, also = made
            if also is Truth.REFUSE or (also is Truth.EITHER and truth is Truth.APPLY):
                truth = also
        if draft.intended == draft.prompt:
            truth = Truth.REFUSE
        return Case(
            f"{name}/{seed}",
            draft.prompt,
            text,
            (draft.intended, *draft.also, *_as_good(name, draft)),
            truth,
        )
    return None


_TYPED: dict[str, Callable[[str], str]] = {
    "nfd_everywhere": lambda t: unicodedata.normalize("NFD", t),
    "smart_quotes_everywhere": lambda t: t.replace("'", "’").replace('"', "“"),
    "nbsp_everywhere": lambda t: t.replace(" ", "\u00a0"),
}
"""Added lines are taken verbatim: rule R6."""


def _as_good(name: str, draft: Draft) -> tuple[str, ...]:
    """Return what would do as well: a final newline as the diff has it, characters as typed."""
    if "marker" in name:
        return (
            join(draft.meant, draft.ending, final=not draft.final),
            draft.intended.rstrip("\r\n"),
        )
    added = {t for h in draft.hunks for m, t in h.body if m == "+"} - set(draft.lines)
    for word, typing in _TYPED.items():
        if word in name:
            typed = tuple(typing(t) if t in added else t for t in draft.meant)
            return (join(typed, draft.ending, final=draft.final),)
    return ()
