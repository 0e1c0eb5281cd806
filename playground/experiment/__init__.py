"""What the user built: its description, the palettes it is built from, its shapes and its code."""
