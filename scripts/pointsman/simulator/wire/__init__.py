"""The wire families that several upstreams use: request -> prompt, turn -> answer. Pure."""
