"""One alert for every trouble with a provider, with what to do about it; never one for every request.

    logger (LiteLLM's failures) -> trouble (what kind) -> quiet (is it new?) -> webhooks (Slack, Discord)

Spend, budgets and the database are LiteLLM's own alerts; they go to the same webhooks.
"""
