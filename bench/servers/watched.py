"""The whole product in one process that can be asked what it holds: for each line it reads it prints one of JSON."""

import asyncio
import json
import os
import sys

import psutil

from onetime.cli import run
from onetime.cli.serving.http_port import taken
from onetime.logs import set_up_logs
from onetime.settings import get_settings
from onetime.store.database import create_database_engine
from onetime.store.migrations import migrate
from onetime.store.private_folder import private_data


def main() -> None:
    settings = get_settings()
    private_data(settings.data_dir, settings.own_database)
    set_up_logs(settings.log_level, settings.log_file, open(os.devnull, "w"))  # noqa: PTH123, SIM115 - for the whole run
    engine = create_database_engine(settings.sqlalchemy_url)
    migrate(engine)
    engine.dispose()
    asyncio.run(_serve())


async def _serve() -> None:
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), _tell)
    settings = get_settings()
    with taken(settings.host, settings.http_port, "ONETIME_HTTP_PORT") as port:
        await run._serve(settings, port, demo=False)


def _tell() -> None:
    if not sys.stdin.readline():
        return
    me = psutil.Process()
    log = get_settings().log_file
    written = sum(each.stat().st_size for each in log.parent.glob(f"{log.name}*")) if log else 0
    facts = {
        "rss": me.memory_info().rss,
        "descriptors": me.num_fds(),
        "tasks": len(asyncio.all_tasks(asyncio.get_running_loop())),
        "log": written,
    }
    print(json.dumps(facts), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
