"""One HTTP answer of an upstream as a value, and the network faults that all upstreams share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pointsman.simulator.wire.encoding import compact

Fault = Literal["cut", "hang", "truncate"]

EVENT_STREAM = "text/event-stream; charset=utf-8"
NDJSON = "application/x-ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer, with its delays and faults.

    With `faithful`, status, headers, body and stream are the upstream's normal answer to the request; only the delays
    and the fault are taken from here.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    """Sent with a Content-Length. Not used with `stream`."""
    stream: tuple[bytes, ...] | None = None
    """Sent chunk by chunk, each in a separate write."""
    faithful: bool = False
    delay: float = 0.0
    """Seconds before the status line."""
    chunk_delay: float = 0.0
    """Seconds before each chunk of a stream, including the first one."""
    fault: Fault | None = None
    """`cut` aborts the TCP connection, `hang` sends nothing more until the client disconnects, `truncate` ends the
    stream cleanly but early."""
    after: int | None = None
    """Chunks sent before the fault, at most all but the last. None: the fault comes before the status line. A plain
    body has two chunks, its halves."""

    @property
    def chunks(self) -> tuple[bytes, ...]:
        """The body in the chunks that are written: the stream, or the two halves of a plain body."""
        if self.stream is not None:
            return self.stream
        half = len(self.body) // 2
        return (self.body[:half], self.body[half:])

    def over(self, faithful: Answer) -> Answer:
        """Returns the faithful answer with this one's delays and fault, or this answer if it is not `faithful`."""
        if not self.faithful:
            return self
        return replace(faithful, delay=self.delay, chunk_delay=self.chunk_delay, fault=self.fault, after=self.after)


def json_answer(payload: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Returns a plain JSON answer."""
    return Answer(
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
        body=compact(payload),
    )


def text_answer(
    text: str, *, status: int, kind: str = "text/plain", headers: Mapping[str, str] | None = None
) -> Answer:
    """Returns a plain text or HTML answer."""
    return Answer(
        status=status,
        headers={"Content-Type": f"{kind}; charset=utf-8", **(headers or {})},
        body=text.encode(),
    )


def stream_answer(
    chunks: Iterable[bytes], *, kind: str = EVENT_STREAM, headers: Mapping[str, str] | None = None
) -> Answer:
    """Returns a streamed answer: server-sent events, unless `kind` says otherwise."""
    return Answer(headers={"Content-Type": kind, **(headers or {})}, stream=tuple(chunks))


def answers_from(specs: Iterable[str | Answer | Mapping[str, Any]], catalogue: Mapping[str, Answer]) -> list[Answer]:
    """Returns the answers of a script, each given as a value, a name in the catalogue, or a JSON object.

    In an object, `name` selects an answer of the catalogue, and fields of Answer override its fields; `json` and
    `text` set `body`, and `stream` is a list of strings.

    Raises:
        KeyError: the catalogue has no answer of that name.
        TypeError: an object has a field that Answer does not have.
    """
    return [spec if isinstance(spec, Answer) else _answer_from(spec, catalogue) for spec in specs]


def _answer_from(spec: str | Mapping[str, Any], catalogue: Mapping[str, Answer]) -> Answer:
    fields: dict[str, Any] = {"name": spec} if isinstance(spec, str) else dict(spec)
    start = catalogue[fields.pop("name")] if "name" in fields else Answer()
    if "json" in fields:
        fields["body"] = compact(fields.pop("json"))
        fields.setdefault("headers", {"Content-Type": "application/json"})
    if "text" in fields:
        fields["body"] = str(fields.pop("text")).encode()
    if fields.get("stream") is not None:
        fields["stream"] = tuple(str(chunk).encode() for chunk in fields["stream"])
    return replace(start, **fields)


def _gateway_page(status: int, title: str) -> Answer:
    page = (
        f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1>"
        "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return text_answer(page, status=status, kind="text/html", headers={"Server": "nginx"})


FAULTS: Mapping[str, Answer] = {
    "cut": Answer(faithful=True, fault="cut", after=3),
    "cut_before_headers": Answer(faithful=True, fault="cut"),
    "truncated": Answer(faithful=True, fault="truncate", after=3),
    "hang": Answer(faithful=True, fault="hang"),
    "hang_mid_stream": Answer(faithful=True, fault="hang", after=2),
    "slow_first_byte": Answer(faithful=True, delay=2.0),
    "slow_chunks": Answer(faithful=True, chunk_delay=0.5),
    "html_502": _gateway_page(502, "Bad Gateway"),
    "html_504": _gateway_page(504, "Gateway Time-out"),
    "not_json": text_answer("upstream connect error or disconnect/reset before headers", status=200),
    "empty_body": Answer(headers={"Content-Type": "application/json"}),
}
"""Faults of the network and of proxies in front of an upstream; in the catalogue of every upstream."""
