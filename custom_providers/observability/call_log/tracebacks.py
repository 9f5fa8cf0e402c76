"""Filters LiteLLM's own log: tracebacks only at debug level, and no failures that a call's line reports."""

from __future__ import annotations

import logging
import sys

from fastapi import HTTPException

from custom_providers.observability.audit.call import under_way
from custom_providers.server.failures import verdict

_LOGGERS = ("LiteLLM", "LiteLLM Proxy", "LiteLLM Proxy.stdout", "LiteLLM Router")
_TRACEBACK = "Traceback (most recent call last)"
_WHERE = "(LITELLM_LOG=DEBUG shows the traceback)"
_OF_NO_USE = (
    # When a stream on /v1/responses breaks off; containers are open to the master key only.
    "Container ownership recording skipped",
    # A warning at each start of LiteLLM 1.110.
    "gc.freeze pinned",
)
"""Messages of LiteLLM that need no action."""


class Brief(logging.Filter):
    """Drops records about a call's failure, and shortens the others; does nothing at debug level."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
        if logging.getLogger(record.name).isEnabledFor(logging.DEBUG):
            return True
        # ``logger.error`` in an ``except`` block passes no exception, but one is being handled.
        error = (record.exc_info or sys.exc_info())[1]
        if record.levelno >= logging.WARNING and error is not None and under_way() and _is_answer(error):
            return False
        _shorten(record)
        message = record.getMessage()
        return not any(words in message for words in _OF_NO_USE)


def install() -> None:
    """Install the filter on LiteLLM's loggers."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, Brief) for each in logger.filters):
            # First, because LiteLLM's own filters put the traceback into the message.
            logger.filters.insert(0, Brief())


def _is_answer(error: BaseException) -> bool:
    """Whether the client's response, and so the call's line, contains ``error``."""
    if isinstance(error, HTTPException) or verdict.of(error) is not None:
        return True
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    return str(status).isdigit()


def _shorten(record: logging.LogRecord) -> None:
    message = record.getMessage()
    if record.exc_info is None and record.stack_info is None and _TRACEBACK not in message:
        return
    record.msg = f"{message.partition(_TRACEBACK)[0].rstrip()} {_WHERE}"
    record.args = ()
    record.exc_info = record.exc_text = record.stack_info = None
