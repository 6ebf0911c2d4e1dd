"""A seeded generator of defective answers: each kind says what can still be had.

A case holds the edits that the teacher meant and those that a careful reader can
still tell. Reading anything else than one of the meant edits is an invention.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Edit = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One defective answer."""

    kind: str
    text: str
    meant: tuple[Edit, ...]
    """All that the teacher wrote; nothing else may be read."""
    readable: tuple[Edit, ...]
    """What can be had without a guess."""


Made = tuple[str, list[Edit]]
"""An answer's text, and the edits that can be had from it."""
KINDS: dict[str, Callable[[random.Random, list[Edit]], Made]] = {}


def kind(make: Callable[[random.Random, list[Edit]], Made]) -> Callable[..., Made]:
    """Register a kind of defect under its function's name."""
    KINDS[make.__name__] = make
    return make


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield `count` cases, the kinds in turn."""
    rng = random.Random(seed)
    names = list(KINDS)
    for number in range(count):
        name = names[number % len(names)]
        meant = [edit(rng, place) for place in range(rng.randint(1, 5))]
        text, readable = KINDS[name](rng, meant)
        yield Case(name, text, tuple(meant), tuple(readable))


# --- edits with texts that tempt a reader ---------------------------------------------

_TEXTS = [
    "The traces show it.",
    'It says "no" too early, and "maybe" too late.',
    "Don't guess: the user's word counts.",
    'Use {tool_descriptions}; answer as {{"a": 1}}.',
    "Line one\nline two\n\n- a list\n- with, commas",
    "A path C:\\temp\\new and a regex \\d+\\s*",
    "“Typographic” quotes and dots…",
    "Braces } ] { [ and , : in a row",
    "Ends with a comma,",
    "// no comment, # no heading, /* none */",
    "```python\nprint('hi')\n```",
    "Grüße, 你好, 😀, e\u0301",
    '{"edits": [{"op": "add_tool_to_agent"}]}',
    "true, false, null, None, NaN",
    "https://example.org/a?b=c&d=e#f",
    "x" * 300,
    " leading and trailing ",
    "tab\there",
]
_OPS: list[tuple[str, str, Callable[[random.Random], dict[str, Any]]]] = [
    (
        "add_tool_to_agent",
        "tools",
        lambda r: {"agent": "coder", "tool_name": f"t{r.random():.9f}"[2:]},
    ),
    (
        "set_agent_param",
        "agent",
        lambda r: {"agent": "coder", "param": "max_turns", "value": r.randint(1, 99)},
    ),
    (
        "set_model_param",
        "intelligence",
        lambda r: {"model": "qwen3", "param": "top_p", "value": round(r.random(), 3)},
    ),
    ("replace_system_prompt", "agent", lambda r: {"agent": "coder", "new_content": text(r)}),
    (
        "patch_system_prompt",
        "agent",
        lambda r: {
            "agent": "coder",
            "replacements": [{"find": text(r), "replace": text(r)} for _ in range(r.randint(1, 3))],
        },
    ),
    (
        "edit_few_shot_exemplars",
        "agent",
        lambda r: {
            "agent": "coder",
            "exemplars": [{"input": text(r), "output": text(r)} for _ in range(r.randint(1, 4))],
        },
    ),
]


def text(rng: random.Random) -> str:
    """Return one or two tempting texts."""
    return " ".join(rng.choice(_TEXTS) for _ in range(rng.randint(1, 2)))


def edit(rng: random.Random, place: int) -> Edit:
    """Return a valid edit; its id makes it unlike all others."""
    op, pillar, payload = rng.choice(_OPS)
    made = {
        "id": f"e{place}-{rng.randrange(10**9)}",
        "op": op,
        "pillar": pillar,
        "target": "agents.coder.slot",
        "payload": payload(rng),
        "rationale": text(rng),
        "expected_improvement": f"c{rng.randint(1, 3)}",
        "references": [f"trace-{rng.randrange(1000)}" for _ in range(rng.randint(0, 3))],
    }
    if rng.random() < 0.5:
        made["risk_tier"] = rng.choice(["auto", "review", "Manual", "low"])
    keys = list(made)
    if rng.random() < 0.5:
        rng.shuffle(keys)
    return {key: made[key] for key in keys}


def dumped(value: Any, rng: random.Random) -> str:
    """Return JSON in one of the layouts in use."""
    indent = rng.choice([None, None, 1, 2, 4])
    return json.dumps(value, indent=indent, ensure_ascii=rng.random() < 0.5)


def clean_text(rng: random.Random, edits: list[Edit]) -> str:
    return dumped({"edits": edits}, rng)


def strings(raw: str) -> list[tuple[int, int]]:
    """Return where the strings of a valid JSON text stand, quotes included."""
    return [found.span() for found in re.finditer(r'"(?:[^"\\]|\\.)*"', raw)]


def outside_strings(raw: str, pattern: str, new: str | Callable[[re.Match[str]], str]) -> str:
    """Replace a pattern wherever it stands outside strings."""
    parts, last = [], 0
    for start, end in strings(raw):
        parts += [re.sub(pattern, new, raw[last:start]), raw[start:end]]
        last = end
    return "".join([*parts, re.sub(pattern, new, raw[last:])])


def around(rng: random.Random, edits: list[Edit], change: Callable[[str], str | None]) -> Made:
    """Change one item's text; None of it can be had, all others can."""
    place = rng.randrange(len(edits))
    raws = [dumped(one, rng) for one in edits]
    changed = change(raws[place])
    if changed is None:
        return clean_text(rng, edits), edits
    raws[place] = changed
    return '{"edits": [' + ", ".join(raws) + "]}", edits[:place] + edits[place + 1 :]


