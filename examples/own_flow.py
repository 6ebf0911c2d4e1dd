"""A flow of your own with three of our tasks: a dry run that pays nothing and stores nothing.

It shows which of tonight's clusters have evidence and how large the teacher's request
would be, before anyone is asked:

    python examples/own_flow.py deployments/demo/sessions/2026-11-21-support-desk
"""

import sys
from pathlib import Path

from prefect import flow

from flows import compose_request, read_diagnosis, screen_clusters
from planner import Student, Teacher


@flow
def preview(session_directory: str, model: str = "anthropic/claude-opus-4-5") -> dict[str, int]:
    """Count the clusters and tokens of a session's request.

    Args:
        session_directory: Holds diagnosis.md.
        model: The teacher that would be asked.
    """
    markdown = Path(session_directory, "diagnosis.md").read_bytes()
    diagnosis = read_diagnosis(markdown, None, where=session_directory)
    screening = screen_clusters(diagnosis.clusters)
    composed = compose_request(diagnosis, screening, Student(), Teacher(model=model))
    return {
        "clusters with evidence": len(screening.kept),
        "clusters without": len(screening.dropped),
        "estimated tokens": composed.estimated_prompt_tokens,
    }


if __name__ == "__main__":
    print(preview(sys.argv[1]))
