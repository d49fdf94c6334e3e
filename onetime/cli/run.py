"""``run``: the whole product in one process, the chargers' port first."""

import argparse
import asyncio
import contextlib
import contextvars
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module

from onetime.cli.databases import opened_database
from onetime.cli.demo import DEMO_LOGIN, DEMO_PASSWORD, living_garage, prepare_demo, use_demo_settings
from onetime.cli.errors import CommandLineError
from onetime.frontend.building import INSTALLED, serving_environment
from onetime.frontend.nodejs import FrontendError
from onetime.gateway.server import gateway_running
from onetime.logs import set_up_logs
from onetime.services.runtime import running
from onetime.services.security.certificates.hosts import lan_address
from onetime.services.security.entry import own_server_certificates
from onetime.settings import Settings, get_settings
from onetime.store.private_folder import private_data

BUILD = (sys.executable, "-m", "onetime.frontend")


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
    _check_port(settings.host, settings.http_port, "ONETIME_HTTP_PORT")
    _check_port(settings.host, settings.ocpp_port, "ONETIME_OCPP_PORT")
    if settings.ocpp_tls_port is not None:
        _check_port(settings.host, settings.ocpp_tls_port, "ONETIME_OCPP_TLS_PORT")
        own_server_certificates(settings).chains()  # one that cannot be made is one sentence too
    with opened_database():
        pass  # a database that cannot be opened or brought up to date is one sentence, before anything starts
    if args.demo:
        prepare_demo()
    with contextlib.suppress(asyncio.CancelledError):  # SIGTERM before the pages were there
        asyncio.run(_serve(settings, demo=args.demo))
    return 0


async def _serve(settings: Settings, *, demo: bool) -> None:
    """Serve chargers at once, and pages as soon as they can be: Reflex alone takes longer to import than all else."""
    main = asyncio.current_task()
    if main is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, main.cancel)
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(running(settings))
        await stack.enter_async_context(gateway_running(services))
        await _build_pages()
        os.environ.update(serving_environment())  # before Reflex is imported: it reads them then

        async def on_started() -> None:
            _announce(settings, demo=demo)
            if demo:
                await stack.enter_async_context(living_garage(settings))

        await _serve_pages(settings, on_started)


async def _build_pages() -> None:
    """Build the pages unless they are current, in a process of its own. Raises ``FrontendError``."""
    if await asyncio.to_thread(_pages_are_current):
        return
    _say("Chargers are served already; the pages follow.")
    building = await asyncio.create_subprocess_exec(*BUILD, cwd=INSTALLED.root)
    try:
        status = await building.wait()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            building.terminate()
        await building.wait()
        raise
    if status != 0:
        raise FrontendError("Onetime cannot run without its pages.")


def _pages_are_current() -> bool:
    return INSTALLED.is_current()


async def _serve_pages(settings: Settings, on_started: Callable[[], Awaitable[None]]) -> None:
    """Serve pages and the API until a signal ends it. They are imported beside the loop, which chargers need.

    Reflex notes the states it finds in a context variable while it is imported: who serves them needs that context.
    """
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    pages = await loop.run_in_executor(None, context.run, import_module, "onetime.cli.http_server")
    await asyncio.create_task(pages.HttpServer(settings, on_started).serve(), context=context)


def _announce(settings: Settings, *, demo: bool) -> None:
    address = lan_address()
    _say("")
    _say(f"  Open in a browser:        http://{address}:{settings.http_port}")
    _say(f"  Type into each charger:   ws://{address}:{settings.ocpp_port}/<charger id>")
    if settings.ocpp_tls_port is not None:
        _say(f"  …or encrypted:            wss://{address}:{settings.ocpp_tls_port}/<charger id>")
    if demo:
        _say(f"  Log in as:                {DEMO_LOGIN} with the password {DEMO_PASSWORD}")
    _say("")


def _check_port(host: str, port: int, setting: str) -> None:
    """Raise ``CommandLineError`` when the port is taken: better now than after a build."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            msg = f"Port {port} cannot be used ({error.strerror}); stop what uses it, or set {setting} to another."
            raise CommandLineError(msg) from error


def _say(sentence: str) -> None:
    print(sentence, file=sys.stdout, flush=True)  # noqa: T201
