"""Alerts, as far as the command is concerned: a test message."""
