"""Shows what the proxy does: a row and a log line per call, alerts, and a page."""
