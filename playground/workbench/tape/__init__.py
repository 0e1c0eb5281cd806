"""The autograd graph of a program: its nodes, the gradients on its edges, the formula of each derivative."""
