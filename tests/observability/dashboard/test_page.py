"""The dashboard of a real proxy over HTTP."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx
import pytest

from custom_providers.observability.audit.storage.sqlite import SqliteSink
from custom_providers.observability.dashboard import sessions
from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.observability.audit.rows import row
from tests.patience import eventually
from tests.running import MASTER_KEY

PONG = [{"role": "user", "content": "Reply PONG"}]
MARKUP = '"><script>alert("canary-7f3a")</script><img src=x onerror=alert(1)>'
FORM = {"Sec-Fetch-Site": "same-origin"}


def _logged_in(client: httpx.Client, key: str = MASTER_KEY, **headers: str) -> httpx.Response:
    return client.post("/pointsman/login", data={"key": key}, headers={**FORM, **headers})


@pytest.fixture
def patient(remote: httpx.Client, request: pytest.FixtureRequest) -> httpx.Client:
    """The remote browser with an address without failed logins, which are counted by address."""
    remote.headers["X-Forwarded-For"] = f"192.0.2.{sum(request.node.name.encode()) % 250 + 1}"
    return remote


def test_at_the_machine_the_page_is_there_with_everything_that_guards_it(browser: httpx.Client):
    answer = browser.get("/pointsman/")

    assert answer.status_code == 200
    assert "<h1>pointsman</h1>" in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in answer.text


@pytest.mark.parametrize("path", ["/pointsman", "/", "/ui", "/ui/", "/ui/login"])
def test_paths_that_lead_there(browser: httpx.Client, path: str):
    answer = browser.get(path, follow_redirects=True)

    assert answer.url.path == "/pointsman/"
    assert ("LiteLLM's admin UI needs Postgres: set <code>DATABASE_URL</code>" in answer.text) == (path != "/pointsman")


def test_nothing_on_it_is_a_key_or_comes_from_elsewhere(browser: httpx.Client, upstreams: Simulator):
    text = browser.get("/pointsman/?route=fast").text

    keys = [value for name, value in upstreams.environ().items() if name.endswith("_KEY")]
    assert [key for key in (*keys, MASTER_KEY) if key in text] == []
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert f"…{upstreams.environ()['OPENAI_API_KEY'][-4:]}" in text


def test_a_provider_without_a_key_says_so(browser: httpx.Client):
    assert "no key: $OPENROUTER_API_KEY (not set)" in browser.get("/pointsman/").text


def test_a_call_is_on_the_page_and_the_filter_finds_it(browser: httpx.Client, watched: Recorded, simulator: Simulator):
    watched.row_of(lambda: watched.post("/v1/chat/completions", {"model": "openai/gpt-5-mini", "messages": PONG}))

    assert "openai/gpt-5-mini" in _calls(browser, "model=openai/gpt-5-mini&outcome=success")
    assert "No call matches." in _calls(browser, "model=openai/gpt-5-mini&outcome=lost")
    assert "No call matches." in _calls(browser, "provider=gemini&model=openai/gpt-5-mini")
    for name in ("tokens", "cost", "latency"):
        chart = browser.get(f"/pointsman/charts/{name}.svg")
        assert (chart.status_code, chart.headers["content-type"]) == (200, "image/svg+xml")


def _calls(browser: httpx.Client, query: str) -> str:
    text = browser.get(f"/pointsman/?{query}").text
    return text[text.index('<section id="calls"') :].partition("</section>")[0].partition("</form>")[2]


def test_the_text_of_clients_and_providers_stays_text(browser: httpx.Client, watched: Recorded):
    fields = {"model": MARKUP, "upstream_model": MARKUP, "key_alias": MARKUP, "attempts": ("a", MARKUP), "fallbacks": 1}
    store = SqliteSink(watched.state / "audit.sqlite3")
    store.store([row("markup-of-2099", time="2099-01-01T00:00:00.000Z", **fields, error_message=MARKUP)])
    store.close()

    # The page caches its data for some seconds.
    eventually(lambda: "canary-7f3a" in browser.get("/pointsman/").text)
    for query in ({}, {"route": MARKUP}, {"route": "fast", "model": MARKUP, "provider": MARKUP, "span": MARKUP}):
        text = browser.get("/pointsman/", params=query).text
        tags = _Tags()
        tags.feed(text)
        assert "canary-7f3a" in text
        assert [name for name, _ in tags.found if name in {"script", "iframe", "object"}] == []
        attributes = [(name, value or "") for _, found in tags.found for name, value in found]
        assert [name for name, _ in attributes if name.startswith("on")] == []
        assert [value for name, value in attributes if name == "src" and not value.startswith("charts/")] == []


class _Tags(HTMLParser):
    """Collects the tags of a page, parsed as in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


