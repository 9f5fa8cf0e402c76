"""The names that ``litellm_config.yaml`` may use, and nothing else.

LiteLLM runs this file once for every reference, outside ``sys.modules``, when it is in the YAML's folder:
whatever were defined here would exist several times. (No ``from __future__`` here for the same reason.)
"""

from custom_providers.boot import alert_logger, audit_logger, engine_handler, kimi_handler, routing_hook

__all__ = ["alert_logger", "audit_logger", "engine_handler", "kimi_handler", "routing_hook"]
