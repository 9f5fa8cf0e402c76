"""Request checks of the upstreams: key, body, fields, model."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pointsman.simulator.answers import Answer
from pointsman.simulator.upstream import Check, Models, Received


def bearer_key(key: str, *, missing: Answer, wrong: Answer) -> Check:
    """Accepts the key in `Authorization: Bearer` only."""

    def check(request: Received) -> Answer | None:
        scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not sent:
            return missing
        return None if sent == key else wrong

    return check


def header_key(header: str, key: str, *, missing: Answer, wrong: Answer) -> Check:
    """Accepts the key in this header only."""

    def check(request: Received) -> Answer | None:
        sent = request.headers.get(header)
        if not sent:
            return missing
        return None if sent == key else wrong

    return check


def json_object(malformed: Answer) -> Check:
    """Refuses a body that is not a JSON object."""

    def check(request: Received) -> Answer | None:
        return None if isinstance(request.json, dict) else malformed

    return check


def required(*fields: str, refusal: Callable[[str], Answer]) -> Check:
    """Refuses a body without one of these fields; `refusal` gets the first missing one."""

    def check(request: Received) -> Answer | None:
        absent = next((name for name in fields if request.fields.get(name) in (None, "", [])), None)
        return refusal(absent) if absent else None

    return check


def only_fields(known: Iterable[str], refusal: Callable[[str], Answer]) -> Check:
    """Refuses a body with unknown fields; `refusal` gets the first one."""
    allowed = frozenset(known)

    def check(request: Received) -> Answer | None:
        extra = next((name for name in request.fields if name not in allowed), None)
        return refusal(extra) if extra else None

    return check


def known_model(models: Models, refusal: Callable[[str], Answer]) -> Check:
    """Refuses an unknown model, named in the path or in the body."""

    def check(request: Received) -> Answer | None:
        model = str(request.params.get("model") or request.fields.get("model") or "")
        return None if models.serves(model) else refusal(model)

    return check
