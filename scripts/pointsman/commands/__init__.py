"""The commands, by what they are about; each parses, calls one function, reports and returns an exit code."""
