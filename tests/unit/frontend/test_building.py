"""The pages are built when something they show changed, and only then."""

import threading
import time
from pathlib import Path

import pytest

from onetime.frontend import building as builder
from onetime.frontend.building import Frontend, FrontendError, ensure_built, serving_environment

SOURCES = {
    "onetime/onetime.py": "app = 1",
    "onetime/web/chargers/board/page.py": "page = 1",
    "onetime/services/chargers/live.py": "state = 1",
    "onetime/gateway/server.py": "socket = 1",
    "onetime/locales/de/LC_MESSAGES/onetime.po": 'msgid "a"',
    "assets/logo.svg": "<svg a='1'/>",
    "rxconfig.py": "config = 1",
    "requirements.txt": "reflex==1",
    "reflex.lock/package.json": '{"a":1,"b":2}',
}

# Stands for `python -m reflex export`: it leaves what the real one leaves, or fails as the file `behaviour` asks.
FAKE_REFLEX = """
import os, pathlib, sys
asked = pathlib.Path("behaviour").read_text() if pathlib.Path("behaviour").exists() else ""
with open("builds", "a") as builds:
    builds.write(os.environ.get("__REFLEX_SKIP_COMPILE", "compiled") + "\\n")
print("Debug: Installing base frontend packages")
lock = pathlib.Path("reflex.lock/package.json")
lock.write_text('{"b": 2, "a": 1}')
if asked == "no network":
    sys.exit("npm error code ENOTFOUND")
if asked == "no index":
    sys.exit(0)
static = pathlib.Path(os.environ["REFLEX_WEB_WORKDIR"], "build", "client")
static.mkdir(parents=True, exist_ok=True)
(static / "index.html").write_text("<html>")
if asked == "new package":
    lock.write_text('{"a":1,"b":3}')
"""


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Frontend:
    """Lay out an installation whose `reflex` is the stand-in above."""
    for name, text in SOURCES.items():
        write(tmp_path / name, text)
    write(tmp_path / "reflex" / "__init__.py", "")
    write(tmp_path / "reflex" / "__main__.py", FAKE_REFLEX)
    monkeypatch.setattr(builder, "build_environment", lambda _folder, base: dict(base))
    return Frontend(tmp_path)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def builds(installation: Frontend) -> int:
    record = installation.root / "builds"
    return len(record.read_text().splitlines()) if record.exists() else 0


def silent(sentence: str) -> None:
    """Take a progress sentence and do nothing with it."""


def test_the_first_start_builds_and_says_so(installation: Frontend) -> None:
    said: list[str] = []

    static = ensure_built(said.append, installation)

    assert (static / "index.html").is_file()
    assert [sentence.split()[0] for sentence in said] == ["Building", "Fetching"]


def test_the_second_start_builds_nothing_and_is_silent(installation: Frontend) -> None:
    ensure_built(silent, installation)
    said: list[str] = []

    started = time.process_time()  # what it costs, however busy the machine is
    ensure_built(said.append, installation)

    assert time.process_time() - started < 0.1
    assert (builds(installation), said) == (1, [])


@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"onetime/gateway/server.py"}))
def test_a_change_that_can_reach_a_page_builds_again(installation: Frontend, name: str) -> None:
    ensure_built(silent, installation)

    write(installation.root / name, SOURCES[name].replace("1", "7").replace("a", "c"))
    ensure_built(silent, installation)

    assert builds(installation) == 2


def test_a_file_added_or_removed_builds_again(installation: Frontend) -> None:
    ensure_built(silent, installation)
    page = installation.root / "onetime/web/sessions/page.py"

    write(page, "")
    ensure_built(silent, installation)
    page.unlink()
    ensure_built(silent, installation)

    assert builds(installation) == 3


@pytest.mark.parametrize("name", ["onetime/gateway/server.py", "onetime/web/__pycache__/x.pyc", "assets/external/x"])
def test_a_change_that_reaches_no_page_builds_nothing(installation: Frontend, name: str) -> None:
    ensure_built(silent, installation)

    write(installation.root / name, "changed")
    ensure_built(silent, installation)

    assert builds(installation) == 1


