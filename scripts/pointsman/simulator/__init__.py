"""Every upstream of the proxy on one port: a real HTTP server, faithful to recorded answers, bad ones included.

    with Simulator() as upstreams:
        env = {**os.environ, **upstreams.environ()}      # <NAME>_BASE_URL and simulated keys
        upstreams.script("openai", "rate_limit", "rate_limit")
        ...                                              # two 429, then faithful answers again
        assert upstreams.received[-1].json["model"] == "gpt-4o-mini"

It runs alone too: `python -m pointsman.simulator --port 4100` prints its URL, a line of variables per provider, and
`ready`. A subprocess is controlled over HTTP:
`GET /_simulator/received`, `GET /_simulator/answers` (the catalogue of names), `POST /_simulator/reset` and
`POST /_simulator/script` with
`{"provider": "openai", "answers": ["rate_limit", {"name": "cut", "after": 1}], "probe": false}`.

By default each upstream is a small model server: it checks the key where that provider does, knows its models, and
refuses what the provider refuses. What the model says is in `conversation.py`, what an answer can do on the wire in
`answers.py`, the API families in `wire/`, and one module per provider holds its `Upstream` row with the named answers
for scripts. `FAULTS` in `answers.py` are in every catalogue; `bad_key`, `rate_limit` (transient), `quota` (exhausted),
`overloaded`, `server_error` and `in_band_error` in that of every provider that has such an answer.
"""

from __future__ import annotations

from pointsman.simulator.answers import Answer
from pointsman.simulator.simulator import Simulator
from pointsman.simulator.upstream import Received

__all__ = ["Answer", "Received", "Simulator"]
