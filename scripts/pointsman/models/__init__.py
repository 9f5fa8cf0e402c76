"""``pointsman models``: declared models against served ones."""
