"""One row for every client call.

LiteLLM's callbacks do not fire once per call: a failed attempt that is retried reports a failure, a stream that the
client leaves early may report nothing, and a busy logging queue drops events. So a call begins and ends at the HTTP
boundary (``boundary``), and callbacks (``logger``) only add details while it is running (``call``).

    boundary, logger -> call -> record -> spool (a file) -> delivery (a thread) -> SQLite or Postgres
    history, sums <- database <- SQLite or Postgres: for the command and the page

The only cost of a request is an append to a local file before the last byte of the answer is sent, so that an answered
call has its row even if the process is killed. Everything slow happens in the thread.
"""
