"""What is the same for every provider of a wire family: model lists, completions, how the key is sent."""