def test_a_build_without_its_stamp_was_interrupted_and_is_done_again(installation: Frontend) -> None:
    ensure_built(silent, installation)

    installation.stamp.unlink()
    ensure_built(silent, installation)

    assert builds(installation) == 2


def test_pages_that_someone_deleted_are_built_again(installation: Frontend) -> None:
    static = ensure_built(silent, installation)

    (static / "index.html").unlink()
    ensure_built(silent, installation)

    assert builds(installation) == 2


def test_two_starts_at_once_build_once(installation: Frontend) -> None:
    starts = [threading.Thread(target=ensure_built, args=(silent, installation)) for _ in range(3)]

    for start in starts:
        start.start()
    for start in starts:
        start.join()

    assert builds(installation) == 1


def test_a_start_that_finds_a_build_under_way_says_that_it_waits(installation: Frontend) -> None:
    said: list[str] = []
    with builder._only_builder(installation, silent):
        waiting = threading.Thread(target=ensure_built, args=(said.append, installation))
        waiting.start()
        while not said:
            time.sleep(0.001)
    waiting.join()

    assert said[0] == "Another start of Onetime is building the pages; waiting for it …"


def test_a_failed_build_names_its_cause_and_its_log(installation: Frontend) -> None:
    write(installation.root / "behaviour", "no network")

    with pytest.raises(FrontendError, match=r"registry could not be reached; connect .* \S+build\.log\.$"):
        ensure_built(silent, installation)

    assert "ENOTFOUND" in installation.log.read_text()


def test_a_failed_build_is_tried_again_at_the_next_start(installation: Frontend) -> None:
    ensure_built(silent, installation)
    write(installation.root / "behaviour", "no network")
    write(installation.root / "rxconfig.py", "config = 2")
    with pytest.raises(FrontendError):
        ensure_built(silent, installation)

    (installation.root / "behaviour").unlink()
    ensure_built(silent, installation)

    assert builds(installation) == 3


def test_a_build_that_leaves_no_page_is_a_failure(installation: Frontend) -> None:
    write(installation.root / "behaviour", "no index")

    with pytest.raises(FrontendError, match="no start page came out"):
        ensure_built(silent, installation)


@pytest.mark.parametrize("behaviour", ["", "no network"])
def test_a_build_leaves_the_lock_in_git_as_it_was(installation: Frontend, behaviour: str) -> None:
    write(installation.root / "behaviour", behaviour)
    try:
        ensure_built(silent, installation)
    except FrontendError:
        assert behaviour

    assert (installation.root / "reflex.lock/package.json").read_text() == SOURCES["reflex.lock/package.json"]


def test_a_package_a_developer_added_stays_in_the_lock_and_is_not_built_twice(installation: Frontend) -> None:
    write(installation.root / "behaviour", "new package")
    ensure_built(silent, installation)
    ensure_built(silent, installation)

    assert (installation.root / "reflex.lock/package.json").read_text() == '{"a":1,"b":3}'
    assert builds(installation) == 1


def test_a_process_that_serves_can_still_build(installation: Frontend, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in serving_environment(installation).items():
        monkeypatch.setenv(name, value)

    ensure_built(silent, installation)

    assert (installation.root / "builds").read_text() == "compiled\n"


def test_a_folder_nobody_may_write_is_a_sentence(tmp_path: Path) -> None:
    write(tmp_path / ".frontend", "a file where the folder should be")

    with pytest.raises(FrontendError, match="not writable"):
        ensure_built(silent, Frontend(tmp_path))


def test_serving_needs_no_network_and_keeps_to_its_folder(tmp_path: Path) -> None:
    environment = serving_environment(Frontend(tmp_path))

    assert environment["REFLEX_TELEMETRY_ENABLED"] == environment["REFLEX_CHECK_LATEST_VERSION"] == "false"
    assert environment["REFLEX_WEB_WORKDIR"] == str(tmp_path / ".frontend" / "web")


def test_reflex_knows_every_variable_we_set() -> None:
    from reflex_base.environment import EnvironmentVariables

    named = (getattr(EnvironmentVariables, name) for name in vars(EnvironmentVariables) if name.isupper())
    known = {variable.name for variable in named if hasattr(variable, "name")}
    fields_of_its_config = {"REFLEX_TELEMETRY_ENABLED"}

    assert set(serving_environment()) - fields_of_its_config <= known
