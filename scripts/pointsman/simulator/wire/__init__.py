"""The API families that several upstreams speak: request -> prompt, turn -> answer. Pure."""
