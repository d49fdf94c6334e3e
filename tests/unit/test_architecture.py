"""What the architecture's page names is there, and its order of the subjects is the one that is checked."""

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(onetime/[\w/.]*?)`", PAGE)))
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


@pytest.mark.parametrize("name", NAMED)
def test_what_the_page_names_is_there(name: str) -> None:
    path = ROOT / name
    assert path.is_dir() if name.endswith("/") else path.is_file()


def test_every_folder_of_the_package_is_on_the_page() -> None:
    folders = {f"onetime/{path.name}/" for path in (ROOT / "onetime").iterdir() if (path / "__init__.py").exists()}
    assert folders <= set(NAMED)


def test_the_subjects_stand_in_the_order_that_is_checked() -> None:
    [layers] = [each["layers"] for each in CONTRACTS if each.get("containers") == ["onetime.services"]]
    checked = [name for layer in reversed(layers) for name in layer.split(" | ")]
    rows = PAGE.partition("## Subjects")[2].partition("## The way")[0].splitlines()
    shown = [name for row in rows if row.startswith("| `") for name in re.findall(r"`(\w+)/`", row.split("|")[1])]
    assert shown == [name for name in checked if (ROOT / "onetime/services" / name).is_dir()]


FOLDERS = sorted(str(path.parent.relative_to(ROOT)) for path in (ROOT / "onetime").rglob("__init__.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_says_in_one_line_what_it_does(folder: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert len(said.partition("\n")[0]) > 20


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_folder_is_a_hall(folder: str) -> None:
    """Beyond some fifteen files a sub-subject hides; fifteen and an ``__init__`` are a row one can overlook."""
    files = [path.name for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"]
    assert len(files) <= 15


def test_modules_that_texts_name_are_there() -> None:
    """A name in a docstring or a comment leads somewhere: to a module, or to something in one."""
    lost = []
    for path in sorted((ROOT / "onetime").rglob("*.py")):
        for name in re.findall(r"``(?:onetime\.)?((?:[a-z_]+\.)+\w+)", path.read_text(encoding="utf-8")):
            first, *rest = name.split(".")
            place = ROOT / "onetime" / first
            if not (place.is_dir() or place.with_suffix(".py").exists()) or first == "onetime":
                continue  # not a module of ours, such as `asyncio.Event`
            while rest and place.is_dir():
                place /= rest.pop(0)
            if not (place.is_dir() or place.with_suffix(".py").exists()):
                lost.append(f"{path.relative_to(ROOT)}: {name}")
    assert lost == []


UNWATCHED = re.compile(r"\b(?:create_task|ensure_future|run_coroutine_threadsafe|Thread)\(")
KEEPS_TASKS = {
    "background.py": 2,  # what watches all others
    "cli/serving/https_server.py": 1,
    "cli/serving/pages.py": 1,
    "gateway/files/ftp_session.py": 1,
    "gateway/sockets/connection.py": 1,
    "gateway/sockets/tls.py": 1,
    "ports/encrypted.py": 1,
    "simulator/background.py": 1,  # a process of its own, or a task of the demo
    "simulator/behaviour/life.py": 2,
    "simulator/command_line.py": 1,  # of a TaskGroup, which waits for them
    "simulator/garage/daily_life.py": 2,  # the same
    "store/group_commit.py": 1,
}


def test_nothing_runs_beside_without_somebody_who_watches_it() -> None:
    """What runs beside goes through ``Background``; what does not, says at its place who ends it."""
    found = {
        str(path.relative_to(ROOT / "onetime")): len(UNWATCHED.findall(path.read_text(encoding="utf-8")))
        for path in (ROOT / "onetime").rglob("*.py")
    }
    assert {name: count for name, count in found.items() if count} == KEEPS_TASKS


def imported(path: Path, known: set[str]) -> Iterator[str]:
    """Yield the modules of the package a file imports, also inside functions and behind ``TYPE_CHECKING``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{each.name}" for each in node.names]
            yield from (name if name in known else node.module for name in whole if {name, node.module} & known)


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


PATHS = {module_name(path): path for path in (ROOT / "onetime").rglob("*.py")}
IMPORTS = {name: set(imported(path, set(PATHS))) - {name} for name, path in PATHS.items()}


def circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def folder(module: str) -> str:
    return str(PATHS[module].parent.relative_to(ROOT))


def is_within(inner: str, outer: str) -> bool:
    return inner.startswith(outer + "/")


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle(IMPORTS) == []


def test_no_folders_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for module, others in IMPORTS.items():
        here = folder(module)
        there = {folder(other) for other in others} - {here}
        graph.setdefault(here, set()).update(
            each for each in there if not is_within(each, here) and not is_within(here, each)
        )
    assert circle(graph) == []


def test_what_a_folder_uses_of_the_one_around_it_does_not_use_the_folder_again() -> None:
    """Around a folder stand what it is built from and what is built from it; nothing is both."""

    def reached(module: str) -> set[str]:
        seen, left = set[str](), [module]
        while left:
            new = IMPORTS[left.pop()] - seen
            seen |= new
            left += new
        return seen

    both = [
        f"{module} -> {other}"
        for module, others in IMPORTS.items()
        for other in others
        if is_within(folder(module), folder(other)) and any(folder(each) == folder(module) for each in reached(other))
    ]
    assert both == []


def test_words_for_values_are_in_the_subjects_words() -> None:
    """Where a page says a state or a kind in words, the table of them is in ``words.py`` beside the page."""
    tables = re.compile(r"^\w+: (?:dict\[\w+, Text\]|tuple\[Text, \.\.\.\])", re.MULTILINE)
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "onetime/web").rglob("*.py")
        if tables.search(path.read_text(encoding="utf-8"))
    }
    assert found
    assert {name for name in found if not name.endswith("/words.py")} == set()
