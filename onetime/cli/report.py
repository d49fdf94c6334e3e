"""``report``: a month's workbook."""

import argparse
from pathlib import Path

from onetime.cli.databases import opened_database, reading_database
from onetime.services.billing.months import Month
from onetime.services.billing.reports import PROGRESS_MARK
from onetime.texts import LANGUAGES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser.add_argument("--month", required=True, help="such as 2026-10")
    parser.add_argument("--out", required=True, type=Path, help="the file to write")
    parser.add_argument("--language", choices=sorted(LANGUAGES), help="default: the house's")
    parser.add_argument("--progress", action="store_true", help="say how far it is, one line a step")
    parser.set_defaults(run=_report)


def _report(args: argparse.Namespace) -> int:
    from onetime.services.billing.report_file import write_report  # pandas costs a second and 66 MB: only here

    month = Month.parse(args.month)
    with opened_database():
        pass  # brings the tables up to date before they are read
    with reading_database() as session:
        write_report(session, month, args.out.resolve(), args.language, _tell if args.progress else _keep_quiet)
    if not args.progress:
        print(args.out)  # noqa: T201
    return 0


def _tell(done: int, total: int, what: str) -> None:
    print(PROGRESS_MARK, done, total, what, flush=True)  # noqa: T201


def _keep_quiet(_done: int, _total: int, _what: str) -> None:
    return
