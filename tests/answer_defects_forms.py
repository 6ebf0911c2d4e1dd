"""Answers of a teacher broken in ways of their own; what was meant, and what can be had."""

# ruff: noqa: E501, FBT001, FBT002, FBT003, PLC3002, RUF001

import html
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests import answer_defects
from tests.answer_defects import Edit

TEXTS = [
    "Be careful.",
    'Say "yes" or "no".',
    "Line one.\nLine two.\n\n- a bullet\n",
    "Use {name}, then [1, 2].",
    "A path C:\\new\\table and \\n.",
    '```json\n{"edits": []}\n```',
    "it's the user's",
    "tab\there",
    "日本語 🙂 é",
    "// not a comment",
    "/* nor this */ # nor this",
    "trailing comma, ]",
    '{"op": "lora_finetune"}',
    "a: b, c: d",
    "null",
    "“quoted”",
    "50% of 1,000; x = 2",
    "see http://a.b/c?d=e&f=g",
    "<think>no</think>",
    "…and so on",
    "...",
    "'single' and `ticks`",
    "key: 'value', other",
    "ends with backslash \\",
    "}]}",
    '"',
    "True, None",
    "— dash –",
]
NAMES = ("researcher", "coder", "mail_agent", "planner-2", "orchestrator")


@dataclass(frozen=True)
class Case(answer_defects.Case):
    """One defective answer, and whether all that can be had is due."""

    promised: bool


def prose(r: random.Random) -> str:
    return " ".join(r.choice(TEXTS) for _ in range(r.randint(1, 3)))


def edit(r: random.Random) -> Edit:
    agent = r.choice(NAMES)
    drawn: list[Callable[[], tuple[str, str, Edit, str]]] = [
        lambda: (
            "set_agent_param",
            "agent",
            {
                "agent": agent,
                "param": r.choice(["max_turns", "temperature"]),
                "value": r.choice([3, 12, 0.25, 1500, -1, 2.5e-4]),
            },
            f"agents.{agent}.max_turns",
        ),
        lambda: (
            "set_model_param",
            "intelligence",
            {"model": "qwen3:8b", "param": "top_k", "value": r.randint(1, 99)},
            "models.qwen3.top_k",
        ),
        lambda: (
            "replace_system_prompt",
            "agent",
            {"agent": agent, "new_content": "You are. " + prose(r)},
            f"agents.{agent}.system_prompt",
        ),
        lambda: (
            "patch_system_prompt",
            "agent",
            {
                "agent": agent,
                "replacements": [
                    {"find": "x " + prose(r), "replace": prose(r)} for _ in range(r.randint(1, 3))
                ],
                "diff": None,
            },
            f"agents.{agent}.system_prompt",
        ),
        lambda: (
            "patch_system_prompt",
            "agent",
            {
                "agent": agent,
                "replacements": None,
                "diff": '--- a\n+++ b\n@@ -1,2 +1,2 @@\n ctx\n-old "x"\n+new {y}\n',
            },
            f"agents.{agent}.system_prompt",
        ),
        lambda: (
            "edit_few_shot_exemplars",
            "agent",
            {
                "agent": agent,
                "exemplars": [
                    {"input": "q " + prose(r), "output": "a " + prose(r)}
                    for _ in range(r.randint(1, 4))
                ],
            },
            f"agents.{agent}.few_shot",
        ),
        lambda: (
            "add_tool_to_agent",
            "tools",
            {"agent": agent, "tool_name": r.choice(["search", "calc"])},
            f"agents.{agent}.tools",
        ),
        lambda: (
            "edit_tool_description",
            "tools",
            {"tool_name": "search", "new_description": "Finds pages, quickly; use it's."},
            "tools.search.description",
        ),
        lambda: ("lora_finetune", "intelligence", {"model": None, "notes": prose(r)}, "models.x"),
    ]
    op, pillar, payload, target = r.choice(drawn)()
    return {
        "id": f"e{r.randint(1, 10**6)}",
        "op": op,
        "pillar": pillar,
        "target": target,
        "payload": payload,
        "rationale": "Because " + prose(r),
        "expected_improvement": f"c{r.randint(1, 3)}",
        "risk_tier": r.choice(["auto", "review", None]),
        "references": [f"t{r.randint(1, 99)}" for _ in range(r.randint(0, 3))],
    }


def dump(value: Any, r: random.Random | None = None) -> str:
    if r is None:
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=r.random() < 0.2, indent=r.choice([None, 1, 2, 4]))


