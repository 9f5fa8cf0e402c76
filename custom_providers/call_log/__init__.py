"""The log of the proxy: one line for each call, and LiteLLM's tracebacks only at debug level.

``line`` is pure and writes a call's line from its audit record; ``lines`` logs it when the record is final;
``tracebacks`` shortens what LiteLLM logs about the same call.
"""
