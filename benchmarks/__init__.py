"""What we measure. `python -m benchmarks` (or `make bench`) prints every table; a name prints one."""
