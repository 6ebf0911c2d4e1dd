"""The pure core: what becomes of an answer once it is there, and how that grows."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from benchmarks.ancestor import plan_without_checks
from benchmarks.cases import Case, make_case, make_patches
from benchmarks.measure import Row, in_turns, median
from planner.answer import parse_edits
from planner.models import LearningPlan, Proposal
from planner.plan import assemble_plan
from planner.risk import DEFAULT_POLICY, assign_tiers
from planner.settle import settle_patches

ALL_OF_IT = 1 << 28
"""Characters: the reader's bound, raised deliberately, since 30,000 edits are 13 MB of JSON."""

GIVEN_ANCESTOR_SECONDS = 0.230
"""3,000 edits on 1,000 clusters, as given with the task; measured elsewhere, on another machine."""

_PLANS = 2

_ANCESTOR = "a plan phase that checks nothing"


def measure(*, quick: bool) -> Iterator[Row]:
    rounds = 1 if quick else 3
    counts = (10, 60) if quick else (10, 60, 300, 3_000)
    for prompt_lines in (40,) if quick else (40, 400):
        for count in counts:
            yield _against_ancestor(count, prompt_lines, rounds)
    if not quick:
        yield _against_given(rounds)
    yield from _growth_with_edits(*((60, 300) if quick else (300, 30_000)), rounds=rounds)
    yield _growth_with_clutter(*((60, 300) if quick else (300, 3_000)), rounds=rounds)
    yield _growth_with_lines(*((100, 400) if quick else (500, 5_000)), rounds=rounds)
    yield from _steps(300 if quick else 3_000, rounds)


def plan(case: Case) -> LearningPlan:
    """Parse, settle, tier and assemble."""
    return assembled(case, settle_patches(parsed(case), case.student))


def parsed(case: Case) -> Proposal:
    return parse_edits(
        case.reply, case.screening, case.student, case.diagnosis, max_characters=ALL_OF_IT
    )


def assembled(case: Case, proposal: Proposal) -> LearningPlan:
    return assemble_plan(
        session_id="benchmark",
        diagnosis=case.diagnosis,
        screening=case.screening,
        student=case.student,
        composed=case.composed,
        reply=case.reply,
        proposal=proposal,
        edits=assign_tiers(proposal.edits),
        policy=DEFAULT_POLICY,
    )


def checked(case: Case) -> Case:
    """Return the case, once its plan holds all of its edits: a rejected one would be cheap."""
    rejected = plan(case).rejected_edits
    if rejected:
        raise RuntimeError(f"A sound edit was rejected: {rejected[0].reason}")
    return case


