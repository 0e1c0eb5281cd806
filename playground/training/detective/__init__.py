"""Who made the first number that is not finite in a run: a step made again with every operation watched."""
