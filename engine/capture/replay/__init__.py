"""The step as numpy calls on fixed memory, and making them."""
