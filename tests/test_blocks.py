"""The blocks: Prefect's own suite, the same fields as the library, secrets kept, used by name."""

import asyncio
from typing import Any

import httpx
import pytest
from prefect import flow
from prefect.blocks.core import Block
from prefect.testing.standard_test_suites.blocks import BlockStandardTestSuite
from prefect.utilities.templating import resolve_block_document_references
from prefect_aws import AwsCredentials
from pydantic import SecretStr, ValidationError

from flows.blocks import (
    SessionStoreBlock,
    TeacherBlock,
    load_store_settings,
    load_teacher,
)
from planner.errors import SettingsInvalid
from planner.store import Store, StoreSettings
from planner.teacher import Teacher
from tests.prefect_server import PrefectServer
from tests.stores import S3Server

SECRET = "sk-canary-51c2"


class BlockSuite(BlockStandardTestSuite):
    """Prefect's suite; its picture test fetches the picture, which no closed network allows."""

    def test_has_a_valid_image(self, block: type[Block]) -> None:
        assert str(block._logo_url).startswith("https://")
        assert str(block._logo_url).endswith(".png")


class TestTeacherBlock(BlockSuite):
    @pytest.fixture
    def block(self) -> type[Block]:
        return TeacherBlock


class TestSessionStoreBlock(BlockSuite):
    @pytest.fixture
    def block(self) -> type[Block]:
        return SessionStoreBlock


def test_a_teacher_block_says_all_that_a_teacher_takes() -> None:
    said = {
        "model": "openai/gpt-5",
        "api_key": SecretStr(SECRET),
        "prices": {"input": 1.0, "output": 2.0},
        "temperature": 0.5,
    }
    assert TeacherBlock(**said).get_teacher() == Teacher(**said)
    assert Teacher.model_fields.keys() <= TeacherBlock.model_fields.keys()


def test_a_store_block_says_all_that_store_settings_take() -> None:
    assert StoreSettings.model_fields.keys() <= SessionStoreBlock.model_fields.keys()
    assert SessionStoreBlock(url="s3://b/sessions").get_settings() == StoreSettings()


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "m", "api_base": "https://user:pw@example.org"},
        {"model": "m", "temprature": 1},
        {"model": "m", "api_key": SECRET, "api_key_env": "KEY"},
        {},
    ],
)
def test_a_teacher_block_refuses_what_a_teacher_refuses(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        TeacherBlock(**wrong)
    assert SECRET not in str(refused.value)


def test_a_store_block_takes_credentials_from_one_place() -> None:
    with pytest.raises(ValidationError, match="not both"):
        SessionStoreBlock(url="s3://b", access_key_id="a", aws_credentials="team")


@pytest.mark.parametrize("untouched", ["", None, {}])
def test_options_that_nobody_entered_are_none_however_the_ui_sends_them(untouched: Any) -> None:
    assert SessionStoreBlock(url="s3://b", extra=untouched).get_settings().extra == {}


@pytest.mark.parametrize(
    ("given", "url"),
    [("night-1", "s3://b/sessions/night-1"), ("s3://other/x", "s3://other/x")],
)
def test_a_session_is_named_by_id_or_by_url(given: str, url: str) -> None:
    assert SessionStoreBlock(url="s3://b/sessions").session(given).url == url


def test_the_collection_is_found_by_its_entry_point() -> None:
    from prefect.plugins import load_prefect_collections

    assert getattr(load_prefect_collections()["learning_planner"], "TeacherBlock") is TeacherBlock  # noqa: B009


@pytest.mark.server
def test_a_saved_teacher_is_loaded_by_name_and_its_key_is_masked(
    prefect_server: PrefectServer,
) -> None:
    TeacherBlock(model="openai/gpt-5", api_key=SecretStr(SECRET)).save("nightly", overwrite=True)
    teacher = load_teacher("nightly")
    assert teacher.api_key is not None
    assert teacher.api_key.get_secret_value() == SECRET
    listed = httpx.post(f"{prefect_server.api_url}/block_documents/filter", json={}).text
    assert "openai/gpt-5" in listed
    assert SECRET not in listed


@pytest.mark.server
def test_a_store_is_reached_with_what_its_block_says(
    prefect_server: PrefectServer, moto: S3Server
) -> None:
    settings = moto.settings()
    SessionStoreBlock(
        url="s3://sessions/by-block",
        **settings.model_dump(include={"endpoint_url", "region"}),
        access_key_id=settings.access_key_id,
        secret_access_key=settings.secret_access_key,
    ).save("team", overwrite=True)
    store = Store("s3://sessions/by-block", load_store_settings("team"))
    store.write("x", b"1")
    assert store.read("x") == b"1"
    listed = httpx.post(f"{prefect_server.api_url}/block_documents/filter", json={}).text
    assert settings.secret_access_key is not None
    assert settings.secret_access_key.get_secret_value() not in listed


@pytest.mark.server
def test_credentials_come_from_an_aws_credentials_block(
    prefect_server: PrefectServer, moto: S3Server
) -> None:
    settings = moto.settings()
    assert settings.access_key_id is not None
    AwsCredentials(
        aws_access_key_id=settings.access_key_id.get_secret_value(),
        aws_secret_access_key=settings.secret_access_key,
        region_name="us-east-1",
        aws_client_parameters={"endpoint_url": settings.endpoint_url},
    ).save("team-aws", overwrite=True)
    SessionStoreBlock(url="s3://sessions/by-aws", aws_credentials="team-aws").save(
        "by-aws", overwrite=True
    )
    store = Store("s3://sessions/by-aws", load_store_settings("by-aws"))
    store.write("x", b"1")
    assert store.read("x") == b"1"


def test_without_a_block_the_environment_speaks() -> None:
    assert load_store_settings(None) == StoreSettings()


@pytest.mark.server
@pytest.mark.usefixtures("prefect_server")
def test_a_missing_block_is_told_in_one_sentence() -> None:
    with pytest.raises(SettingsInvalid, match="'nobody' of type 'Learning Teacher' does not exist"):
        load_teacher("nobody")


@pytest.mark.server
@pytest.mark.usefixtures("prefect_server")
def test_blocks_load_inside_an_async_flow() -> None:
    TeacherBlock(model="openai/gpt-5").save("in-flow", overwrite=True)

    @flow
    async def loading() -> str:
        return load_teacher("in-flow").model

    assert asyncio.run(loading()) == "openai/gpt-5"


@pytest.mark.server
@pytest.mark.usefixtures("prefect_server")
def test_a_block_is_used_by_name_in_a_deployment_file() -> None:
    TeacherBlock(model="openai/gpt-5").save("in-yaml", overwrite=True)
    template = {"teacher": {"model": "{{ prefect.blocks.learning-teacher.in-yaml.model }}"}}
    assert asyncio.run(resolve_block_document_references(template)) == {
        "teacher": {"model": "openai/gpt-5"}
    }


@pytest.mark.slow
@pytest.mark.server
def test_the_blocks_are_registered_from_the_command_line(prefect_server: PrefectServer) -> None:
    printed = prefect_server.cli("block", "register", "-m", "flows.blocks")
    assert "Learning Teacher" in printed
    assert "Learning Session Store" in printed
