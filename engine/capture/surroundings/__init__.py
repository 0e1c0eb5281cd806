"""What a step takes as given: what its Python code leads to, and whether that still is what it was."""