@pytest.mark.parametrize("path", ["/pointsman/", "/pointsman/charts/tokens.svg"])
def test_elsewhere_one_has_to_log_in(remote: httpx.Client, path: str):
    answer = remote.get(path)

    assert answer.status_code == 401
    assert "openai" not in answer.text


def test_the_master_key_opens_it_by_a_cookie_that_scripts_and_other_sites_cannot_use(patient: httpx.Client):
    answer = _logged_in(patient)
    cookie = answer.headers["set-cookie"]

    assert (answer.status_code, answer.headers["location"]) == (303, "/pointsman/")
    assert {"HttpOnly", "SameSite=strict", "Path=/pointsman/", f"Max-Age={sessions.SECONDS}"} <= {*cookie.split("; ")}
    assert "Secure" not in cookie
    assert MASTER_KEY not in cookie
    assert '<h2 id="providers-title">' in patient.get("/pointsman/").text
    patient.post("/pointsman/logout", headers=FORM)
    assert patient.get("/pointsman/").status_code == 401


def test_over_https_the_cookie_is_for_https_only(patient: httpx.Client):
    assert "Secure" in _logged_in(patient, **{"X-Forwarded-Proto": "https"}).headers["set-cookie"]


@pytest.mark.parametrize("key", ["", "sk-wrong", "sk-one-model", MASTER_KEY[:-1]])
def test_no_other_key_does(patient: httpx.Client, key: str):
    patient.headers["X-Forwarded-For"] = f"198.51.100.{len(key) + 1}"
    answer = _logged_in(patient, key)

    assert answer.status_code == 401
    assert "this is not the master key" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_key_in_the_address_or_a_header_does_not(patient: httpx.Client):
    assert patient.get("/pointsman/", params={"key": MASTER_KEY}).status_code == 401
    assert patient.get("/pointsman/login", params={"key": MASTER_KEY}).status_code in (403, 401, 405)
    assert patient.get("/pointsman/", headers={"Cookie": f"{sessions.COOKIE}={MASTER_KEY}"}).status_code == 401


def test_after_a_few_wrong_keys_even_the_right_one_waits(patient: httpx.Client):
    patient.headers["X-Forwarded-For"] = "203.0.113.9"
    answers = [_logged_in(patient, "sk-wrong").status_code for _ in range(sessions.MOST_TRIES)]
    late = _logged_in(patient)

    assert answers == [401] * sessions.MOST_TRIES
    assert late.status_code == 429
    assert 0 < int(late.headers["retry-after"]) <= sessions.TRIES_SECONDS
    patient.headers["X-Forwarded-For"] = "203.0.113.10"
    assert _logged_in(patient).status_code == 303


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4000", "localhost.evil.example"])
def test_a_name_that_leads_to_this_machine_does_not_open_it(browser: httpx.Client, host: str):
    assert browser.get("/pointsman/", headers={"Host": host}).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_a_script_of_another_site_reads_nothing(browser: httpx.Client, headers: dict[str, str]):
    for path in ("/pointsman/", "/pointsman/charts/tokens.svg"):
        answer = browser.get(path, headers=headers)
        assert (answer.status_code, "openai" in answer.text) == (403, False)
    assert browser.post("/pointsman/login", data={"key": MASTER_KEY}, headers=headers).status_code == 403


@pytest.mark.parametrize("body", [b"key=" + b"x" * 100_000, b"&" * 4000, b"\xff\xfe", b"key=%ff%00"])
def test_a_form_that_is_none_is_a_wrong_key(patient: httpx.Client, body: bytes):
    patient.headers["X-Forwarded-For"] = f"198.51.100.{100 + len(body) % 100}"
    headers = {**FORM, "Content-Type": "application/x-www-form-urlencoded"}

    assert patient.post("/pointsman/login", content=body, headers=headers).status_code == 401


def test_what_is_not_there_is_not_open(browser: httpx.Client):
    assert browser.get("/pointsman/charts/nothing.svg").status_code == 404
    assert browser.get("/pointsman/caller").status_code in (401, 403)
