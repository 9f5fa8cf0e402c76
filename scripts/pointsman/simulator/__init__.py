"""Simulates every upstream of the proxy on one port: a real HTTP server with recorded answers, including failures.

    with Simulator() as upstreams:
        env = {**os.environ, **upstreams.environ()}      # <NAME>_BASE_URL and simulated keys
        upstreams.script("openai", "rate_limit", "rate_limit")
        ...                                              # two 429 answers, then faithful ones again
        assert upstreams.received[-1].json["model"] == "gpt-4o-mini"

It also runs as a program: `python -m pointsman.simulator --port 4100` prints its URL, a line of variables per provider,
and `ready`. The program is controlled over HTTP:
`GET /_simulator/received`, `GET /_simulator/answers` (the catalogue of names), `POST /_simulator/reset` and
`POST /_simulator/script` with
`{"provider": "openai", "answers": ["rate_limit", {"name": "cut", "after": 1}], "probe": false}`.

By default each upstream is a small model server: it checks the key where the provider does, knows its models, and
refuses the requests that the provider refuses. `conversation.py` has the model's text, `answers.py` the HTTP answers
and their faults, `wire/` the wire families, and `providers/` one `Upstream` each, with the named answers for
scripts. `FAULTS` in `answers.py` are in every catalogue; `bad_key`, `rate_limit` (transient), `quota` (exhausted),
`overloaded`, `server_error` and `in_band_error` are in the catalogue of every provider that has that kind of answer.
"""

from __future__ import annotations

from pointsman.simulator.answers import Answer
from pointsman.simulator.simulator import Simulator
from pointsman.simulator.upstream import Received

__all__ = ["Answer", "Received", "Simulator"]
