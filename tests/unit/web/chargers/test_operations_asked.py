"""A page and a script need the same permission to begin an operation."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from onetime.services.operations.table import OPERATIONS
from onetime.services.people.permissions import Permission

PAGES = Path(__file__).resolve().parents[4] / "onetime/web"


def begun() -> Iterator[tuple[str, str, str]]:
    """Return each operation a handler begins: the handler, the operation, the permission the handler asks for."""
    for path in sorted(PAGES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef):
                for permission in _asked(node):
                    for name in _names(node):
                        yield f"{path.parent.name}.{node.name}", name, permission


def _asked(handler: ast.AsyncFunctionDef) -> list[str]:
    calls = [each for each in handler.decorator_list if isinstance(each, ast.Call)]
    return [each.args[0].attr for each in calls if isinstance(each.args[0], ast.Attribute)]


def _names(handler: ast.AsyncFunctionDef) -> list[str]:
    calls = [each for each in ast.walk(handler) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)]
    named = [each.args[1] for each in calls if each.func.id == "begin" and len(each.args) > 1]  # type: ignore[attr-defined]
    return [each.value for each in named if isinstance(each, ast.Constant)]


BEGUN = list(begun())


@pytest.mark.parametrize(("handler", "name", "permission"), BEGUN, ids=[handler for handler, *_ in BEGUN])
def test_a_page_asks_for_what_the_operation_asks_for(handler: str, name: str, permission: str) -> None:
    assert OPERATIONS[name].permission is Permission[permission], handler


def test_the_walk_finds_what_pages_begin() -> None:
    assert len({name for _handler, name, _permission in BEGUN}) >= 15
