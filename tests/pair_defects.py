"""Prompts, edits told as find/replace pairs, and the ways in which models tell them wrongly.

Each kind returns the pairs and the texts that may come of them; none where only
a refusal is right. A kind whose name begins with `sound_` is an ordinary edit.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SUBJECTS = "agent bot clerk coach desk editor guide judge nurse pilot scout tutor"
VERBS = "answers audits books checks cites drafts files greets logs opens ranks signs"
OBJECTS = "accounts bills calls drafts forms guests invoices jobs orders papers tables trips"
PLACES = "at noon|by hand|in Berlin|in pairs|in writing|on Monday|per week|with care"
NEW = ("Every summary ends with a date.", "Loud music stops the tour.", "Zebras cross first.")

Pair = tuple[str, str]
Kind = Callable[["Page"], tuple[Sequence[Pair], Sequence[str]]]


@dataclass
class Page:
    """A prompt of numbered facts, no two alike, and where the edit goes."""

    rng: random.Random
    lines: list[str]
    at: int
    ending: str = "\n"

    @property
    def line(self) -> str:
        return self.lines[self.at]

    @property
    def text(self) -> str:
        return self.with_lines(self.lines)

    def with_lines(self, lines: Sequence[str]) -> str:
        return self.ending.join(lines) + self.ending

    def instead(self, *new: str, count: int = 1) -> str:
        """Return the text with other lines in place of the edited ones."""
        return self.with_lines([*self.lines[: self.at], *new, *self.lines[self.at + count :]])


def draw(name: str, seed: int) -> tuple[Page, Sequence[Pair], Sequence[str]]:
    """Return a prompt, its pairs and the texts that may come of them."""
    rng = random.Random(f"{name}/{seed}")
    facts = [
        f"The {subject} {verb} {rng.randint(3, 99)} {what} {where}."
        for subject, verb, what, where in zip(
            rng.sample(SUBJECTS.split(), 8),
            rng.sample(VERBS.split(), 8),
            rng.sample(OBJECTS.split(), 8),
            rng.sample(PLACES.split("|"), 8),
            strict=True,
        )
    ]
    lines = ["# Handbook", "", "## First", *[f"- {fact}" for fact in facts[:4]]]
    lines += ["", "## Second", *[f"- {fact}" for fact in facts[4:]], "", "Begin now."]
    page = Page(rng, lines, rng.choice([4, 5, 10, 11]))
    pairs, texts = KINDS[name](page)
    return page, pairs, texts


KINDS: dict[str, Kind] = {}


def kind(make: Kind) -> Kind:
    KINDS[make.__name__] = make
    return make


def other(page: Page) -> str:
    """Return the edited line with another verb."""
    words = page.line.split(" ")
    return " ".join([*words[:3], "never", *words[3:]])


# --- ordinary edits ------------------------------------------------------------------------


@kind
def sound_line(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line, other(page))], [page.instead(other(page))]


@kind
def sound_line_with_its_ending(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line + "\n", other(page) + "\n")], [page.instead(other(page))]


@kind
def sound_text_behind_its_bullet(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line[2:], other(page)[2:])], [page.instead(other(page))]


@kind
def sound_phrase(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    words = page.line.split(" ")
    find = " ".join(words[2:5])
    new = f"{words[2]} gladly {words[3]} {words[4]}"
    return [(find, new)], [page.instead(page.line.replace(find, new))]


@kind
def sound_number(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    words = page.line.split(" ")
    find, new = " ".join(words[3:6]), " ".join(["100", *words[5:6]])
    new = f"{words[3]} 100 {words[5]}"
    return [(find, new)], [page.instead(page.line.replace(find, new))]


@kind
def sound_insert_after(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    new = f"- {page.rng.choice(NEW)}"
    return [(page.line, f"{page.line}\n{new}")], [page.instead(page.line, new)]


@kind
def sound_insert_before(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    new = f"- {page.rng.choice(NEW)}"
    return [(page.line, f"{new}\n{page.line}")], [page.instead(new, page.line)]


@kind
def sound_insert_between(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    first, second = page.lines[page.at : page.at + 2]
    new = f"- {page.rng.choice(NEW)}"
    pairs = [(f"{first}\n{second}", f"{first}\n{new}\n{second}")]
    return pairs, [page.instead(first, new)]


@kind
def sound_new_section(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    new = ["## Third", f"- {NEW[0]}", "", "## Second"]
    text = page.text.replace("## Second", "\n".join(new))
    return [("## Second", "\n".join(new))], [text]


@kind
def sound_deletion(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line + "\n", "")], [page.instead()]


@kind
def sound_deletion_of_a_word(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    word = page.line.split(" ")[2]
    return [(f" {word}", "")], [page.instead(page.line.replace(f" {word}", ""))]


@kind
def sound_move_by_two_pairs(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    line, below = page.lines[page.at : page.at + 2]
    pairs = [(line + "\n", ""), (below, f"{below}\n{line}")]
    return pairs, [page.instead(below, line, count=2)]


@kind
def sound_neighbours_by_two_pairs(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    line, below = page.lines[page.at : page.at + 2]
    pairs = [(line, f"{line}\n- {NEW[0]}"), (below, f"- {NEW[1]}\n{below}")]
    return pairs, [page.instead(line, f"- {NEW[0]}", f"- {NEW[1]}")]


@kind
def sound_crlf(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    page.ending = "\r\n"
    first, second = page.lines[page.at : page.at + 2]
    pairs = [(f"{first}\n{second}", f"{other(page)}\n- {NEW[1]}\n{second}")]
    return pairs, [page.instead(other(page), f"- {NEW[1]}")]


@kind
def sound_curly_prompt(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    page.lines[page.at] = "- It\u2019s \u201copen\u201d to all."
    plain = '- It\'s "open" to all.'
    return [(plain, f"{plain}\n- {NEW[0]}")], [page.instead(page.line, f"- {NEW[0]}")]


@kind
def sound_blanks_at_the_end(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    line = page.line
    page.lines[page.at] += "  "
    return [(line, f"{line}\n- {NEW[0]}")], [page.instead(page.line, f"- {NEW[0]}")]


@kind
def sound_parallel_rule(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    page.lines[page.at] = "- When the customer asks about prices, link the list."
    new = "- When the customer asks about refunds, call a human."
    return [(page.line, f"{page.line}\n{new}")], [page.instead(page.line, new)]


# --- what models do ------------------------------------------------------------------------


@kind
def part_of_a_word(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    word = page.line.split(" ")[2]
    return [(f" {word[:-2]}", " tells")], []


@kind
def part_of_a_number(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    page.lines[page.at] = "- Keep 12,500 rows at most."
    return [page.rng.choice([("12", "14"), ("500 rows", "700 rows"), ("Keep 1", "Keep 2")])], []


@kind
def part_of_a_marker(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [("# Second", "# Zeroth\n\n# Second")], []


@kind
def part_of_a_placeholder(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    page.lines[page.at] = "- Today is {current_date} here."
    return [page.rng.choice([("current", "next"), ("current_date", "x"), ("{current", "{y")])], []


@kind
def part_of_a_character(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    page.lines[page.at] = "- Passe\u0301 minuit \U0001f1fa\U0001f1f8 \U0001f44d\U0001f3fd ok."
    return [(page.rng.choice(["- Passe", "\U0001f1fa", "\U0001f44d"]), "x")], []


@kind
def line_below_again(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    below = page.lines[page.at + 1]
    return [(page.line, f"{other(page)}\n{below}")], [page.instead(other(page))]


@kind
def line_above_again(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    above = page.lines[page.at - 1]
    return [(page.line, f"{above}\n{other(page)}")], [page.instead(other(page))]


@kind
def section_again(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    start = page.lines.index("## Second")
    section = [*page.lines[start : start + 4], other(page)]
    return [("## Second", "\n".join(section))], []


@kind
def insertion_made_before(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    line, below = page.lines[page.at : page.at + 2]
    page.lines[page.at] += page.rng.choice(["", "  "])
    return [(line, f"{line}\n{page.rng.choice(['', chr(10)])}{below}")], []


@kind
def same_insertion_twice(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    line, below = page.lines[page.at : page.at + 2]
    new = f"- {NEW[0]}"
    return [(line, f"{line}\n{new}"), (below, f"{new}\n{below}")], [page.instead(line, new)]


@kind
def full_stop_twice(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line[:-1], other(page))], [page.instead(other(page))]


@kind
def marker_twice(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line[2:], other(page))], [page.instead(other(page))]


@kind
def cut_find_for_a_whole_line(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line.rsplit(" ", 2)[0], other(page))], [page.instead(other(page))]


@kind
def tail_for_a_whole_line(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    find = page.line.split(" ", 3)[-1]
    return [(find, other(page)[2:])], [page.instead(other(page))]


@kind
def cut_anchor(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    find = page.line.rsplit(" ", 2)[0]
    return [(find, f"{find}\n- {NEW[0]}")], [page.instead(page.line, f"- {NEW[0]}")]


@kind
def lost_blank(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    word = page.line.split(" ")[2]
    return [(f"{word} ", "sees")], [page.instead(page.line.replace(word, "sees"))]


@kind
def glued_words(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    word = page.line.split(" ")[2]
    return [(f" {word} ", "")], [page.instead(page.line.replace(f" {word}", ""))]


@kind
def glued_lines(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line, f"{page.line}- {NEW[0]}")], [page.instead(page.line, f"- {NEW[0]}")]


@kind
def half_of_the_next_line(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    half = " ".join(page.lines[page.at + 1].split(" ")[:3])
    return [(f"{page.line}\n{half}", other(page))], []


@kind
def split_line(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    words = page.line.split(" ")
    find = " ".join(words[2:4])
    text = page.instead(page.line.replace(find, f"hardly {words[3]}"))
    return [(find, page.rng.choice(["hardly ", "\nhardly "]) + f"{words[3]}\n")], [text]


@kind
def emptied_bullet(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line[2:], "")], [page.instead()]


@kind
def cut_short(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [(page.line, page.line[: page.rng.randint(8, len(page.line) - 2)])], []


@kind
def lost_indentation(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    line = page.line
    page.lines[page.at] = f"    {line}"
    return [(line, f"{line}\n- {NEW[0]}")], [page.instead(page.line, f"    - {NEW[0]}")]


@kind
def shown_with_signs(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    sign = page.rng.choice(["+", "+ ", "12: ", "> "])
    return [(page.line, f"{sign}{page.line}\n{sign}- {NEW[0]}")], [
        page.instead(page.line, f"- {NEW[0]}")
    ]


@kind
def heaped_marks(page: Page) -> tuple[Sequence[Pair], Sequence[str]]:
    return [("e" + "\u0301\u0316" * 60_000, "x")], []
