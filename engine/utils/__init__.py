"""Helpers around training, as `torch.utils` groups them."""
