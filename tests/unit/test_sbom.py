"""The bill of materials: valid, complete, the same for the same locks, and nothing in it without a hash."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = '[project]\nname = "house"\nversion = "1.0"\ndescription = "A house"\nlicense = "MIT"\n'
PYTHON = """\
fastapi==1.0 \\
    --hash=sha256:{a}
    # via -r requirements.in
starlette[full]==2.0 ; python_version < "3.13" \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via
    #   -r requirements.in
    #   fastapi
""".format(a="a" * 64, b="b" * 64)
EITHER, ELSEWHERE = "(MIT OR ISC)", "SEE LICENSE IN a.txt"
NPM = {
    "packages": {
        "": {"dependencies": {"@x/one": "1"}, "devDependencies": {"two": "2"}},
        "node_modules/@x/one": {"version": "1.0.0", "integrity": "sha512-AAAA", "dependencies": {"two": "1", "a": "1"}},
        "node_modules/@x/one/node_modules/two": {"version": "1.5.0", "integrity": "sha512-AAAB", "license": EITHER},
        "node_modules/two": {"version": "2.0.0", "integrity": "sha512-AAAC", "dev": True, "license": ELSEWHERE},
    }
}


def _sbom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "scripts/sbom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sbom = _sbom()


def own() -> dict[str, Any]:
    made: dict[str, Any] = sbom.bill(sbom.PYTHON_LOCK.read_text(), sbom.NPM_LOCK.read_text(), sbom.PROJECT.read_text())
    return made


def needed_by(made: dict[str, Any], ref: str) -> list[str]:
    return next(each["dependsOn"] for each in made["dependencies"] if each["ref"] == ref)


def test_the_bill_of_this_house_is_valid_cyclonedx() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(own())) is None


def test_the_bill_names_every_package_of_both_locks_with_its_hash() -> None:
    made = own()
    refs = {component["bom-ref"] for component in made["components"]}
    pinned = re.findall(r"^([a-z0-9._-]+)(?:\[.*])?==([^ \\;]+)", sbom.PYTHON_LOCK.read_text(), re.MULTILINE)
    built = json.loads(sbom.NPM_LOCK.read_text())["packages"]
    assert {f"pkg:pypi/{name}@{version}" for name, version in pinned} < refs
    assert len([ref for ref in refs if ref.startswith("pkg:npm/")]) == len(
        {(path.rpartition("node_modules/")[2], each["version"]) for path, each in built.items() if path}
    )
    for component in made["components"]:
        assert component.get("hashes") or component["externalReferences"][0]["hashes"], component["name"]


def test_whatever_is_named_as_needed_is_there_and_is_needed_by_somebody() -> None:
    made = own()
    refs = {component["bom-ref"] for component in made["components"]}
    needed = {ref for each in made["dependencies"] for ref in each["dependsOn"]}
    assert needed == refs


def test_the_same_locks_give_the_same_bill() -> None:
    assert own() == own()
    other = sbom.bill(PYTHON, json.dumps(NPM), PROJECT)
    assert other["serialNumber"] != own()["serialNumber"]


def test_a_package_is_found_where_python_and_node_find_it() -> None:
    made = sbom.bill(PYTHON, json.dumps(NPM), PROJECT)
    assert needed_by(made, "pkg:generic/house@1.0") == [
        "pkg:npm/%40x/one@1.0.0", "pkg:npm/two@2.0.0", "pkg:pypi/fastapi@1.0", "pkg:pypi/starlette@2.0",
    ]  # fmt: skip
    assert needed_by(made, "pkg:pypi/fastapi@1.0") == ["pkg:pypi/starlette@2.0"]
    assert needed_by(made, "pkg:npm/%40x/one@1.0.0") == ["pkg:npm/two@1.5.0"]
    by_ref = {component["bom-ref"]: component for component in made["components"]}
    assert by_ref["pkg:npm/%40x/one@1.0.0"]["group"] == "@x"
    assert by_ref["pkg:npm/two@2.0.0"]["scope"] == "excluded"
    assert by_ref["pkg:npm/two@1.5.0"]["hashes"] == [{"alg": "SHA-512", "content": "000001"}]
    assert by_ref["pkg:npm/two@1.5.0"]["licenses"] == [{"expression": EITHER}]
    assert by_ref["pkg:npm/two@2.0.0"]["licenses"] == [{"license": {"name": ELSEWHERE}}]


def test_what_only_the_tests_need_has_hashes_too() -> None:
    assert len(sbom.python_packages((ROOT / "requirements-test.txt").read_text(), "tests")[0]) > 50


@pytest.mark.parametrize("lock", ["python", "npm"])
def test_a_package_without_a_hash_is_refused(lock: str) -> None:
    python = PYTHON if lock == "npm" else "fastapi==1.0\n    # via -r requirements.in\n"
    packages = NPM["packages"] if lock == "python" else {"": {}, "node_modules/two": {"version": "2.0.0"}}
    with pytest.raises(ValueError, match="has no hash"):
        sbom.bill(python, json.dumps({"packages": packages}), PROJECT)