def _against_ancestor(count: int, prompt_lines: int, rounds: int) -> Row:
    case = checked(make_case(count, prompt_lines))
    repeats = max(1, 300 // count)
    seconds = _in_turns(
        {
            "ours": lambda: [plan(case) for _ in range(repeats)],
            "ancestor": lambda: [plan_without_checks(case) for _ in range(repeats)],
        },
        rounds,
    )
    per_edit = {name: [_micro(s, count * repeats) for s in all_] for name, all_ in seconds.items()}
    return Row(
        what=f"{count:,} edits, prompts of {prompt_lines} lines, an edit",
        value=median(per_edit["ours"]),
        unit="µs",
        against=_ANCESTOR,
        reference=median(per_edit["ancestor"]),
        samples=tuple(per_edit["ours"]),
    )


def _against_given(rounds: int) -> Row:
    case = make_case(3_000, 40)
    # Python's collector looks at all that is kept about once in two plans: a sample has both.
    taken = _in_turns({"ours": lambda: [plan(case) for _ in range(_PLANS)]}, rounds)["ours"]
    seconds = [one / _PLANS for one in taken]
    return Row(
        what="3,000 edits on 1,000 clusters",
        value=median(seconds),
        unit="s",
        against="the ancestor's own code, a figure given to us, from another machine",
        reference=GIVEN_ANCESTOR_SECONDS,
        samples=tuple(seconds),
    )


def _growth_with_edits(few: int, many: int, *, rounds: int) -> Iterator[Row]:
    """As Python runs, and without its collector of cycles, which looks at all that is kept."""
    small, large = checked(make_case(few, 40)), checked(make_case(many, 40))
    yield _growth(small, large, f"{few:,} edits", rounds)
    gc.disable()
    try:
        row = _growth(small, large, f"{few:,} edits", rounds)
    finally:
        gc.enable()
    yield replace(row, what=f"{row.what}, without Python's collector of cycles")


def _growth_with_clutter(few: int, many: int, *, rounds: int) -> Row:
    """The same through the reader for broken answers: a comma too many, and no closing bracket."""
    return _growth(_broken(few), _broken(many), f"{few:,} edits in a broken answer", rounds)


def _growth(small: Case, large: Case, against: str, rounds: int) -> Row:
    repeats = max(1, min(20, large.edits // small.edits))
    seconds = _in_turns(
        {
            "small": lambda: [plan(small) for _ in range(repeats)],
            "large": lambda: plan(large),
        },
        rounds,
    )
    per_edit = [_micro(one, large.edits) for one in seconds["large"]]
    return Row(
        what=f"{against.replace(f'{small.edits:,}', f'{large.edits:,}')}, an edit",
        value=median(per_edit),
        unit="µs",
        against=against,
        reference=_micro(median(seconds["small"]), small.edits * repeats),
        note="1 is linear",
        samples=tuple(per_edit),
    )


def _broken(count: int) -> Case:
    whole = make_case(count, 40)
    text = whole.reply.content.rstrip(" \n]}") + "},\n"
    reply = whole.reply.model_copy(update={"content": f"Here it is:\n```json\n{text}"})
    return Case(whole.diagnosis, whole.screening, whole.student, whole.composed, reply, whole.edits)


def _growth_with_lines(short: int, long: int, *, rounds: int) -> Row:
    """One prompt that is patched many times: each patch has to find its place in it."""
    patches = 50
    small, large = (checked(make_patches(patches, lines)) for lines in (short, long))
    seconds = _in_turns({"small": lambda: plan(small), "large": lambda: plan(large)}, rounds)
    per_line = {
        "small": [_micro(one, patches * short) for one in seconds["small"]],
        "large": [_micro(one, patches * long) for one in seconds["large"]],
    }
    return Row(
        what=f"{patches} patches of one prompt of {long:,} lines, a patch and line",
        value=median(per_line["large"]),
        unit="µs",
        against=f"of {short:,} lines",
        reference=median(per_line["small"]),
        note="1 is linear",
        samples=tuple(per_line["large"]),
    )


def _steps(count: int, rounds: int) -> Iterator[Row]:
    """Where the time goes."""
    case = make_case(count, 40)
    proposal = parsed(case)
    settled = settle_patches(proposal, case.student)
    seconds = _in_turns(
        {
            "all": lambda: plan(case),
            "parse": lambda: parsed(case),
            "settle": lambda: settle_patches(proposal, case.student),
            "tier": lambda: assign_tiers(settled.edits),
            "assemble": lambda: assembled(case, settled),
        },
        rounds,
    )
    both = zip(seconds["assemble"], seconds["tier"], strict=True)
    seconds["assemble"] = [max(0.0, assemble - tier) for assemble, tier in both]
    for name in ("parse", "settle", "tier", "assemble"):
        yield Row(
            what=f"of that, {name}, {count:,} edits",
            value=median(seconds[name]),
            unit="s",
            against="the whole core",
            reference=median(seconds["all"]),
            samples=tuple(seconds[name]),
        )


def _in_turns(actions: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Time by the processor's clock: nothing here waits, and other processes do not count.

    Python's collector runs, but what the benchmark itself holds is none of the plan's garbage.
    """
    gc.collect()
    gc.freeze()
    try:
        return in_turns(actions, rounds, time.process_time)
    finally:
        gc.unfreeze()


def _micro(seconds: float, count: int) -> float:
    return seconds / count * 1e6
