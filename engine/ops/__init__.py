"""The maths: every operation is its numpy forward and its derivative, side by side."""
