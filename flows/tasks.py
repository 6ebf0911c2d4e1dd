"""Each step of the walk as a task for flows of your own, with tags to find and limit them by.

Import them from the front door: `from flows import ask_teacher, compose_request, ...`. What
a task takes and returns is what the function of the same name in `planner` takes and
returns; its docstring is told there. Retries and caches are those of `flows.steps`.
"""

from typing import Final, ParamSpec, TypeVar

from prefect import Task

from flows import steps

P = ParamSpec("P")
R = TypeVar("R")

TAG: Final = "learning-planner"
TEACHER_TAG: Final = "teacher-call"
"""Of the paid step: `prefect concurrency-limit create teacher-call 4` limits it in your flows."""


def _tagged(step: Task[P, R], *tags: str) -> Task[P, R]:
    return step.with_options(tags={TAG, *tags})


read_inputs = _tagged(steps.read_inputs)
read_student = _tagged(steps.read_student)
read_diagnosis = _tagged(steps.read_diagnosis)
screen_clusters = _tagged(steps.screen_clusters)
compose_request = _tagged(steps.compose_request)
ask_teacher = _tagged(steps.ask_teacher, TEACHER_TAG)
parse_edits = _tagged(steps.parse_edits)
settle_patches = _tagged(steps.settle_patches)
assign_tiers = _tagged(steps.assign_tiers)
assemble_plan = _tagged(steps.assemble_plan)
freeze_plan = _tagged(steps.freeze_plan)
