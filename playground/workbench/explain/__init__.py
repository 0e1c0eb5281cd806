"""Where one element of a result comes from: its input elements, and the arithmetic written out."""
