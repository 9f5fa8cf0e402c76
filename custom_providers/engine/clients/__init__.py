"""The client protocols: one writer of events for each."""
