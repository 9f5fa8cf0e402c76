"""The tables of ``providers.toml``, and the file as a whole."""

from __future__ import annotations

from custom_providers.registry import model, values
from custom_providers.registry.shapes import Either, ListOf, TableOf
from custom_providers.registry.tables import Field, Record, record
from custom_providers.server.gate.bounds import Bounds

MODEL = record(model.Model)
PROVIDER = record(model.Provider)
ALIAS = record(model.Alias)
GATEWAY = record(model.Gateway, Bounds)
AUDIT = record(model.Audit)
ALERTS = record(model.Alerts)

ROOT = Record(
    fields=(
        Field(
            name="provider",
            shape=ListOf(item=PROVIDER, expects="an array of tables, each under [[provider]]"),
            required=True,
            doc="one [[provider]] table per provider",
        ),
        Field(
            name="aliases",
            shape=TableOf(key=values.ALIAS, value=Either(first=values.MODEL, second=ALIAS)),
            doc='name = "model", as in fast = "openai/gpt-6-luna" or "claude-haiku-*" = "kimi/k3"; '
            "or name = a table with the model and its defaults",
        ),
        Field(name="gateway", shape=GATEWAY, doc="settings of the proxy"),
        Field(name="audit", shape=AUDIT, doc="how calls are recorded"),
        Field(name="alerts", shape=ALERTS, doc="where alerts are sent"),
    )
)