# --- nothing is wrong, or only the wrapping ---------------------------------------------


@kind
def clean(rng: random.Random, edits: list[Edit]) -> Made:
    return clean_text(rng, edits), edits


@kind
def fenced(rng: random.Random, edits: list[Edit]) -> Made:
    language = rng.choice(["json", "", "JSON", "jsonc", "javascript"])
    return f"```{language}\n{clean_text(rng, edits)}\n```", edits


@kind
def fence_with_prose(rng: random.Random, edits: list[Edit]) -> Made:
    before = rng.choice(["Here's the plan:", 'Sure! I\'d go for "small" edits.', "Plan [1] {c1}:"])
    return f"{before}\n\n```json\n{clean_text(rng, edits)}\n```\n\nThat's all [1]; {{done}}.", edits


@kind
def prose_without_fence(rng: random.Random, edits: list[Edit]) -> Made:
    before = rng.choice(["The clusters [c1, c2] need {care}: ", "It's 5\" wide. ", "Note: ok\n"])
    return before + clean_text(rng, edits) + "\nDon't apply {blindly}.", edits


@kind
def fence_never_closes(rng: random.Random, edits: list[Edit]) -> Made:
    return f"```json\n{clean_text(rng, edits)}", edits


@kind
def byte_order_mark(rng: random.Random, edits: list[Edit]) -> Made:
    return "\ufeff" + clean_text(rng, edits), edits


@kind
def carriage_returns(rng: random.Random, edits: list[Edit]) -> Made:
    return json.dumps({"edits": edits}, indent=2).replace("\n", "\r\n"), edits


@kind
def odd_blanks(rng: random.Random, edits: list[Edit]) -> Made:
    blank = rng.choice(["\u00a0", "\ufeff", "\u200b", "\u3000"])
    return outside_strings(clean_text(rng, edits), r" ", blank), edits


@kind
def thinking_before(rng: random.Random, edits: list[Edit]) -> Made:
    draft = dumped({"edits": [{**edits[0], "rationale": "draft"}]}, rng)
    return f"<think>Maybe {draft}? No.</think>\n{clean_text(rng, edits)}", edits


@kind
def example_before(rng: random.Random, edits: list[Edit]) -> Made:
    example = (
        '{"edits": [{"op": "add_tool_to_agent", "payload": {"agent": "x", "tool_name": "y"}}]}'
    )
    return f"The form is {example}.\n\n{clean_text(rng, edits)}", edits


@kind
def bare_example_before(rng: random.Random, edits: list[Edit]) -> Made:
    example = '{"op": "add_tool_to_agent", "payload": {"agent": "x", "tool_name": "y"}}'
    return f"An edit looks like `{example}`.\n\n{clean_text(rng, edits)}", edits


@kind
def wrapped(rng: random.Random, edits: list[Edit]) -> Made:
    inner: Any = {"edits": edits, "notes": ["edits are safe"]}
    for _ in range(rng.randint(1, 3)):
        inner = {rng.choice(["plan", "response", "learning_plan", "result"]): inner}
    return dumped(rng.choice([inner, [inner]]), rng), edits


@kind
def answer_in_string(rng: random.Random, edits: list[Edit]) -> Made:
    return json.dumps(clean_text(rng, edits)), edits


@kind
def list_in_string(rng: random.Random, edits: list[Edit]) -> Made:
    return json.dumps({"edits": dumped(edits, rng)}), edits


@kind
def edits_in_strings(rng: random.Random, edits: list[Edit]) -> Made:
    return dumped({"edits": [dumped(one, rng) for one in edits]}, rng), edits


