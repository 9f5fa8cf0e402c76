"""Makes a virtual environment from a lock file, with nothing but the standard library of Python 3.11 or later."""
