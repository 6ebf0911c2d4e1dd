"""A real browser before the Prefect UI: Debian's Chromium, driven by Playwright.

Playwright never downloads a browser of its own. With LEARNING_PLANNER_SCREENSHOTS=1 the tests
also write the pictures of the docs into `docs/images`; otherwise they leave the tree alone.
"""

import os
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.prefect_server import ROOT, PrefectServer, wait_until
from tests.required import program

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

IMAGES = ROOT / "docs" / "images"
SCREENSHOTS = os.environ.get("LEARNING_PLANNER_SCREENSHOTS") == "1"

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE_MS = 45_000
RUN_PATIENCE_MS = 240_000
"""A run's process takes its time to start on a busy machine; nobody waits for what is there."""

GREEN, RED = (33, 157, 75), (222, 5, 41)
"""Of tasks that completed and that failed, in the run's graph."""

COUNT_PIXELS = """async ([png, colour]) => {
    const image = await createImageBitmap(await (await fetch(png)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const data = canvas.getImageData(0, 0, image.width, image.height).data;
    let found = 0;
    for (let at = 0; at < data.length; at += 4)
        found += colour.every((value, place) => Math.abs(data[at + place] - value) < 8);
    return found;
}"""


@dataclass(frozen=True)
class PrefectUi:
    """The UI as a person meets it, in one page of the browser."""

    page: "Page"
    url: str

    @property
    def main(self) -> "Locator":
        """What stands beside the side bar."""
        return self.page.get_by_role("main")

    def open(self, path: str = "/") -> None:
        """Open a page of the UI that Prefect serves by default."""
        self.page.goto(f"{self.url}{path}")

    def open_form(self, deployment: str) -> None:
        """Go to the form of a new run, as a person does: from the first page, by clicks.

        A page that a busy server did not fill is opened again.
        """
        from playwright.sync_api import TimeoutError as NotThere

        def opened() -> bool:
            with suppress(NotThere):
                self.open()
                self.page.get_by_role("link", name="Deployments", exact=True).click()
                self.main.get_by_role("link", name=deployment, exact=True).first.click()
                self.main.get_by_role("button", name="Run", exact=True).click(timeout=15_000)
                return True
            return False

        wait_until(opened, what=f"the page of {deployment}")
        self.page.get_by_role("menuitem", name="Custom run").click()

    def field(self, label: str) -> "Locator":
        """A field of a form with all that belongs to it."""
        return self.main.get_by_text(label, exact=True).locator("xpath=ancestor::div[fieldset][1]")

    def give(self, label: str, kind: str, value: str) -> "Locator":
        """Fill in an optional field, which asks first of what kind its value is."""
        field = self.field(f"{label} (Optional)")
        field.get_by_role("tab", name=kind, exact=True).click()
        field.locator("input, textarea").fill(value)
        return field

    def submit(self) -> str:
        """Send the form of a new run; returns the run's id."""
        button = self.main.get_by_role("button", name="Submit")
        return str(self.send(button, "**/create_flow_run")["id"])

    def send(self, button: "Locator", where: str) -> dict[str, Any]:
        """Press a button until what it sends is accepted; returns the API's answer.

        A server on SQLite is busy at times, and says so: then a person presses again.
        """
        from playwright.sync_api import TimeoutError as NothingSent

        def accepted() -> dict[str, Any] | None:
            with suppress(NothingSent), self.page.expect_response(where, timeout=15_000) as got:
                button.click()
                answer: dict[str, Any] = got.value.json()
                return answer if got.value.ok and answer.get("status") != "REJECT" else None
            return None

        return wait_until(accepted, what=f"an answer of {where}")

    def open_run(self, run_id: str) -> None:
        """Open a run's page, at its details."""
        self.open(f"/v2/runs/flow-run/{run_id}?tab=Details")

    def open_tab(self, name: str) -> "Locator":
        """Open a tab of the run's page; returns what it shows."""
        self.main.get_by_role("tab", name=name, exact=True).click()
        return self.main.get_by_role("tabpanel", name=name, exact=True)

    def choose(self, action: str) -> None:
        """Choose an action from the run's menu."""
        self.main.get_by_role("button", name="Open menu").click()
        self.page.get_by_role("menuitem", name=action, exact=True).click()

    def sees_state(self, name: str) -> None:
        """Wait until the page, which is never reloaded, shows that the run is in this state."""
        from playwright.sync_api import expect

        state = self.main.get_by_text(name, exact=True).first
        expect(state).to_be_visible(timeout=RUN_PATIENCE_MS)

    def open_artifact(self, run_id: str, key: str) -> "Locator":
        """Go from a run by clicks to the latest version of its artifact; returns its content."""
        self.open_run(run_id)
        self.open_tab("Artifacts").get_by_role("link").filter(has_text=key).click()
        self.main.get_by_role("link", name=re.compile("^[0-9a-f]{8}$")).first.click()
        return self.main.get_by_role("tabpanel")

    def pixels(self, shown: "Locator", colour: tuple[int, int, int]) -> int:
        """How many pixels of a colour are really drawn there."""
        png = f"data:image/png;base64,{b64encode(shown.screenshot()).decode()}"
        blank = self.page.context.new_page()
        try:
            return int(blank.evaluate(COUNT_PIXELS, [png, colour]))
        finally:
            blank.close()

    def take_picture(self, name: str) -> None:
        """Write what is seen now as a picture of the docs, when pictures are asked for."""
        if SCREENSHOTS:
            IMAGES.mkdir(exist_ok=True)
            self.page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


@pytest.fixture(scope="module")
def chromium() -> str:
    """The path of Debian's browser."""
    return program("chromium", "apt-get install chromium fonts-dejavu-core")


@pytest.fixture(scope="module")
def ui(chromium: str, prefect_server: PrefectServer) -> Iterator[PrefectUi]:
    """The UI of the tests' server in a browser of the module's own."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=Path(chromium), args=FLAGS)
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield PrefectUi(page, prefect_server.api_url.removesuffix("/api"))
        browser.close()
