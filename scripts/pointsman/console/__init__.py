"""What the operator sees and types: output, prompts, options, completion, exit with a reason."""
