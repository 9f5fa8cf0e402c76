"""The names that ``litellm_config.yaml`` may use, and nothing else.

If this file is in the YAML's folder, LiteLLM executes it once per reference, outside ``sys.modules``, so a definition
here would exist several times. (No ``from __future__`` for the same reason.)
"""

from custom_providers.litellm_patches.place import required_imports

with required_imports():
    from custom_providers.boot import alert_logger, audit_logger, engine_handler, kimi_handler, routing_hook

__all__ = ["alert_logger", "audit_logger", "engine_handler", "kimi_handler", "routing_hook"]
