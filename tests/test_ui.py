"""What a person does in the Prefect UI, done in a real browser.

The pictures of the docs are made by these tests:
`LEARNING_PLANNER_SCREENSHOTS=1 ./run tests tests/test_ui.py`.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from flows.blocks import SessionStoreBlock, load_store_settings
from planner.plan import intact_plan
from planner.planner import plan_session
from planner.review import Verdict, read_review
from planner.session import Session
from planner.store import Store, StoreSettings
from planner.student import fetch_student
from planner.teacher import ReplayTeacher
from tests.browser import GREEN, RED, PrefectUi
from tests.demo_session import DEMO, SESSION_ID
from tests.prefect_server import Deployed, wait_until
from tests.stores import SECRET, FaultProxy, Request, S3Server, fault_proxy

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = [
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.s3,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]

BLOCK = "learning-store"
ROOT_URL = "s3://sessions/learning"
STUDENT_URL = f"{ROOT_URL}/student"
REASON = "Read with its traces: it fits."
STUDENT_FAILS, TEACHER_SOLVES = (192, 57, 43), (30, 132, 73)
"""Colours of the bars in the picture of the clusters."""


@dataclass(frozen=True)
class Bucket:
    """The team's bucket, reached through a proxy that can break it."""

    settings: StoreSettings
    proxy: FaultProxy

    def new_session(self, name: str = SESSION_ID) -> str:
        """Upload the demo session under a name; returns its URL."""
        upload(DEMO / "sessions" / SESSION_ID, Store(f"{ROOT_URL}/{name}", self.settings))
        return f"{ROOT_URL}/{name}"

    def planned_session(self, name: str, *, edits: Collection[str]) -> Session:
        """A session with a frozen plan of some of the demo's edits."""
        session = Session.at(self.new_session(name), self.settings)
        answer = json.loads((DEMO / "teacher_answer.json").read_text("utf-8"))
        answer["edits"] = [edit for edit in answer["edits"] if edit["id"] in edits]
        teacher = ReplayTeacher(content=json.dumps(answer))
        plan_session(session, teacher=teacher, student=fetch_student(STUDENT_URL, self.settings))
        return session


def upload(directory: Path, store: Store) -> None:
    for file in directory.rglob("*"):
        if file.is_file():
            store.write(file.relative_to(directory).as_posix(), file.read_bytes())


@pytest.fixture(scope="module")
def bucket(seaweedfs: S3Server, deployed: Deployed) -> Iterator[Bucket]:
    """A bucket with a student, and the block by which workers reach it."""
    with fault_proxy(seaweedfs) as (reached, proxy):
        settings = reached.settings()
        upload(DEMO / "student", Store(STUDENT_URL, settings))
        block = SessionStoreBlock(
            url=ROOT_URL,
            endpoint_url=settings.endpoint_url,
            region=settings.region,
            access_key_id=settings.access_key_id,
            secret_access_key=settings.secret_access_key,
        )
        # The browser's event loop runs in this thread: without saying so this is a coroutine.
        save: Callable[..., object] = block.save
        save(BLOCK, overwrite=True, _sync=True)
        yield Bucket(settings, proxy)


def run(deployed: Deployed, run_id: str) -> dict[str, Any]:
    """A run as the API tells it."""
    answer = httpx.get(f"{deployed.server.api_url}/flow_runs/{run_id}", timeout=30)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def runs_for(deployed: Deployed, session_url: str) -> list[dict[str, Any]]:
    """The runs of `distill` for a session, scheduled ones too."""
    asked = {"deployments": {"name": {"any_": ["distill"]}}, "sort": "EXPECTED_START_TIME_DESC"}
    answer = httpx.post(f"{deployed.server.api_url}/flow_runs/filter", json=asked, timeout=30)
    found: list[dict[str, Any]] = answer.raise_for_status().json()
    return [run for run in found if run["parameters"].get("session_url") == session_url]


def fill_in(ui: PrefectUi, deployment: str, url: str, *, where: str = "session_url") -> None:
    """Fill in what all runs on the bucket need."""
    ui.open_form(deployment)
    ui.main.get_by_label(where, exact=True).fill(url)
    ui.give("student_url", "str", STUDENT_URL)
    ui.give("store_block", "str", BLOCK)


def sees_message(ui: PrefectUi, run_id: str, message: str) -> None:
    """Find the state's message where a person looks for it."""
    from playwright.sync_api import expect

    ui.open_run(run_id)
    expect(ui.main.get_by_role("tabpanel")).to_contain_text(message)


# --- before a run ------------------------------------------------------------


