"""One alert per incident with a provider, with what to do about it; never one per request.

    logger (LiteLLM's failures) -> incident (what kind) -> open_incidents (is it new?) -> webhooks (Slack, Discord)

Spend, budgets and the database are LiteLLM's own alerts; they go to the same webhooks.
"""
