"""``run``: the whole product in one process, the chargers' port first."""

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from contextlib import AsyncExitStack

from onetime.cli.command_error import CommandLineError
from onetime.cli.databases import opened_database
from onetime.cli.demo import DEMO_LOGIN, DEMO_PASSWORD, living_garage, prepare_demo, use_demo_settings
from onetime.cli.serving.http_port import bound, taken
from onetime.cli.serving.pages import Pages
from onetime.gateway.server import gateway_running
from onetime.logs import set_up_logs
from onetime.services.runtime import running
from onetime.services.security.certificates.hosts import lan_address
from onetime.services.security.entry import own_server_certificates
from onetime.settings import Settings, get_settings
from onetime.store.data_lock import locked
from onetime.store.private_folder import private_data


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser.add_argument("--demo", action="store_true", help="with 12 simulated chargers and two months of history")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.demo:
        use_demo_settings()
    settings = get_settings()
    private_data(settings.data_dir, settings.own_database)
    try:
        set_up_logs(settings.log_level, settings.log_file)
    except OSError as error:
        msg = f"The log {settings.log_file} cannot be written ({error.strerror}); set ONETIME_LOG_FILE to another file."
        raise CommandLineError(msg) from error
    with locked(settings.data_dir), taken(settings.host, settings.http_port, "ONETIME_HTTP_PORT") as port:
        _run_alone(settings, port, demo=args.demo)
    return 0


def _run_alone(settings: Settings, port: socket.socket, *, demo: bool) -> None:
    """Run the house that has the data folder and the pages' ``port`` for itself."""
    others = {
        "ONETIME_OCPP_PORT": settings.ocpp_port,
        "ONETIME_OCPP_TLS_PORT": settings.ocpp_tls_port,
        "ONETIME_HTTPS_PORT": settings.https_port,
    }
    for setting, number in others.items():
        if number is not None:
            bound(settings.host, number, setting).close()  # better told now than after a build
    if settings.https_port is not None or settings.ocpp_tls_port is not None:
        own_server_certificates(settings).chains()  # one that cannot be made is one sentence too
    with opened_database():
        pass  # a database that cannot be opened or brought up to date is one sentence, before anything starts
    if demo:
        prepare_demo()
    with contextlib.suppress(asyncio.CancelledError):  # SIGTERM before the pages were there
        asyncio.run(_serve(settings, port, demo=demo))


async def _serve(settings: Settings, port: socket.socket, *, demo: bool) -> None:
    """Serve chargers at once, and pages as soon as they can be: Reflex alone takes longer to import than all else."""
    main = asyncio.current_task()
    if main is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, main.cancel)
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(running(settings))
        await stack.enter_async_context(gateway_running(services))
        garage = AsyncExitStack()
        await stack.enter_async_context(garage)

        async def on_started() -> None:
            _announce(settings, demo=demo)
            await garage.aclose()  # the one of pages that were served before
            if demo:
                await garage.enter_async_context(living_garage(settings))

        await Pages(settings, services, port, on_started).run()


def _announce(settings: Settings, *, demo: bool) -> None:
    address = _where(settings.host)
    _say("")
    _say(f"  Open in a browser:        http://{address}:{settings.http_port}")
    if settings.https_port is not None:
        _say(f"  …or encrypted:            https://{address}:{settings.https_port}")
    _say(f"  Type into each charger:   ws://{address}:{settings.ocpp_port}/<charger id>")
    if settings.ocpp_tls_port is not None:
        _say(f"  …or encrypted:            wss://{address}:{settings.ocpp_tls_port}/<charger id>")
    if demo:
        _say(f"  Log in as:                {DEMO_LOGIN} with the password {DEMO_PASSWORD}")
    _say("")


def _where(host: str) -> str:
    """Return the address at which others find what listens on ``host``, as it stands in an address of the web."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - all of them
        return lan_address()
    return f"[{host}]" if ":" in host else host


def _say(sentence: str) -> None:
    print(sentence, file=sys.stdout, flush=True)  # noqa: T201
