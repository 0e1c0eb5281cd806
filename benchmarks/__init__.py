"""What we measure. `python -m benchmarks` (or `make bench`) prints every section; a name prints one."""
