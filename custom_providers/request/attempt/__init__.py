"""What is changed in each attempt, so that the chosen provider accepts it, and in its answer."""
