"""The dashboard in a real Chromium, used like a person does."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from custom_providers.observability.audit.record import instant
from custom_providers.observability.audit.storage.sqlite import SqliteSink
from tests.observability.audit.recorded import Recorded
from tests.observability.audit.rows import row
from tests.observability.dashboard.chromium import PROGRAM, Chromium
from tests.patience import eventually
from tests.running import MASTER_KEY

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed (Debian: apt-get install chromium)")

ALERT = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
LONG = "a-model-with-a-name-that-no-phone-has-the-width-for-" * 3


@pytest.fixture(scope="module")
def running() -> Iterator[Chromium]:
    """A newly started browser."""
    profile = Path(tempfile.mkdtemp(prefix="pointsman-chromium-"))
    browser = Chromium(profile)
    try:
        browser.start()
        yield browser
    finally:
        browser.close()
        shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def chromium(running: Chromium, watched: Recorded) -> Chromium:
    """The browser without cookies, and a proxy with calls to display."""
    running.ask("Network.clearBrowserCookies")
    running.ask("Network.setExtraHTTPHeaders", headers={})
    running.look(width=1280)
    running.complaints.clear()
    now = instant(datetime.now(UTC))
    store = SqliteSink(watched.state / "audit.sqlite3")
    store.store(
        [
            row("seen", time=now, model="house-model", provider="gemini", upstream_model="gemini-2.5-flash"),
            row("markup", time=now, model=ALERT, error_message=ALERT),
            row("long", time=now, model=LONG, upstream_model=LONG, error_message=LONG, outcome="failure", status=503),
        ]
    )
    store.close()
    # The page caches its data for some seconds, perhaps since a time without any calls.
    eventually(lambda: 'src="charts/' in httpx.get(_page(watched)).text)
    return running


def _page(watched: Recorded) -> str:
    return f"{watched.proxy.url}/pointsman/"


def test_everything_loads_and_nothing_is_blocked(chromium: Chromium, watched: Recorded):
    chromium.open(_page(watched))

    assert chromium.value("[...document.images].map(image => image.naturalWidth > 0)") == [True, True, True]
    assert chromium.value("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
    assert chromium.value("document.title") == "pointsman"
    assert chromium.complaints == []


@pytest.mark.parametrize("width", [400, 320, 800])
def test_on_a_small_screen_nothing_is_cut_off(chromium: Chromium, watched: Recorded, width: int):
    chromium.look(width=width)
    chromium.open(f"{_page(watched)}?route={LONG}")

    assert chromium.value("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("scheme", "darker"), [("light", False), ("dark", True)])
def test_it_is_as_dark_as_the_person_likes_it(chromium: Chromium, watched: Recorded, scheme: str, darker: bool):
    chromium.look(width=1280, scheme=scheme)
    chromium.open(_page(watched))
    back, text = (
        sum(map(int, chromium.value(f"getComputedStyle(document.body).{name}.match(/\\d+/g).slice(0, 3)")))
        for name in ("backgroundColor", "color")
    )

    assert (back < text) == darker
    assert abs(back - text) > 500


def test_the_filter_is_used_with_the_keyboard_alone(chromium: Chromium, watched: Recorded):
    chromium.open(_page(watched))
    for _ in range(60):
        chromium.press("Tab")
        if chromium.value("document.activeElement.name") == "model":
            break
    assert chromium.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    chromium.write("house-model")
    with chromium.loading():
        chromium.press("Enter")

    rows = chromium.value("[...document.querySelectorAll('#calls tbody tr')].map(row => row.innerText)")
    assert len(rows) == 1
    assert "gemini/gemini-2.5-flash" in rows[0]
    assert chromium.value("document.querySelector('[name=model]').value") == "house-model"


def test_a_person_elsewhere_logs_in_and_out(chromium: Chromium, watched: Recorded):
    chromium.ask("Network.setExtraHTTPHeaders", headers={"X-Forwarded-For": "192.0.2.201"})
    chromium.open(_page(watched))
    eventually(lambda: chromium.value("document.activeElement.id") == "key")
    chromium.write("sk-wrong")
    with chromium.loading():
        chromium.press("Enter")
    assert chromium.value("document.querySelector('[role=alert]').innerText") == "this is not the master key"
    eventually(lambda: chromium.value("document.activeElement.id") == "key")
    chromium.write(MASTER_KEY)
    with chromium.loading():
        chromium.press("Enter")

    assert chromium.value("document.querySelectorAll('#providers tbody tr').length") > 5
    assert chromium.value("document.cookie") == ""
    assert chromium.value("[...document.images].every(image => image.naturalWidth > 0)")
    chromium.value("document.querySelector('form[action=logout] button').focus()")
    with chromium.loading():
        chromium.press("Enter")
    eventually(lambda: chromium.value("document.activeElement.id") == "key")


def test_another_sites_script_reads_a_refusal(chromium: Chromium, watched: Recorded):
    other = watched.proxy.url.replace("127.0.0.1", "localhost")
    chromium.open(f"{other}/health/liveliness")
    read = chromium.value(f"fetch('{_page(watched)}').then(a => a.text(), () => 'nothing')")

    # LiteLLM's CORS settings let the other site read the refusal.
    assert read == "another site sent this request; open the page itself"


def test_another_site_cannot_frame_it(chromium: Chromium, watched: Recorded):
    other = watched.proxy.url.replace("127.0.0.1", "localhost")
    chromium.open(f"{other}/health/liveliness")
    framed = chromium.value(f"""new Promise(done => {{
            const frame = document.createElement("iframe");
            frame.onload = () => done("over");
            frame.src = "{_page(watched)}";
            document.body.append(frame);
        }})""")

    assert framed == "over"
    assert [text for text in chromium.complaints if "frame-ancestors" in text or "X-Frame-Options" in text] != []
