"""Rows on their way to a database: the spool, the thread that empties it, and the databases."""