@kind
def bare_list(rng: random.Random, edits: list[Edit]) -> Made:
    return rng.choice(["", "The edits:\n", "```json\n"]) + dumped(edits, rng), edits


@kind
def one_edit_without_list(rng: random.Random, edits: list[Edit]) -> Made:
    return dumped({"edits": edits[0]}, rng), edits[:1]


@kind
def edits_by_name(rng: random.Random, edits: list[Edit]) -> Made:
    return dumped({"edits": {f"first{n}": one for n, one in enumerate(edits)}}, rng), edits


@kind
def line_by_line(rng: random.Random, edits: list[Edit]) -> Made:
    return "\n".join(json.dumps(one) for one in edits), edits


@kind
def a_fence_each(rng: random.Random, edits: list[Edit]) -> Made:
    parts = [f"{n}. It's so:\n```json\n{dumped(one, rng)}\n```" for n, one in enumerate(edits, 1)]
    return "\n\n".join(parts), edits


@kind
def other_list_names(rng: random.Random, edits: list[Edit]) -> Made:
    return dumped({rng.choice(["changes", "items", "plan"]): edits}, rng), edits


@kind
def answered_twice(rng: random.Random, edits: list[Edit]) -> Made:
    return f"{clean_text(rng, edits)}\n\n{clean_text(rng, edits)}", edits


@kind
def begins_again(rng: random.Random, edits: list[Edit]) -> Made:
    whole = clean_text(rng, edits)
    return whole[: rng.randrange(9, len(whole))].rstrip('"\\') + "\n\n```json\n" + whole, edits


@kind
def braces_after(rng: random.Random, edits: list[Edit]) -> Made:
    return clean_text(rng, edits) + rng.choice(["}", "]}", "\n}\n]", "```}", ";", ","]), edits


# --- the text breaks off -----------------------------------------------------------------


@kind
def cut(rng: random.Random, edits: list[Edit]) -> Made:
    raws = [dumped(one, rng) for one in edits]
    place = rng.randrange(len(raws))
    part = raws[place][: rng.randrange(1, len(raws[place]) - 1)]
    return '{"edits": [' + ", ".join([*raws[:place], part]), edits[:place]


@kind
def cut_and_fence_closed(rng: random.Random, edits: list[Edit]) -> Made:
    made, readable = cut(rng, edits)
    return f"```json\n{made}\n```", readable


@kind
def cut_between(rng: random.Random, edits: list[Edit]) -> Made:
    raws = [dumped(one, rng) for one in edits]
    return '{"edits": [' + ", ".join(raws) + rng.choice(["", ",", ", ", "\n", "]"]), edits


@kind
def cut_in_string_answer(rng: random.Random, edits: list[Edit]) -> Made:
    made, readable = cut(rng, edits)
    whole = json.dumps(made)[:-1]
    return whole, readable


@kind
def cut_with_a_note(rng: random.Random, edits: list[Edit]) -> Made:
    made, readable = cut(rng, edits)
    return made + "\n... [output truncated]", readable


# --- JSON's grammar is bent ------------------------------------------------------------------


@kind
def trailing_commas(rng: random.Random, edits: list[Edit]) -> Made:
    raw = clean_text(rng, edits)
    return outside_strings(raw, r"(?<=[^\s\[{,])(\s*[}\]])", r",\1").removesuffix(","), edits


@kind
def comments(rng: random.Random, edits: list[Edit]) -> Made:
    note = rng.choice(["// it's one edit\n", '/* a "note", { */', "# why\n"])
    return outside_strings(clean_text(rng, edits), r",", f", {note}"), edits


@kind
def python_repr(rng: random.Random, edits: list[Edit]) -> Made:
    return repr({"edits": [{**one, "risk_tier": None} for one in edits]}), [
        {**one, "risk_tier": None} for one in edits
    ]


@kind
def bare_keys(rng: random.Random, edits: list[Edit]) -> Made:
    raw = clean_text(rng, edits)
    keys = re.compile(r'"(\w+)"(?=\s*:)')
    spans = {start for start, _ in strings(raw)}
    return keys.sub(lambda m: m[1] if m.start() in spans else m[0], raw), edits


@kind
def smart_quotes(rng: random.Random, edits: list[Edit]) -> Made:
    """Quotes round the strings only; an inner quote leaves its item in doubt."""
    raws = []
    readable = []
    for one in edits:
        raw = json.dumps(one, ensure_ascii=False)
        doubtful = re.search(r'\\"|[“”]', raw)
        raws.append(re.sub(r'"((?:[^"\\]|\\.)*)"', r"“\1”", raw))
        readable += [] if doubtful else [one]
    return "{“edits”: [" + ", ".join(raws) + "]}", readable


