"""The proxy's log: one line per call, and LiteLLM's tracebacks only at debug level.

``line`` is pure and formats a call's line from its audit record; ``lines`` logs it when the record is final;
``tracebacks`` shortens what LiteLLM logs about the same call.
"""
