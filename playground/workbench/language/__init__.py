"""PyTorch-like code, parsed and interpreted by a whitelist; nothing of it is ever executed as Python."""
