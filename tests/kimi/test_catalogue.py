"""The model catalogue has correct facts and is complete."""

from __future__ import annotations

import pytest

from custom_providers.kimi.account.catalogue import MODELS, advice, find, model_info, traits
from custom_providers.kimi.account.systems import KIMI_CODE, PLATFORM, System
from custom_providers.providers import kimi, moonshot
from custom_providers.providers.kimi_system import FREE
from pointsman.simulator.providers.kimi import CODING_MODELS, PLATFORM_MODELS

PROFILES = {module.SYSTEM.name: module.PROFILE for module in (kimi, moonshot)}


def test_the_catalogue_holds_each_systems_models():
    """The catalogue has the models that the simulated upstreams list, which are the documented ones."""
    assert {model.id for model in kimi.MODELS} == set(CODING_MODELS)
    assert {model.id for model in moonshot.MODELS} == set(PLATFORM_MODELS.listed)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_row_makes_sense(model):
    """Limits are consistent, cached input is cheaper, and calls under the membership are free."""
    assert 0 < model.output <= model.context
    assert (model.price == FREE) is (model.system is KIMI_CODE)
    assert model.price.cached <= model.price.input <= model.price.output


def test_litellm_is_told_prices_for_one_token():
    """The prices have no rounding errors."""
    model = find("kimi-k2.7-code", PLATFORM)
    assert model is not None
    info = model_info(model)
    assert repr(info["input_cost_per_token"]) == "9.5e-07"
    assert info["max_input_tokens"] == 262_144
    assert "reasoning_effort_levels" not in info


@pytest.mark.parametrize(
    ("model_id", "system", "says"),
    [
        ("kimi-k3", KIMI_CODE, 'Kimi Code calls it "k3"'),
        ("k3[1m]", KIMI_CODE, 'Kimi Code calls it "k3"'),
        ("k3", PLATFORM, 'the Moonshot platform calls it "kimi-k3"'),
        ("kimi-k2.5", PLATFORM, '"kimi-k2.5": end of service 2026-08-31; use "kimi-k3.1-pro"'),
        ("moonshot-v1-8k", PLATFORM, '"moonshot-v1-8k": end of service 2026-08-31; use "kimi-k3.1-pro"'),
        (
            "kimi-k2-turbo-preview",
            PLATFORM,
            '"kimi-k2-turbo-preview": end of service 2026-05-25; use "kimi-k3.1-pro"',
        ),
        ("kimi-k9", PLATFORM, ""),
    ],
)
def test_ids_that_are_not_served_say_what_is(model_id: str, system: System, says: str):
    """The message has the system's own name for the model, or the date on which the model ended."""
    assert advice(model_id, system) == says


def test_no_current_id_has_ended():
    """The globs for ended models match no current model; one model has a future last day."""
    shutdowns = {model.id: PROFILES[model.system.name].shutdown(model.id) for model in MODELS}
    assert {name: row.day for name, row in shutdowns.items() if row} == {"kimi-k2.6": "2026-12-31"}


def test_an_unknown_id_is_taken_for_a_newer_model():
    """An unknown model gets K3's efforts, with thinking always on."""
    assert (traits("k4", KIMI_CODE).efforts, traits("k4", KIMI_CODE).switchable) == (("low", "high", "max"), False)
