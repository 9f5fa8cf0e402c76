"""One row for every client call.

LiteLLM's callbacks do not come once for each call: a failed attempt that is retried reports a failure, a stream that
the client leaves early may report nothing, and a busy logging queue drops events. So a call begins and ends at the HTTP
boundary (``boundary``), and callbacks (``logger``) only add to it while it is under way (``call``).

    boundary, logger -> call -> record -> spool (a file) -> delivery (a thread) -> SQLite or Postgres
    history, sums <- database <- SQLite or Postgres: for the command and the page

The request's only cost is an append to a local file, made before the last byte of the answer is sent: that is why an
answered call has its row even if the process is killed. Everything slow happens in the thread.
"""
