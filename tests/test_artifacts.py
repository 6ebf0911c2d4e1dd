"""What the UI is given: stable keys, flat and bounded tables, pictures, nothing hostile."""

import json
import re
import warnings
import xml.etree.ElementTree as ET
from base64 import b64decode
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.types.names import raise_on_name_alphanumeric_dashes_only

from flows import artifacts
from flows.artifacts import (
    MAX_ROWS,
    PROGRESS_KEY,
    artifact_key,
    illustrated,
    link,
    publish_night,
    publish_plan,
    publish_progress,
)
from flows.pictures import MAX_CLUSTERS, clusters_picture, tiers_picture
from flows.session_night import Became, SessionNight
from planner.models import LearningPlan
from planner.operations import Op, Tier
from planner.report import plan_report
from tests.builders import cluster, item, planned
from tests.demo_session import DemoSession
from tests.flow_runs import state_of
from tests.prefect_server import PrefectServer

URL = "s3://bucket/sessions/2026-11-22/plan.json"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert(1)</script>"&\x1b[2J'


def a_plan() -> LearningPlan:
    return planned(
        item(Op.REMOVE_TOOL_FROM_AGENT, id="tool"),
        item(Op.PATCH_SYSTEM_PROMPT, id="patch"),
        item(Op.LORA_FINETUNE, id="tune"),
    )


def published(server: PrefectServer, key: str) -> list[dict[str, Any]]:
    """All versions under a key, the newest first."""
    body = {"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC"}
    found: list[dict[str, Any]] = httpx.post(f"{server.api_url}/artifacts/filter", json=body).json()
    return found


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{SVG}text")]


# --- keys and links -----------------------------------------------------------------------


@given(st.text(max_size=300))
def test_every_session_has_a_key_that_prefect_takes(session_id: str) -> None:
    key = artifact_key("plan", f"s3://bucket/{session_id}")
    assert raise_on_name_alphanumeric_dashes_only(key, "key") == key
    assert len(key) <= 60


@given(st.text(max_size=20), st.text(max_size=20))
def test_two_sessions_never_share_a_key(one: str, other: str) -> None:
    keys = {artifact_key("plan", url) for url in (one, other)}
    assert len(keys) == len({one, other})


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_url_cannot_end_its_link(session_id: str) -> None:
    [token] = MarkdownIt().parseInline(link("plan.json", f"s3://b/{session_id}/plan.json"))
    kinds = [child.type for child in token.children or ()]
    assert kinds == ["link_open", "text", "link_close"]


# --- pictures -------------------------------------------------------------------------------


def test_a_picture_shows_every_cluster_with_both_rates() -> None:
    clusters = [cluster("dates", student_failure_rate=0.62, teacher_success_rate=0.95)]
    assert {"dates", "62%", "95%", "student fails"} <= set(texts(clusters_picture(clusters)))


def test_a_picture_shows_edits_by_tier() -> None:
    assert texts(tiers_picture({Tier.AUTO: 4, Tier.MANUAL: 1})) == [
        *("auto", "4", "review", "0", "manual", "1"),
    ]


def test_names_cannot_break_out_of_a_picture() -> None:
    assert any("script" in text for text in texts(clusters_picture([cluster(HOSTILE)])))


def test_a_picture_is_bounded_and_says_what_it_leaves_out() -> None:
    svg = clusters_picture([cluster(f"c{n}") for n in range(500)])
    assert f"... and {500 - MAX_CLUSTERS} more clusters" in texts(svg)
    assert len(svg) < 20_000


def test_the_pictures_stand_in_the_report_as_images() -> None:
    shown = illustrated(plan_report(a_plan()), a_plan(), URL)
    pictures = re.findall(r"!\[[^\]]*\]\(data:image/svg\+xml;base64,([^)]*)\)", shown)
    assert [ET.fromstring(b64decode(one)).tag for one in pictures] == [f"{SVG}svg"] * 2
    assert shown.index("data:image") < shown.index("## Edits")


# --- published --------------------------------------------------------------------------------


