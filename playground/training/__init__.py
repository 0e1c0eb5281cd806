"""From an experiment to a model that trains: built, stepped, measured, in a worker process."""