@kind
def line_breaks_in_strings(rng: random.Random, edits: list[Edit]) -> Made:
    raw = clean_text(rng, edits)
    return re.sub(r"(?<!\\)((?:\\\\)*)\\n", "\\1\n", raw).replace("\\t", "\\t"), edits


@kind
def no_comma_between(rng: random.Random, edits: list[Edit]) -> Made:
    return '{"edits": [' + "\n".join(dumped(one, rng) for one in edits) + "]}", edits


@kind
def other_commas_and_colons(rng: random.Random, edits: list[Edit]) -> Made:
    raw = clean_text(rng, edits)
    comma, colon = rng.choice([(";", ":"), (",", "="), (";", " =>")])
    return outside_strings(outside_strings(raw, ",", comma), ":", colon), edits


@kind
def no_comma_before_a_field(rng: random.Random, edits: list[Edit]) -> Made:
    key = rng.choice(["rationale", "payload", "expected_improvement", "op", "references"])
    return re.sub(rf',(?=\s*"{key}":)', "", clean_text(rng, edits)), edits


@kind
def quotes_in_reasons(rng: random.Random, edits: list[Edit]) -> Made:
    """Quotes in reasons of plain words are not escaped."""
    reasons = re.compile(r'("rationale": ")((?:[^"\\{}\[\]]|\\")*)(?=")')
    raw = clean_text(rng, edits)
    return reasons.sub(lambda found: found[1] + found[2].replace('\\"', '"'), raw), edits


@kind
def a_mark_before_each_line(rng: random.Random, edits: list[Edit]) -> Made:
    mark = rng.choice(["+", "{n:5d}\t", "{n:3d} | ", "2026-11-22T03:00:{n:02d}Z teacher: "])
    lines = json.dumps({"edits": edits}, indent=2).split("\n")
    # Nothing between the provider and us writes it: it has to be refused, not read.
    return "\n".join(mark.format(n=at) + line for at, line in enumerate(lines)), []


@kind
def a_sign_before_each_line_of_one(rng: random.Random, edits: list[Edit]) -> Made:
    raws = [json.dumps(one, indent=2) for one in edits]
    place = rng.randrange(len(edits))
    sign = rng.choice(["+ ", "- ", "> "])
    raws[place] = "\n".join(sign + line for line in raws[place].split("\n"))
    readable = edits[:place] + edits[place + 1 :] if place else []
    return '{"edits": [\n' + ",\n".join(raws) + "\n]}", readable


@kind
def list_not_closed(rng: random.Random, edits: list[Edit]) -> Made:
    return clean_text(rng, edits).rstrip().removesuffix("}").rstrip().removesuffix("]") + "}", edits


@kind
def ellipsis_between(rng: random.Random, edits: list[Edit]) -> Made:
    raws = [dumped(one, rng) for one in edits]
    return '{"edits": [' + ", ..., ".join(raws) + ", ...]}", edits


@kind
def capital_key(rng: random.Random, edits: list[Edit]) -> Made:
    return dumped({rng.choice(["Edits", "EDITS"]): edits}, rng), edits


@kind
def other_items_between(rng: random.Random, edits: list[Edit]) -> Made:
    mixed: list[Any] = list(edits)
    for _ in range(rng.randint(1, 3)):
        mixed.insert(rng.randint(0, len(mixed)), rng.choice(["add a tool", 7, None, True, [], [1]]))
    return dumped({"edits": mixed}, rng), edits


@kind
def escaped_apostrophes(rng: random.Random, edits: list[Edit]) -> Made:
    return clean_text(rng, edits).replace("'", "\\'"), edits


@kind
def full_width_marks(rng: random.Random, edits: list[Edit]) -> Made:
    raw = outside_strings(clean_text(rng, edits), r",", "\uff0c")
    return outside_strings(raw, r":", "\uff1a"), edits


@kind
def list_in_list(rng: random.Random, edits: list[Edit]) -> Made:
    return dumped({"edits": rng.choice([[edits], [[one] for one in edits]])}, rng), edits


@kind
def opening_bracket_missing(rng: random.Random, edits: list[Edit]) -> Made:
    return '{"edits": ' + ", ".join(dumped(one, rng) for one in edits) + "]}", edits


@kind
def escaped_without_a_string(rng: random.Random, edits: list[Edit]) -> Made:
    return json.dumps(clean_text(rng, edits))[1:-1], edits


@kind
def arguments_of_a_tool(rng: random.Random, edits: list[Edit]) -> Made:
    return dumped({"name": "plan", "arguments": clean_text(rng, edits)}, rng), edits