@pytest.mark.server
def test_a_plan_is_published_as_a_report_and_a_flat_table(prefect_server: PrefectServer) -> None:
    @flow
    def publishing() -> None:
        publish_plan(a_plan(), URL)

    publishing()
    publishing()
    session = URL.rpartition("/")[0]
    reports = published(prefect_server, artifact_key("plan", session))
    assert len(reports) == 2, "a second version under the same key"
    assert "[plan.json](s3://bucket/sessions/2026-11-22/plan.json)" in reports[0]["data"]
    rows = json.loads(published(prefect_server, artifact_key("edits", session))[0]["data"])
    assert [row["tier"] for row in rows] == ["manual", "review", "auto"]
    assert all(isinstance(cell, str) for row in rows for cell in row.values())


@pytest.mark.server
def test_a_rerun_publishes_what_has_changed_since(
    prefect_server: PrefectServer, demo: DemoSession
) -> None:
    state_of(demo.session, replay_url=str(demo.answer))
    (demo.session / "diagnosis.md").write_text("# Something else\n")
    assert state_of(demo.session, replay_url=str(demo.answer)).is_completed()
    url = f"file://{demo.session}"
    newest = published(prefect_server, artifact_key("plan", url))[0]["data"]
    assert "older than what it was made from" in newest.split("##")[0]


@pytest.mark.server
def test_a_night_is_published_while_it_runs_and_as_a_table(prefect_server: PrefectServer) -> None:
    night = [
        SessionNight(session_url="s3://b/s/one", became=Became.PLANNED, spent_usd=0.25),
        SessionNight(session_url="s3://b/s/two", became=Became.FAILED, reason="StoreFull: full"),
        SessionNight(session_url="s3://b/s/three", became=Became.PLANNED, spent_usd=None),
    ]

    @flow
    def publishing() -> None:
        for done in range(1, 4):
            publish_progress(done, 3)
        publish_night(night, "s3://b/s", "3 sessions.")

    publishing()
    bar = published(prefect_server, PROGRESS_KEY)
    assert [(one["data"], one["description"]) for one in bar] == [(100.0, "3 of 3 sessions")]
    rows = json.loads(published(prefect_server, artifact_key("nightly", "s3://b/s"))[0]["data"])
    assert [(row["session"], row["outcome"], row["reason"], row["cost USD"]) for row in rows] == [
        ("two", "failed", "StoreFull: full", "0.0000"),
        ("one", "planned", "", "0.2500"),
        ("three", "planned", "", "unknown"),
    ]


@pytest.mark.server
def test_a_long_night_is_bounded(prefect_server: PrefectServer) -> None:
    sessions = [
        SessionNight(session_url=f"s3://b/long/{n}", became=Became.PLANNED, reason="x" * 5_000)
        for n in range(MAX_ROWS + 7)
    ]

    @flow
    def publishing() -> None:
        publish_night(sessions, "s3://b/long", "Many.")

    publishing()
    data = published(prefect_server, artifact_key("nightly", "s3://b/long"))[0]["data"]
    assert json.loads(data)[-1]["session"] == "... 7 more"
    assert len(data) < 1_000_000


def test_progress_asks_the_api_once_a_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr(artifacts, "_publish", lambda artifact, **_: asked.append(artifact.data))
    for done in range(1, 10_001):
        publish_progress(done, 10_000)
    assert asked == [0.0, *map(float, range(1, 101))]


def test_outside_of_a_run_nothing_is_published_and_nothing_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        publish_plan(a_plan(), URL)
        publish_progress(1, 2)


@pytest.mark.server
@pytest.mark.usefixtures("prefect_server")
def test_a_run_outlives_a_server_that_takes_no_artifact(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = "http://127.0.0.1:9/api"
    monkeypatch.setattr(artifacts, "get_client", lambda **_: SyncPrefectClient(nobody))

    @flow
    def publishing() -> str:
        artifacts.publish_table("a-key", [{"a": "b"}], "")
        return "done"

    assert publishing() == "done"
    assert "a-key was not published" in caplog.text
