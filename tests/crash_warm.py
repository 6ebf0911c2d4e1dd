"""Importing this warms the process that crash tests fork from; nobody else imports it.

What a walk imports late is imported here, once, and no thread is left behind.
"""

import asyncio
import threading
import time
from contextlib import suppress

import s3fs  # noqa: F401

from planner import litellm_call
from planner.planner import plan_session
from planner.session import Session
from planner.student import fetch_student
from planner.teacher import ReplayTeacher
from tests.demo_session import DEMO, SESSION_ID


def call_nobody() -> None:
    """Let litellm load what it loads with its first call, in a loop that ends."""
    call = litellm_call.load_litellm().acompletion(
        model="openai/nobody",
        messages=[{"role": "user", "content": "Is anybody there?"}],
        api_base="http://127.0.0.1:9/v1",
        api_key="none",
        num_retries=0,
        max_retries=0,
    )
    with suppress(Exception):
        asyncio.run(call)


def walk_once() -> None:
    session = Session.at("memory://warm/up")
    diagnosis = DEMO / "sessions" / SESSION_ID / "diagnosis.md"
    session.store.write("diagnosis.md", diagnosis.read_bytes())
    teacher = ReplayTeacher(content=(DEMO / "teacher_answer.json").read_text("utf-8"))
    plan_session(session, teacher=teacher, student=fetch_student(str(DEMO / "student")))


call_nobody()
walk_once()
while threading.active_count() > 1:
    time.sleep(0.01)
