"""``switchyard models``: declared models against served ones."""
