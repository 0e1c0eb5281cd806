"""Sample inputs for every op of the registry: the tests of values, types and gradients run over them."""
