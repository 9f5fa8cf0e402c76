"""A reverse proxy on the same machine forwards requests from anywhere, so all its users must log in."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.deploy.reverse_proxy import needs_nginx, running_nginx
from tests.observability.audit.recorded import Recorded
from tests.patience import SECONDS
from tests.running import free_port

SETTINGS = {
    "none": "",
    "HTTP/1.1": "proxy_http_version 1.1;",
    "for streams": 'proxy_http_version 1.1; proxy_set_header Connection "";',
    "for WebSockets": 'proxy_http_version 1.1; proxy_set_header Connection "upgrade";',
    "with the name that was asked for": "proxy_http_version 1.1; proxy_set_header Host $host;",
    "with forwarding headers": "proxy_http_version 1.1; proxy_set_header X-Forwarded-For $remote_addr;",
}


def _config(folder: Path, port: int, upstream: str, settings: str) -> Path:
    path = folder / "nginx.conf"
    temporary = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\n{temporary}\naccess_log off;\nserver {{\n  listen 127.0.0.1:{port};\n"
        f"  location / {{ proxy_pass {upstream}; {settings} }}\n}}\n}}\n"
    )
    return path


@needs_nginx
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_behind_nginx_one_has_to_log_in(watched: Recorded, tmp_path: Path, settings: str):
    port = free_port()
    config = _config(tmp_path, port, watched.proxy.url, settings)

    with running_nginx(config, port), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS) as browser:
        for headers in ({}, {"Connection": "keep-alive"}, {"Keep-Alive": "timeout=5"}):
            for path in ("/pointsman/", "/pointsman/charts/calls.svg"):
                assert browser.get(path, headers=headers).status_code == 401, (path, headers)


def test_a_browser_at_the_machine_says_that_it_keeps_the_connection(browser: httpx.Client):
    assert browser.get("/pointsman/").status_code == 200
    assert browser.get("/pointsman/", headers={"Connection": "close"}).status_code == 401