@kind
def tail_only(rng: random.Random, edits: list[Edit]) -> Made:
    """Nobody knows under which key they stood: they may have been the rejected ones."""
    whole = json.dumps({"edits": edits})
    first = json.dumps(edits[0])
    start = whole.index(first) + rng.randrange(3, len(first))
    return whole[start:], []


@kind
def only_thinking(rng: random.Random, edits: list[Edit]) -> Made:
    return f"<think>Perhaps {clean_text(rng, edits)}, but", []


# --- one item is broken, the others can be had -------------------------------------------------


@kind
def key_doubled(rng: random.Random, edits: list[Edit]) -> Made:
    key = rng.choice(["op", "rationale", "payload", "expected_improvement"])
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + f', "{key}": "other"}}')


@kind
def payload_key_doubled(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.replace('"agent":', '"agent": "x", "agent":', 1))


@kind
def not_a_number(rng: random.Random, edits: list[Edit]) -> Made:
    word = rng.choice(["NaN", "Infinity", "-Infinity", "1e999"])
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + f', "confidence": {word}}}')


@kind
def half_a_character(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + ', "note": "a\\ud83d b"}')


@kind
def bare_quotes_in_pairs(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + ', "note": "say "hi" to all"}')


@kind
def bare_quote(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + ', "note": "5" disk"}')


@kind
def brace_missing(rng: random.Random, edits: list[Edit]) -> Made:
    place = rng.randrange(len(edits))
    raws = [dumped(one, rng) for one in edits]
    raws[place] = raws[place].rstrip()[:-1]
    return '{"edits": [' + ", ".join(raws) + "]}", edits[:place] + edits[place + 1 :]


@kind
def payload_brace_missing(rng: random.Random, edits: list[Edit]) -> Made:
    ordered = [
        {**{k: v for k, v in one.items() if k != "payload"}, "payload": one["payload"]}
        for one in edits
    ]
    place = rng.randrange(len(edits))
    raws = [json.dumps(one) for one in ordered]
    raws[place] = raws[place][:-1]
    return '{"edits": [' + ", ".join(raws) + "]}", edits[:place] + edits[place + 1 :]


@kind
def closes_too_early(rng: random.Random, edits: list[Edit]) -> Made:
    """A brace too many before the last fields: the item would be read without them."""
    place = rng.randrange(len(edits))
    raws = [json.dumps(one) for one in edits]
    one = edits[place]
    head = dict(list(one.items())[:4])
    tail = dict(list(one.items())[4:])
    raws[place] = json.dumps(head) + ", " + json.dumps(tail)[1:]
    return '{"edits": [' + ", ".join(raws) + "]}", edits[:place] + edits[place + 1 :]


@kind
def brace_too_many(rng: random.Random, edits: list[Edit]) -> Made:
    place = rng.randrange(len(edits))
    raws = [json.dumps(one) for one in edits]
    raws[place] += "}"
    return '{"edits": [' + ", ".join(raws) + "]}", edits


@kind
def unknown_escape(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + ', "note": "\\d+ or \\_x"}')


@kind
def value_missing(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + ', "note": }')


@kind
def colon_missing(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + ', "note" "x"}')


@kind
def comma_missing(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + ' "note": "x"}')


@kind
def ellipsis_inside(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + ", ...}")


@kind
def concatenated_strings(rng: random.Random, edits: list[Edit]) -> Made:
    return around(rng, edits, lambda raw: raw.rstrip()[:-1] + ', "note": "a" + "b"}')


@kind
def dropped_stretch(rng: random.Random, edits: list[Edit]) -> Made:
    """A stream lost a stretch from inside one item to the beginning of a later one."""
    if len(edits) < 2:
        return clean_text(rng, edits), edits
    raws = [json.dumps(one) for one in edits]
    place = rng.randrange(len(raws) - 1)
    raws[place] = raws[place][: rng.randrange(2, len(raws[place]) - 2)].rstrip('\\"')
    if sum(1 for _ in re.finditer(r'(?<!\\)"', raws[place])) % 2:
        raws[place] += '"'
    return '{"edits": [' + ", ".join(raws) + "]}", edits[:place] + edits[place + 1 :]


# --- no edit can be had ------------------------------------------------------------------------


@kind
def no_list(rng: random.Random, edits: list[Edit]) -> Made:
    return rng.choice(['{"edits": null}', "[]", "", "null", '"none"', "I can't help.", "{}"]), []


@kind
def strings_instead(rng: random.Random, edits: list[Edit]) -> Made:
    return dumped({"edits": [one["rationale"] for one in edits]}, rng), []
