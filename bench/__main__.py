"""``python -m bench``: measure everything, or what ``--only`` names, and print it."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bench.figures import Conditions, Figure, not_measured
from bench.machine import describe
from bench.printing import described, headed, table, write_json
from bench.processes import MeasurementError

SECTIONS = ("messages", "booting", "sampling", "startup", "pages", "workbook", "attacks")


def main() -> int:
    """Run the sections one after the other and return the exit status."""
    chosen = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="onetime-bench-", dir=chosen.folder) as folder:
        conditions = Conditions(Path(folder), chosen.quick)
        machine = describe(conditions.folder)
        print(headed("This machine"), described(machine), sep="\n", flush=True)
        results = {name: _measured(name, conditions) for name in chosen.only or SECTIONS}
    if chosen.json:
        write_json(chosen.json, machine, quick=chosen.quick, results=results)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what Onetime costs.")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="one section; may be given several times")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, a smaller month")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("/var/tmp"),  # noqa: S108 - unlike /tmp it is never in memory; a folder of our own is made in it
        help="where the databases are made, on the disk to measure; default %(default)s",
    )
    return parser


def _measured(name: str, conditions: Conditions) -> list[Figure]:
    """Measure one section, print it, and go on to the next whatever happens."""
    section = import_module(f"bench.sections.{name}")
    measure: Callable[[Conditions], list[Figure]] = section.measure
    print(headed(section.TITLE), flush=True)
    try:
        figures = measure(conditions)
    except MeasurementError as error:
        figures = [not_measured(name, str(error))]
    print(table(figures), flush=True)
    return figures


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
