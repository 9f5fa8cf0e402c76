"""Where the command reads from: registry, environment, key files, 1Password."""