def test_a_store_is_set_up_once_in_the_ui_and_its_keys_are_shown_to_nobody(
    ui: PrefectUi, bucket: Bucket
) -> None:
    from playwright.sync_api import expect

    ui.open("/v2/blocks/catalog/learning-session-store/create")
    ui.main.get_by_label("Name", exact=True).fill("made-in-the-ui")
    ui.main.get_by_label("Sessions root").fill(ROOT_URL)
    ui.give("Endpoint Url", "str", str(bucket.settings.endpoint_url))
    ui.give("Region", "str", "us-east-1")
    ui.give("Access Key Id", "password", "admin")
    ui.give("Secret Access Key", "password", SECRET)
    ui.main.get_by_role("button", name="Save").click()
    expect(ui.main.get_by_text("********").first).to_be_visible()
    assert SECRET not in ui.page.content()
    assert load_store_settings("made-in-the-ui") == bucket.settings


def test_the_form_of_a_run_refuses_a_bad_value_beside_its_field(
    ui: PrefectUi, deployed: Deployed
) -> None:
    from playwright.sync_api import expect

    session_url = f"{ROOT_URL}/refused"
    ui.open_form("distill")
    send = ui.main.get_by_role("button", name="Submit")
    send.click()
    required = ui.field("session_url")
    expect(required).to_contain_text("'session_url' is a required property")
    required.get_by_role("textbox").fill(session_url)
    costs = ui.give("max_cost_usd", "float", "-1").get_by_role("spinbutton")
    send.click()
    told = "e => e.validationMessage"
    assert costs.evaluate(told) == "Value must be greater than or equal to 0."
    costs.fill("0.5")
    block = ui.give("teacher_block", "str", "Not a name")
    send.click()
    expect(block).to_contain_text("'Not a name' is not valid")
    assert not runs_for(deployed, session_url)


def test_the_form_names_every_field_and_offers_what_can_be_chosen(
    ui: PrefectUi, deployed: Deployed
) -> None:
    from playwright.sync_api import expect

    ui.open_form("distill")
    expect(ui.field("Prices (Optional)")).to_contain_text("USD per million tokens")
    expect(ui.main.get_by_text("Field (Optional)")).to_have_count(0)
    ui.main.get_by_role("button", name="Select Response Form").click()
    expect(ui.page.get_by_role("option")).to_have_text(
        ["auto", "json_schema", "json_object", "text"]
    )


# --- a run -------------------------------------------------------------------


def test_a_run_is_filled_in_and_its_graph_report_and_table_are_seen(
    ui: PrefectUi, deployed: Deployed, bucket: Bucket
) -> None:
    session_url = bucket.new_session()
    fill_in(ui, "distill", session_url)
    ui.give("Api Base", "str", deployed.script("seen"))
    ui.main.get_by_text("Run Name").scroll_into_view_if_needed()
    ui.take_picture("run-form")
    run_id = ui.submit()
    ui.open_run(run_id)
    ui.sees_state("Completed")
    ui.open_run(run_id)  # a graph that was open while it grew is not laid out well
    sees_graph(ui)
    sees_report(ui.open_artifact(run_id, "plan-"), ui)
    sees_table(ui.open_artifact(run_id, "edits-"), ui)
    assert len(deployed.teacher.requests("ok@seen")) == 1
    assert run_id in {one["id"] for one in runs_for(deployed, session_url)}


def sees_graph(ui: PrefectUi) -> None:
    from playwright.sync_api import expect

    expect(ui.open_tab("Task Runs")).to_contain_text("ask openai/any")
    graph = ui.main.locator("canvas")
    wait_until(lambda: ui.pixels(graph, GREEN) > 500, what="the graph's bars")
    assert ui.pixels(graph, RED) == 0
    ui.take_picture("run-graph")


def sees_report(report: "Locator", ui: PrefectUi) -> None:
    from playwright.sync_api import expect

    expect(report.get_by_role("heading", level=1)).to_have_text(f"Learning plan {SESSION_ID}")
    expect(report).to_contain_text("11 edits: 5 auto, 5 review, 1 manual")
    expect(report).to_contain_text("cost: $0.2000")
    clusters = report.get_by_role("img", name="Failure clusters")
    drawn = partial(ui.pixels, clusters)
    wait_until(lambda: min(drawn(STUDENT_FAILS), drawn(TEACHER_SOLVES)) > 500, what="the picture")
    assert ui.pixels(report.get_by_role("img", name="Edits by tier"), TEACHER_SOLVES) > 500
    assert not re.findall(r"\\[^n\"]", report.inner_text()), "a backslash is an escape gone wrong"
    ui.main.get_by_role("tab", name="Artifact").scroll_into_view_if_needed()
    ui.take_picture("report")


def sees_table(table: "Locator", ui: PrefectUi) -> None:
    from playwright.sync_api import expect

    rows = table.get_by_role("row")
    expect(rows).to_have_count(11)  # ten a page, and the header
    assert [row.get_by_role("cell").first.inner_text() for row in rows.all()[1:]] == [
        *(["manual"] + ["review"] * 5 + ["auto"] * 4)
    ]
    table.get_by_role("textbox", name="Search").fill("edit-07")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("replace_system_prompt")
    assert "[object Object]" not in table.inner_text()


def is_the_plan_s_creation(request: Request) -> bool:
    return request.method == "PUT" and request.key.endswith("plan.json")


