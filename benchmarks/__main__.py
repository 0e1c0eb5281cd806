"""Print the tables: all of them, or those named: `python -m benchmarks steps`."""

import argparse
from collections.abc import Callable, Mapping

from threadpoolctl import threadpool_limits

from benchmarks import display, steps

TABLES: Mapping[str, Callable[[float], None]] = {"steps": steps.table, "display": display.table}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", choices=[[], *TABLES], help="which tables (default: all)")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each measurement")
    options = parser.parse_args()
    with threadpool_limits(1):
        for name in options.tables or TABLES:
            TABLES[name](options.seconds)


if __name__ == "__main__":
    main()
