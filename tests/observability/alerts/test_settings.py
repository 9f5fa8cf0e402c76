"""The [alerts] table, from the registry to the generated config."""

from __future__ import annotations

from dataclasses import replace

from custom_providers.registry import loading
from custom_providers.registry.model import Alerts, Registry
from pointsman.config.render import config

PROVIDER = '[[provider]]\nname = "ollama"\nbase_url = "http://localhost:11434"\nauth = "none"\ndefault_model = "m"\n'


def test_the_table_names_variables():
    table = '[alerts]\nslack_webhook_env = "TEAM_SLACK"\ndiscord_webhook_env = "TEAM_DISCORD"'
    found = loading.parse(f"{PROVIDER}{table}".encode(), "providers.toml").alerts
    assert found == Alerts(slack_webhook_env="TEAM_SLACK", discord_webhook_env="TEAM_DISCORD")


def test_a_webhook_renders_litellms_alerts_without_those_that_come_for_every_request(example_registry: Registry):
    made = config(replace(example_registry, alerts=Alerts(discord_webhook_env="TEAM_DISCORD")))
    general = made["general_settings"]
    assert general["alerting"] == ["slack"]
    assert "budget_alerts" in general["alert_types"]
    assert not {"llm_exceptions", "llm_too_slow", "cooldown_deployment", "outage_alerts"} & set(general["alert_types"])
    assert made["callback_settings"]["pointsman"]["alerts"] == {"discord_webhook_env": "TEAM_DISCORD"}
    assert made["litellm_settings"]["callbacks"][-1] == "custom_providers.litellm_entry.alert_logger"


def test_without_a_webhook_there_is_no_alerting(example_registry: Registry):
    made = config(replace(example_registry, alerts=Alerts()))
    assert "alerting" not in made["general_settings"]
    assert "alerts" not in made["callback_settings"]["pointsman"]
    assert "custom_providers.litellm_entry.alert_logger" not in made["litellm_settings"]["callbacks"]
