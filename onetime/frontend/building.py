"""Build the pages once, and know when they have to be built again.

Reflex turns `onetime/web` into static files with Node.js. That takes up to some minutes on a Raspberry Pi, so the
result is kept in `.frontend` with a stamp over everything that went into it: an unchanged installation starts
without Node.js. `python -m onetime.frontend` builds by hand, as an image build does.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from onetime.frontend.nodejs import FrontendError, build_environment, explain

__all__ = ["Frontend", "FrontendError", "ensure_built", "serving_environment"]

Progress = Callable[[str], None]

# What can change the built pages: their code, the texts, and the models and services whose values they show.
_SOURCES = (
    "onetime/onetime.py",
    "onetime/settings.py",
    "onetime/texts.py",
    "onetime/web/**/*",
    "onetime/services/**/*",
    "onetime/models/**/*",
    "onetime/locales/**/*.po",
    "assets/**/*",
    "rxconfig.py",
    "requirements.txt",
)
_LOCK = ("reflex.lock/*.json",)

# What Reflex prints when a stage begins, and what the person waiting reads.
_STAGES = {
    "Installing base frontend packages": "Fetching the parts of the pages from the npm registry …",
    "'run', 'export'": "Bundling the pages …",
}


@dataclass(frozen=True)
class Frontend:
    """The places of one installation's built pages, all below `.frontend` and all disposable."""

    root: Path

    @property
    def folder(self) -> Path:
        """The folder that holds everything else here."""
        return self.root / ".frontend"

    @property
    def web(self) -> Path:
        """Reflex's working folder, apart from the `.web` of a developer's `reflex run`."""
        return self.folder / "web"

    @property
    def static(self) -> Path:
        """The files a browser loads."""
        return self.web / "build" / "client"

    @property
    def log(self) -> Path:
        """What Reflex and npm said during the last build."""
        return self.folder / "build.log"

    @property
    def stamp(self) -> Path:
        """The fingerprint of what was built; missing while and after a build that did not end well."""
        return self.folder / "stamp"

    def is_current(self) -> bool:
        """Tell whether the built pages are complete and belong to the present sources."""
        try:
            built = self.stamp.read_text(encoding="ascii")
        except OSError:
            return False
        return (self.static / "index.html").is_file() and built == self.fingerprint()

    def fingerprint(self) -> str:
        """Hash everything that goes into a build."""
        return f"{self.digest(_SOURCES)}-{self.digest(_LOCK)}"

    def digest(self, patterns: tuple[str, ...]) -> str:
        """Hash the names and contents of the files that match `patterns`."""
        total = hashlib.sha256()
        for path in sorted({path for pattern in patterns for path in self.root.glob(pattern)}):
            name = path.relative_to(self.root).as_posix()
            if path.is_file() and "__pycache__" not in path.parts and not name.startswith("assets/external/"):
                content = path.read_bytes()
                total.update(f"{name}\0{len(content)}\0".encode() + content)
        return total.hexdigest()


INSTALLED = Frontend(Path(__file__).resolve().parent.parent.parent)


def ensure_built(progress: Progress, frontend: Frontend = INSTALLED) -> Path:
    """Build the pages unless they are current, and return the folder of static files.

    Several processes may call this at once: one builds, the others wait for it. A build that was interrupted is
    done again.

    Args:
        progress: Called with a sentence at each stage of a build, and not at all when nothing is to be done.
        frontend: The installation to build; this one unless a test names another.

    Raises:
        FrontendError: Something is missing. The message says what, and what to type.
    """
    if frontend.is_current():
        return frontend.static
    with _only_builder(frontend, progress) as lock:
        if not frontend.is_current():
            _build(frontend, progress, lock)
    return frontend.static


def serving_environment(frontend: Frontend = INSTALLED) -> dict[str, str]:
    """Return the variables that make Reflex serve the built pages from one process, without Node.js.

    They must be in `os.environ` before anything imports `reflex`, and the working folder must be the installation's.
    """
    return {
        **_places(frontend),
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    }


def _places(frontend: Frontend) -> dict[str, str]:
    """Return the variables that keep Reflex inside `.frontend` and off the network."""
    return {
        "REFLEX_WEB_WORKDIR": str(frontend.web),
        "REFLEX_DIR": str(frontend.folder / "reflex"),
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
    }


@contextmanager
def _only_builder(frontend: Frontend, progress: Progress) -> Iterator[int]:
    """Hold the build lock, whose descriptor is yielded; the system releases it with the last process holding it."""
    try:
        frontend.folder.mkdir(exist_ok=True)
        (frontend.folder / ".gitignore").write_text("*\n", encoding="ascii")
        lock = os.open(frontend.folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise FrontendError(
            f"The pages must be built, but {frontend.folder} is not writable ({error.strerror}); "
            "start Onetime as the user who owns its folder."
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Another start of Onetime is building the pages; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def _build(frontend: Frontend, progress: Progress, lock: int) -> None:
    progress("Building the pages, once for each version: about a minute, on a Raspberry Pi some more.")
    frontend.stamp.unlink(missing_ok=True)
    sources = frontend.digest(_SOURCES)  # taken before, so that a file saved during the build is built next time
    serving = serving_environment(frontend)
    inherited = {name: value for name, value in os.environ.items() if name not in serving}
    environment = build_environment(frontend.folder / "node", {**inherited, **_places(frontend)})
    with _lock_kept(frontend):
        # Reflex copies only what is newer than its last copy; the files of an unpacked archive can be older.
        shutil.rmtree(frontend.web / "public", ignore_errors=True)
        _export(frontend, environment, progress, lock)
        if not (frontend.static / "index.html").is_file():
            raise FrontendError(f"The pages were built, but no start page came out. Details are in {frontend.log}.")
    stamp = frontend.stamp.with_suffix(".new")
    stamp.write_text(f"{sources}-{frontend.digest(_LOCK)}", encoding="ascii")
    stamp.replace(frontend.stamp)


@contextmanager
def _lock_kept(frontend: Frontend) -> Iterator[None]:
    """Keep `reflex.lock` as it was unless a build that ended well changed its meaning.

    Reflex rewrites the files in its own layout, and a failed build leaves them half done: neither may show up as
    a change in the checkout.
    """
    before = {path: path.read_bytes() for pattern in _LOCK for path in frontend.root.glob(pattern)}
    ended_well = False
    try:
        yield
        ended_well = True
    finally:
        for path, content in before.items():
            if not ended_well or json.loads(path.read_bytes()) == json.loads(content):
                path.write_bytes(content)


def _export(frontend: Frontend, environment: Mapping[str, str], progress: Progress, lock: int) -> None:
    """Run `reflex export`, reporting its stages and keeping everything it says in the log."""
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--loglevel", "debug"]
    with (
        frontend.log.open("w", encoding="utf-8") as log,
        subprocess.Popen(  # noqa: S603 - our own interpreter
            command,
            cwd=frontend.root,
            env={**environment, "COLUMNS": "1000", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=(lock,),  # a build whose parent was killed still keeps the next one waiting
        ) as process,
    ):
        try:
            for line in process.stdout or ():
                log.write(line)
                for mark, sentence in _STAGES.items():
                    if mark in line:
                        progress(sentence)
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        cause = explain(frontend.log.read_text(encoding="utf-8"), process.returncode)
        raise FrontendError(f"The pages could not be built: {cause}. Details are in {frontend.log}.")
