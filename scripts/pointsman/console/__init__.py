"""The command's user interface: output, prompts, options, shell completion, and exit with a reason."""