Made = tuple[str, list[Edit] | None]
KINDS: dict[str, tuple[Callable[[random.Random, list[Edit]], Made], bool]] = {}


def kind(
    name: str, promised: bool = True
) -> Callable[[Callable[[random.Random, list[Edit]], Made | str]], None]:
    def put(make: Callable[[random.Random, list[Edit]], Made | str]) -> None:
        KINDS[name] = (
            (lambda r, e: x if isinstance(x := make(r, e), tuple) else (x, None)),
            promised,
        )

    return put


def k(
    name: str, how: Callable[[random.Random, list[Edit]], Made | str], promised: bool = True
) -> None:
    kind(name, promised)(how)


def answer(r: random.Random, e: list[Edit]) -> str:
    return dump({"edits": e}, r)


def tokens(text: str) -> list[str]:
    return re.findall(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+|\s+', text)


def outside(text: str, how: Callable[[str], str]) -> str:
    return "".join(t if t[0] == '"' else how(t) for t in tokens(text))


def strings(text: str, how: Callable[[str], str]) -> str:
    return "".join(how(t) if t[0] == '"' else t for t in tokens(text))


k("clean", answer)
k("xml tag", lambda r, e: f"<answer>{answer(r, e)}</answer>")
k("fence with title", lambda r, e: f'Sure!\n```json title="plan.json"\n{answer(r, e)}\n```\nDone.')
k("fence tilde", lambda r, e: f"~~~\n{answer(r, e)}\n~~~")
k("fence unclosed", lambda r, e: f"```json\n{answer(r, e)}")
k("assignment", lambda r, e: f"const plan = {answer(r, e)};")
k("function call", lambda r, e: f"submit_plan({answer(r, e)})")
k("return statement", lambda r, e: f"return {answer(r, e)}")
k("tool call arguments object", lambda r, e: dump({"name": "submit", "arguments": {"edits": e}}, r))
k(
    "tool call arguments text",
    lambda r, e: dump({"name": "submit", "arguments": answer(r, e)}, r),
    False,
)
k(
    "openai message",
    lambda r, e: dump(
        {"choices": [{"message": {"role": "assistant", "content": answer(r, e)}}]}, r
    ),
    False,
)
k("anthropic blocks", lambda r, e: dump([{"type": "text", "text": answer(r, e)}], r), False)
k("whole answer as a string", lambda r, e: dump(answer(r, e)), False)
k("each edit as a string", lambda r, e: dump({"edits": [dump(x) for x in e]}, r), False)
k("nested wrappers", lambda r, e: dump({"result": {"plan": {"edits": e, "n": len(e)}}}, r))
k(
    "other key",
    lambda r, e: dump({r.choice(["changes", "proposed_edits", "plan", "actions", "Edits"]): e}, r),
    False,
)
k("edits by number", lambda r, e: dump({"edits": {str(i): x for i, x in enumerate(e)}}, r), False)
k("edits by id", lambda r, e: dump({"edits": {x["id"]: x for x in e}}, r), False)
k("single object", lambda r, e: dump({"edits": e[0]}, r) if len(e) == 1 else answer(r, e))
k("each wrapped", lambda r, e: dump({"edits": [{"edit": x} for x in e]}, r), False)
k("ndjson", lambda r, e: "\n".join(dump(x) for x in e))
k("ndjson of answers", lambda r, e: "\n".join(dump({"edits": [x]}) for x in e), False)
k("objects glued", lambda r, e: "".join(dump(x) for x in e))
k(
    "markdown items with fences",
    lambda r, e: "\n".join(
        f"{i}. **{x['op']}**\n\n   ```json\n   {dump(x)}\n   ```\n" for i, x in enumerate(e)
    ),
)
k("answer twice", lambda r, e: answer(r, e) + "\n\nOnce more:\n\n" + answer(r, e))
k("empty draft first", lambda r, e: '{"edits": []}\n\nWait, better:\n' + answer(r, e))
k(
    "draft then final",
    lambda r, e: (
        answer(r, [{**x, "rationale": "Draft."} for x in e]) + "\n\nFinal:\n" + answer(r, e),
        e,
    ),
)
k(
    "schema echoed first",
    lambda r, e: (
        '{"type": "object", "properties": {"edits": {"type": "array", "items": {"anyOf": [{"op": {"enum": ["lora_finetune"]}}]}}}}\n'
        + answer(r, e)
    ),
)
k(
    "example elided first",
    lambda r, e: 'Format: {"edits": [{"op": "...", "payload": {...}}, ...]}\n' + answer(r, e),
)
k(
    "thinking with braces",
    lambda r, e: '<think>maybe {op: set} or [ { " hmm </think>\n' + answer(r, e),
)
k("thinking unclosed", lambda r, e: "<think>maybe {x} then\n" + answer(r, e), False)
k(
    "apology with apostrophes",
    lambda r, e: (
        "I'm sorry, here's what you've asked; it's {almost} done:\n"
        + answer(r, e)
        + "\nThat's it; don't worry."
    ),
)
k("quote open in prose", lambda r, e: 'He said "no.\n' + answer(r, e) + '\n5" pipe')
k(
    "comment lines",
    lambda r, e: outside(
        answer(r, e),
        lambda t: t.replace(
            ",", r.choice([", // next\n", ", /* x */", ", # so\n", ',\n// "op": "none"\n'])
        ),
    ),
)
k(
    "trailing commas",
    lambda r, e: outside(answer(r, e), lambda t: {"}": ",}", "]": ",]"}.get(t, t)).replace(
        "[,]", "[]"
    ),
)
k(
    "doubled commas",
    lambda r, e: outside(answer(r, e), lambda t: ",," if t == "," and r.random() < 0.3 else t),
    False,
)
k(
    "leading commas",
    lambda r, e: outside(
        answer(r, e), lambda t: t + ", " if t in "{[" and r.random() < 0.3 else t
    ).replace("[, ]", "[]"),
    False,
)
k("semicolons", lambda r, e: outside(answer(r, e), lambda t: ";" if t == "," else t), False)
k("equals", lambda r, e: outside(answer(r, e), lambda t: "=" if t == ":" else t), False)
k("arrows", lambda r, e: outside(answer(r, e), lambda t: " => " if t == ":" else t), False)
k("comma lost between edits", lambda r, e: '{"edits": [' + "\n".join(dump(x, r) for x in e) + "]}")
k(
    "comma lost between fields",
    lambda r, e: re.sub(
        r'",\n(\s+")', r'"\n\1', json.dumps({"edits": e}, indent=1, ensure_ascii=False)
    ),
    False,
)
k(
    "dots between edits",
    lambda r, e: '{"edits": [' + ", ..., ".join(dump(x, r) for x in e) + ", ...]}",
    False,
)
k(
    "bare keys",
    lambda r, e: (
        re.sub(r'"(\w+)":', r"\1:", dump({"edits": e}))
        if not any(re.search(r'\\"\w+\\?":', dump(x)) for x in e)
        else answer(r, e)
    ),
)
k("python repr", lambda r, e: repr({"edits": e}))
k(
    "python repr printed",
    lambda r, e: "{'edits': [\n" + ",\n".join(" " + repr(x) for x in e) + "\n]}",
)
k("python words", lambda r, e: outside(answer(r, e), lambda t: {"null": "None"}.get(t, t)))
k(
    "upper words",
    lambda r, e: outside(
        answer(r, e), lambda t: {"null": r.choice(["NULL", "Null", "undefined", "nil"])}.get(t, t)
    ),
    False,
)
k(
    "typographic quotes",
    lambda r, e: (
        strings(answer(r, e), lambda t: "“" + t[1:-1] + "”")
        if not any("”" in dump(x) or "“" in dump(x) for x in e)
        else answer(r, e)
    ),
)
k("german quotes", lambda r, e: strings(answer(r, e), lambda t: "„" + t[1:-1] + "“"), False)
k("guillemets", lambda r, e: strings(answer(r, e), lambda t: "«" + t[1:-1] + "»"), False)
k("fullwidth", lambda r, e: outside(answer(r, e), lambda t: {",": "，", ":": "："}.get(t, t)))
k(
    "fullwidth braces",
    lambda r, e: outside(
        answer(r, e), lambda t: {"{": "｛", "}": "｝", "[": "［", "]": "］"}.get(t, t)
    ),
    False,
)
k("html entities", lambda r, e: html.escape(answer(r, e)), False)
k("html quot only", lambda r, e: answer(r, e).replace('"', "&quot;"), False)
k(
    "line breaks in strings",
    lambda r, e: strings(
        dump({"edits": e}), lambda t: t.replace("\\n", "\n") if "\\\\n" not in t else t
    ),
)
k(
    "tabs in strings",
    lambda r, e: strings(
        dump({"edits": e}), lambda t: t.replace("\\t", "\t") if "\\\\t" not in t else t
    ),
)
k(
    "crlf in strings",
    lambda r, e: (lambda t: t.replace("\n", "\r\n"))(
        json.dumps({"edits": e}, indent=2, ensure_ascii=False)
    ),
)
k("apostrophes escaped", lambda r, e: strings(dump({"edits": e}), lambda t: t.replace("'", "\\'")))
k(
    "bad escapes",
    lambda r, e: strings(dump({"edits": e}), lambda t: t.replace("* ", "\\* ").replace("_", "\\_")),
    False,
)
k(
    "hex escapes",
    lambda r, e: strings(
        dump({"edits": e}), lambda t: t.replace("é", "\\xe9").replace("a", "\\x61", 1)
    ),
    False,
)
k(
    "unicode braces escapes",
    lambda r, e: strings(dump({"edits": e}), lambda t: t.replace("a", "\\u{61}", 1)),
    False,
)
k("slashes escaped", lambda r, e: dump({"edits": e}).replace("/", "\\/"))
k(
    "lone surrogate",
    lambda r, e: dump({"edits": [*e, {**e[0], "rationale": "x"}]}).replace(
        '"rationale": "x"', '"rationale": "\\ud83d"'
    ),
    False,
)
k(
    "control characters",
    lambda r, e: strings(dump({"edits": e}), lambda t: t.replace("Because", "Beca\x01use")),
    False,
)
k(
    "nul outside",
    lambda r, e: outside(answer(r, e), lambda t: t + "\0" if t == "," and r.random() < 0.2 else t),
    False,
)
k("bom and zero width", lambda r, e: "\ufeff\u200b" + answer(r, e) + "\u200b")
k("nbsp indentation", lambda r, e: outside(answer(r, e), lambda t: t.replace(" ", "\u00a0")))
k(
    "line separators",
    lambda r, e: outside(answer(r, e), lambda t: t.replace("\n", "\u2028").replace(" ", "\x0b")),
    False,
)
k("backtick strings", lambda r, e: strings(answer(r, e), lambda t: "`" + t[1:-1] + "`"), False)
k(
    "triple quotes",
    lambda r, e: strings(
        dump({"edits": e}),
        lambda t: (
            '"""' + t[1:-1].replace("\\n", "\n").replace('\\"', '"') + '"""' if len(t) > 30 else t
        ),
    ),
    False,
)
k(
    "concatenated strings",
    lambda r, e: strings(
        dump({"edits": e}), lambda t: '"Because" + "' + t[8:] if t.startswith('"Because') else t
    ),
    False,
)
k(
    "adjacent strings",
    lambda r, e: strings(
        dump({"edits": e}), lambda t: '"Because" "' + t[8:] if t.startswith('"Because') else t
    ),
    False,
)
k(
    "backslash continuation",
    lambda r, e: strings(
        dump({"edits": e}), lambda t: '"Because\\\n' + t[8:] if t.startswith('"Because') else t
    ),
    False,
)
k(
    "inner quotes unescaped",
    lambda r, e: strings(dump({"edits": e}), lambda t: t[0] + t[1:-1].replace('\\"', '"') + '"'),
    False,
)
k(
    "end quote lost",
    lambda r, e: (lambda ts, i: "".join([*ts[:i], ts[i][:-1], *ts[i + 1 :]]))(
        t := tokens(json.dumps({"edits": e}, indent=1, ensure_ascii=False)),
        r.choice([j for j, x in enumerate(t) if x[0] == '"']),
    ),
    False,
)
k(
    "start quote lost",
    lambda r, e: (lambda ts, i: "".join([*ts[:i], ts[i][1:], *ts[i + 1 :]]))(
        t := tokens(json.dumps({"edits": e}, indent=1, ensure_ascii=False)),
        r.choice([j for j, x in enumerate(t) if x[0] == '"']),
    ),
    False,
)
k(
    "quotes of two kinds",
    lambda r, e: strings(answer(r, e), lambda t: t[:-1] + "'" if r.random() < 0.05 else t),
    False,
)
k(
    "yaml-like values",
    lambda r, e: strings(answer(r, e), lambda t: t[1:-1] if re.fullmatch(r'"[a-z_]+"', t) else t),
    False,
)
k(
    "parentheses",
    lambda r, e: outside(answer(r, e), lambda t: {"[": "(", "]": ")"}.get(t, t)),
    False,
)
k(
    "capital keys",
    lambda r, e: dump({"Edits": [{a.capitalize(): b for a, b in x.items()} for x in e]}, r),
    False,
)
k(
    "keys with blanks",
    lambda r, e: dump({"edits": [{a + " ": b for a, b in x.items()} for x in e]}, r),
    False,
)
k(
    "field doubled alike",
    lambda r, e: (
        '{"edits": [' + ",".join(dump(x)[:-1] + ', "op": ' + dump(x["op"]) + "}" for x in e) + "]}"
    ),
    False,
)
k(
    "field doubled otherwise",
    lambda r, e: (
        '{"edits": ['
        + ",".join(dump(x)[:-1] + ', "payload": {"agent": "other"}}' for x in e)
        + "]}",
        [],
    ),
    False,
)
k(
    "references doubled otherwise",
    lambda r, e: (
        '{"edits": [' + ",".join(dump(x)[:-1] + ', "references": ["zz"]}' for x in e) + "]}",
        [],
    ),
    False,
)
k(
    "nan value",
    lambda r, e: dump(
        {
            "edits": [
                *e,
                {
                    **e[0],
                    "op": "set_agent_param",
                    "payload": {"agent": "a", "param": "p", "value": float("nan")},
                },
            ]
        }
    ),
)
k("numbers with plus", lambda r, e: re.sub(r'("value": )(\d)', r"\1+\2", answer(r, e)), False)
k(
    "numbers with underscore",
    lambda r, e: re.sub(r'("value": \d)(\d)', r"\1_\2", answer(r, e)),
    False,
)
k(
    "numbers with comma",
    lambda r, e: re.sub(r'("value": \d)(\d{3})\b', r"\1,\2", answer(r, e)),
    False,
)
k(
    "numbers decimal comma",
    lambda r, e: re.sub(r'("value": \d)\.(\d)', r"\1,\2", answer(r, e)),
    False,
)
k(
    "numbers with unit",
    lambda r, e: re.sub(r'("value": \d+)\b(?!\.)', r"\1 turns", answer(r, e)),
    False,
)
k(
    "numbers leading zero",
    lambda r, e: re.sub(r'("value": )(\d+)\b(?!\.)', r"\g<1>0\2", answer(r, e)),
    False,
)
k("numbers bare point", lambda r, e: answer(r, e).replace(": 0.25", ": .25"), False)
k(
    "numbers as sums",
    lambda r, e: re.sub(r'("value": )(\d+)\b(?!\.)', r"\g<1>\2 - 1", answer(r, e)),
    False,
)
k(
    "numbers cut by comment",
    lambda r, e: re.sub(r'("value": \d)(\d)', r"\1/* x */\2", answer(r, e)),
    False,
)
k("closers swapped", lambda r, e: (dump({"edits": e})[:-2] + "}]", e), False)
k("closers missing", lambda r, e: dump({"edits": e})[:-2])
k("closers too many", lambda r, e: answer(r, e) + "}]}")
k("outer brace lost", lambda r, e: answer(r, e)[1:])
k(
    "item brace lost",
    lambda r, e: (
        '{"edits": [' + ", ".join(dump(x) if i else dump(x)[1:] for i, x in enumerate(e)) + "]}",
        e[1:],
    ),
    False,
)
k(
    "item end lost",
    lambda r, e: (
        '{"edits": [' + ", ".join(dump(x) if i else dump(x)[:-1] for i, x in enumerate(e)) + "]}",
        [],
    ),
    False,
)
k(
    "payload end lost",
    lambda r, e: (
        '{"edits": ['
        + ", ".join(
            dump(x) if i else dump(x).replace('}, "rationale"', ', "rationale"', 1)
            for i, x in enumerate(e)
        )
        + "]}",
        [],
    ),
    False,
)
k(
    "list end lost in payload",
    lambda r, e: (
        '{"edits": ['
        + ", ".join(
            dump(x)
            .replace('"}], "diff', '"}, "diff', 1)
            .replace('"}]}, "rationale', '"}}, "rationale')
            for x in e
        )
        + "]}",
        [],
    ),
    False,
)


@kind("cut anywhere")
def _cut(r: random.Random, e: list[Edit]) -> Made:
    parts = [dump(x, r) for x in e]
    text = '{"edits": ['
    ends = []
    for i, one in enumerate(parts):
        text += ("," if i else "") + one
        ends.append(len(text))
    at = r.randint(0, len(text))
    return text[:at], [x for x, end in zip(e, ends, strict=True) if end <= at]


@kind("cut and closed by force")
def _cut_closed(r: random.Random, e: list[Edit]) -> Made:
    """A repairer closed what was cut: the last edit is not whole, unless its end had stood."""
    text, had = _cut_raw(r, e)
    return text + r.choice(["]}", "}]}", "...", "\n```", "\n\n[output truncated]", "}}]}"]), had


def _cut_raw(r: random.Random, e: list[Edit]) -> tuple[str, list[Edit]]:
    text = '{"edits": ['
    ends = []
    for i, one in enumerate(e):
        text += ("," if i else "") + json.dumps(one)
        ends.append(len(text))
    at = r.randint(ends[0], len(text))
    return text[:at], [x for x, end in zip(e, ends, strict=True) if end <= at]


@kind("cut, begun again")
def _again(r: random.Random, e: list[Edit]) -> Made:
    return _cut_raw(r, e)[0] + "\n\nLet me start over:\n\n" + answer(r, e), e


@kind("cut, continued in a second block", False)
def _continued(r: random.Random, e: list[Edit]) -> Made:
    text = dump({"edits": e})
    at = r.randint(1, len(text))
    return f"```json\n{text[:at]}\n```\n(continued)\n```json\n{text[at:]}\n```", []


@kind("lines lost", False)
def _lines_lost(r: random.Random, e: list[Edit]) -> Made:
    rows = json.dumps({"edits": e}, indent=2, ensure_ascii=False).split("\n")
    at = r.randrange(len(rows))
    row = rows[at]
    if re.search(r'"(input|output|find|replace|t\d+|risk_tier)', row) or row.strip().rstrip(
        ","
    ) in ("{", "}", "[", "]"):
        return "\n".join(rows), None
    return "\n".join(rows[:at] + rows[at + 1 :]), []


@kind("a line doubled", False)
def _line_doubled(r: random.Random, e: list[Edit]) -> Made:
    rows = json.dumps({"edits": e}, indent=2, ensure_ascii=False).split("\n")
    at = r.choice(
        [
            i
            for i, row in enumerate(rows)
            if row.strip().startswith('"op"') or row.strip().startswith('"rationale')
        ]
    )
    return "\n".join([*rows[:at], rows[at], *rows[at:]]), []


k(
    "streamed events",
    lambda r, e: (
        "\n\n".join(
            "data: " + json.dumps({"delta": c}) for c in re.findall(r"(?s).{1,40}", answer(r, e))
        )
        + "\n\ndata: [DONE]"
    ),
    False,
)
k(
    "streamed data prefix",
    lambda r, e: "\n".join("data: " + row for row in answer(r, e).split("\n")),
    False,
)
k(
    "mail quotes",
    lambda r, e: "\n".join("> " + row for row in json.dumps({"edits": e}, indent=1).split("\n")),
    False,
)
k(
    "line numbers",
    lambda r, e: "\n".join(
        f"{i} {row}" for i, row in enumerate(json.dumps({"edits": e}, indent=1).split("\n"), 1)
    ),
    False,
)
k(
    "line numbers piped",
    lambda r, e: "\n".join(
        f"{i:>3} | {row}" for i, row in enumerate(json.dumps({"edits": e}, indent=1).split("\n"), 1)
    ),
    False,
)
k(
    "diff plus",
    lambda r, e: "\n".join("+" + row for row in json.dumps({"edits": e}, indent=1).split("\n")),
    False,
)
k(
    "hard wrapped",
    lambda r, e: "\n".join(re.findall(r"(?s).{1,72}", json.dumps({"edits": e}))),
    False,
)
k("ansi colours", lambda r, e: strings(answer(r, e), lambda t: "\x1b[32m" + t + "\x1b[0m"), False)
k("bold keys", lambda r, e: re.sub(r'("\w+"):', r"**\1**:", answer(r, e)), False)
k("escaped twice", lambda r, e: dump(dump({"edits": e}))[1:-1], False)
k("python bytes", lambda r, e: repr(dump({"edits": e}).encode()), False)
k("lists in lists", lambda r, e: dump({"edits": [[x] for x in e]}, r))
k(
    "null items between",
    lambda r, e: dump({"edits": [y for x in e for y in (None, x, "note", 3)]}, r),
)
k(
    "prose items between",
    lambda r, e: '{"edits": [' + ", and ".join(dump(x) for x in e) + "]}",
    False,
)
k(
    "numbered items",
    lambda r, e: '{"edits": [' + ", ".join(f"{i}: {dump(x)}" for i, x in enumerate(e)) + "]}",
    False,
)
k(
    "class names",
    lambda r, e: '{"edits": [' + ", ".join(f"Edit({dump(x)})" for x in e) + "]}",
    False,
)
k("edits null then list", lambda r, e: '{"edits": null, "proposal": ' + dump(e) + "}", False)
k("edits key twice", lambda r, e: '{"edits": [], "edits": ' + dump(e) + "}", False)
k(
    "summary strings with edits",
    lambda r, e: dump(
        {"summary": 'See "edits": [{"op": "lora_finetune"}]', "edits": e, "notes": "}]}"}, r
    ),
)
k(
    "rejected beside",
    lambda r, e: (dump({"edits": e, "rejected": [{**x, "rationale": "No."} for x in e]}, r), e),
)
k(
    "other edits nested in payload",
    lambda r, e: dump(
        {"edits": [{**x, "extra": {"edits": [dict(x, rationale="inner")]}} for x in e]}, r
    ),
    False,
)


def in_line(e: list[Edit]) -> str:
    return json.dumps({"edits": e}, ensure_ascii=False)


def in_lines(e: list[Edit]) -> str:
    return json.dumps({"edits": e}, ensure_ascii=False, indent=2)


k(
    "wrapped in b quotes double",
    lambda r, e: 'b"' + in_line(e).replace("\\", "\\\\").replace('"', '\\"') + '"',
    False,
)
k("python str repr", lambda r, e: repr(in_line(e)), False)
k("shell quoted", lambda r, e: "echo '" + in_line(e).replace("'", "'\\''") + "'", False)
k("shell quoted whole", lambda r, e: "'" + in_line(e) + "'", False)
k("csharp verbatim", lambda r, e: '@"' + in_line(e).replace('"', '""') + '"', False)
k("sql doubled quotes", lambda r, e: "'" + in_line(e).replace("'", "''") + "'", False)
k("js template", lambda r, e: "`" + in_line(e) + "`", False)
k("csv cell", lambda r, e: '1,"' + in_line(e).replace('"', '""') + '",x', False)
k(
    "wrapped at exactly 80 with crlf",
    lambda r, e: "\r\n".join(re.findall(r"(?s).{1,80}", json.dumps({"edits": e}))),
    False,
)
k(
    "fence each half",
    lambda r, e: (
        "```json\n"
        + in_lines(e)[: len(in_lines(e)) // 2]
        + "\n```\n```json\n"
        + in_lines(e)[len(in_lines(e)) // 2 :]
        + "\n```"
    ),
    False,
)
k("two teachers", lambda r, e: ("A:\n" + in_line(e[:1]) + "\nB:\n" + in_line(e), []), True)
k("list bare", lambda r, e: dump(e, r), True)
k("list bare fenced", lambda r, e: "Here:\n```\n" + dump(e, r) + "\n```", True)
k("list bare with trailing text", lambda r, e: dump(e, r) + "\nThat is all [1].", True)
k("one edit bare", lambda r, e: dump(e[0], r) if len(e) == 1 else dump(e, r), True)
k("key edits in other case", lambda r, e: dump({"EDITS": e}, r), False)
k("edits under list", lambda r, e: dump([{"edits": e}], r), True)
k("plan id first", lambda r, e: dump({"id": "plan-1", "edits": e, "op": "none"}, r), True)
k("metadata brackets before", lambda r, e: "[INFO] {ok} " + in_line(e), True)
k("tabs between", lambda r, e: in_lines(e).replace("  ", "\t"), True)
k("comment with brace", lambda r, e: in_lines(e).replace("},\n", "}, // } ] \n"), True)
k(
    "comment at the end of payload",
    lambda r, e: re.sub(r'\n(\s+)"rationale"', r'\n\1/* why: "it" */\n\1"rationale"', in_lines(e)),
    True,
)
k(
    "hash comments",
    lambda r, e: re.sub(r'\n(\s+)"pillar"', '\n\\1# it is agents\'\n\\1"pillar"', in_lines(e)),
    True,
)
k("python true words", lambda r, e: in_lines(e).replace(": null", ": None"), True)
k(
    "single quoted keys only",
    lambda r, e: re.sub(r'\n(\s+)"(\w+)":', r"\n\1'\2':", in_lines(e)),
    True,
)
k("keys backticked", lambda r, e: re.sub(r'\n(\s+)"(\w+)":', r"\n\1`\2`:", in_lines(e)), False)
k(
    "bool as value",
    lambda r, e: (in_line([{**x, "payload": {**x["payload"], "value": True}} for x in e]), []),
    False,
)
k(
    "payload as a string",
    lambda r, e: (in_line([{**x, "payload": json.dumps(x["payload"])} for x in e]), []),
    False,
)
k(
    "payload in list",
    lambda r, e: (in_line([{**x, "payload": [x["payload"]]} for x in e]), []),
    False,
)
k(
    "payload flattened",
    lambda r, e: (
        in_line([{**{a: b for a, b in x.items() if a != "payload"}, **x["payload"]} for x in e]),
        [],
    ),
    False,
)
k("last character lost", lambda r, e: (in_line(e)[:-3], e[:-1]), True)
k(
    "string cut, quotes closed",
    lambda r, e: (
        json.dumps(
            {
                "edits": [
                    *e,
                    {
                        "op": "replace_system_prompt",
                        "payload": {"agent": "a", "new_content": "You are"},
                    },
                ]
            }
        )[: -len(' are"}}]}')],
        e,
    ),
    True,
)
k("noise bytes", lambda r, e: in_line(e).replace("}, {", "}\ufffd, \ufffd{"), False)
k(
    "soft hyphens",
    lambda r, e: outside(in_line(e), lambda t: t + "\u00ad" if t == "," else t),
    False,
)
k("double colon", lambda r, e: outside(in_line(e), lambda t: "::" if t == ":" else t), False)
k(
    "repeated loop",
    lambda r, e: '{"edits": [' + ", ".join([dump(e[0])] * 40) + ", " + dump(e[0])[:50],
    False,
)
k(
    "quote marks mixed inside",
    lambda r, e: strings(in_line(e), lambda t: "“" + t[1:-1] + '"' if r.random() < 0.1 else t),
    False,
)
k(
    "edit after closing",
    lambda r, e: (
        in_line(e[:-1]) + ", " + dump(e[-1]) + "]}" if len(e) > 1 else in_line(e),
        e[:-1] if len(e) > 1 else e,
    ),
    False,
)
k(
    "op spelled otherwise",
    lambda r, e: (in_line([{**x, "op": x["op"].replace("_", "-")} for x in e]), []),
    False,
)
k(
    "sse deltas",
    lambda r, e: "".join(
        f"event: delta\ndata: {c}\n\n" for c in re.findall(r"(?s).{1,30}", json.dumps({"edits": e}))
    ),
    False,
)
k("markdown escaped", lambda r, e: in_line(e).replace("_", "\\_"), False)
k(
    "yaml",
    lambda r, e: (
        "edits:\n"
        + "".join(f"- op: {x['op']}\n  payload: {json.dumps(x['payload'])}\n" for x in e),
        [],
    ),
    False,
)
k(
    "toml",
    lambda r, e: (
        "".join(f'[[edits]]\nop = "{x["op"]}"\npayload = {json.dumps(x["payload"])}\n' for x in e),
        [],
    ),
    False,
)
k(
    "xml",
    lambda r, e: (
        "<edits>"
        + "".join(
            f"<edit><op>{x['op']}</op><payload>{json.dumps(x['payload'])}</payload></edit>"
            for x in e
        )
        + "</edits>",
        [],
    ),
    False,
)


def draw(name: str, seed: int) -> Case:
    r = random.Random(f"{name}/{seed}")
    make, promised = KINDS[name]
    e = [edit(r) for _ in range(r.randint(1, 5))]
    text, readable = make(r, e)
    meant = list(e)
    if "draft" in name:
        meant += [{**x, "rationale": "Draft."} for x in e]
    if name == "rejected beside":
        meant = e
    if name == "lone surrogate":
        meant += [{**e[0], "rationale": c} for c in ("\ud83d", "\ufffd")]
    if name == "other edits nested in payload":
        meant += [{**x, "extra": {"edits": [dict(x, rationale="inner")]}} for x in e]
    if name == "control characters":
        meant += [json.loads(json.dumps(x).replace("Because", "Beca\\u0001use")) for x in e]
    if name == "lines lost":
        meant += [{a: b for a, b in x.items() if a != f} for x in e for f in x]
        meant += [{**x, "payload": {a: b for a, b in x["payload"].items() if b}} for x in e]
    if name == "cut and closed by force":
        # Cut between two fields and closed, an edit says less and nothing else.
        meant += [dict(list(x.items())[:n]) for x in e for n in range(5, len(x))]
    return Case(name, text, tuple(meant), tuple(e if readable is None else readable), promised)