def test_a_failed_run_is_retried_from_the_ui_and_pays_nothing(
    ui: PrefectUi, deployed: Deployed, bucket: Bucket
) -> None:
    bucket.proxy.break_with("full", is_the_plan_s_creation)
    session_url = bucket.new_session("2026-11-22-support-desk")
    fill_in(ui, "distill", session_url)
    ui.give("Api Base", "str", deployed.script("retried"))
    run_id = ui.submit()
    ui.open_run(run_id)
    ui.sees_state("StoreFull")
    sees_message(ui, run_id, "the store is full; free space and run again")
    assert len(deployed.teacher.requests("ok@retried")) == 1
    bucket.proxy.heal()

    ui.choose("Retry")
    ui.page.get_by_role("alertdialog").get_by_role("button", name="Retry").click()
    ui.sees_state("Completed")
    sees_message(ui, run_id, "with the answer recorded earlier, nothing was paid now")
    assert run(deployed, run_id)["run_count"] == 2
    assert len(deployed.teacher.requests("ok@retried")) == 1
    assert Session.at(session_url, bucket.settings).read_plan()


# --- a night -----------------------------------------------------------------


def test_a_night_s_table_tells_its_failures_first(
    ui: PrefectUi, deployed: Deployed, bucket: Bucket
) -> None:
    from playwright.sync_api import expect

    for name in ("billing", "support-desk", "warranty"):
        bucket.new_session(f"nights/2026-11-20-{name}")
    store = Store(f"{ROOT_URL}/nights/2026-11-20-support-desk", bucket.settings)
    store.write("diagnosis.md", b"No clusters here.")
    fill_in(ui, "nightly", f"{ROOT_URL}/nights", where="sessions_root")
    ui.give("Api Base", "str", deployed.script("night"))
    ui.field("mode (Optional)").get_by_role("button", name=re.compile("^Select")).click()
    expect(ui.page.get_by_role("option")).to_have_text(["threads", "work_pool", "dask"])
    ui.page.get_by_role("option", name="threads").click()
    run_id = ui.submit()
    ui.open_run(run_id)
    ui.sees_state("SomeFailed")
    expect(ui.open_artifact(run_id, "nightly-progress")).to_contain_text("100")
    rows = ui.open_artifact(run_id, "nightly-nights").get_by_role("row")
    expect(rows).to_have_count(4)
    outcomes = [row.get_by_role("cell").nth(1).inner_text() for row in rows.all()[1:]]
    assert outcomes == ["failed", "planned", "planned"]
    expect(rows.nth(1)).to_contain_text("DiagnosisInvalid")
    ui.take_picture("night")


# --- a review ----------------------------------------------------------------


def test_a_review_is_decided_in_the_ui(ui: PrefectUi, deployed: Deployed, bucket: Bucket) -> None:
    from playwright.sync_api import expect

    session = bucket.planned_session("2026-11-23-support-desk", edits={"edit-04", "edit-06"})
    fill_in(ui, "review", session.url)
    run_id = ui.submit()
    ui.open_run(run_id)
    ui.sees_state("Suspended")
    shown = ui.open_artifact(run_id, "review-")
    expect(shown).to_contain_text("2 of 2 edits wait for a decision.")
    expect(shown).to_contain_text("+1. Read the whole ticket.")

    ui.open_run(run_id)
    ui.choose("Resume")
    form = ui.page.get_by_role("dialog")
    expect(form).to_contain_text("2 edits of 2026-11-23-support-desk wait for your decision.")
    assert "\\" not in form.inner_text(), "the form shows text, not markdown"
    form.get_by_role("button", name="Resume").click()
    expect(ui.page.get_by_text("'edit_1' is a required property")).to_be_visible()
    decide(form, ui)
    ui.send(form.get_by_role("button", name="Resume"), "**/resume")
    expect(form).to_be_hidden()
    ui.sees_state("Completed")
    sees_message(ui, run_id, "1 approved, 1 rejected.")
    assert decisions(session) == {"edit-04": Verdict.APPROVE, "edit-06": Verdict.REJECT}


def decide(form: "Locator", ui: PrefectUi) -> None:
    """Approve the patch of a prompt, and reject the training of a model."""
    for place, said in enumerate(("approve", "reject")):
        form.get_by_role("button", name="Select Decision").nth(place).click()
        ui.page.get_by_role("option", name=said).click()
        form.get_by_label("Reason", exact=True).nth(place).fill(REASON)
    form.get_by_label("Decided By").fill("Ada")
    form.get_by_text("edit-04").scroll_into_view_if_needed()
    ui.take_picture("review")


def decisions(session: Session) -> dict[str, Verdict]:
    """What is frozen beside the plan."""
    plan = intact_plan(session.read_plan() or b"", where="plan.json")
    review = read_review(session.read_review() or b"", plan, where="review.json")
    assert {one.reason for one in review.decisions} == {REASON}
    return {one.edit_id: one.verdict for one in review.decisions}
