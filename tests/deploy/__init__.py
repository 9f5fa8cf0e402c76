"""What ``deploy/`` promises, by its own tools where this machine has them, and by structure everywhere."""
