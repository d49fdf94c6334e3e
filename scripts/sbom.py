"""Print what Onetime is made of, as a CycloneDX 1.6 bill of materials: `python3 scripts/sbom.py >onetime.cdx.json`.

It reads the locks and nothing else: `requirements.txt` for the packages of Python, `reflex.lock/package-lock.json` for
those the pages are built from. So it needs no network and nothing installed, and the same locks give the same bill.
What only the tests need is not in it. https://cyclonedx.org/docs/1.6/json/
"""

import base64
import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PYTHON_LOCK = ROOT / "requirements.txt"
NPM_LOCK = ROOT / "reflex.lock/package-lock.json"
PROJECT = ROOT / "pyproject.toml"

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*])?==(?P<version>[^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"^ {4}# (?:via| ) (?:-r )?(?P<parent>\S+)$")  # uv notes who needs it
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/onetime")

Component = dict[str, Any]
Graph = dict[str, set[str]]


def bill(python_lock: str, npm_lock: str, project: str) -> dict[str, Any]:
    """Return the bill of materials for the texts of the two locks and of pyproject.toml.

    Raises ``ValueError`` for a package without a hash: whatever is in it could not be told from another.
    """
    about = tomllib.loads(project)["project"]
    root = f"pkg:generic/{about['name']}@{about['version']}"
    components, graph = python_packages(python_lock, root)
    pages, page_graph = npm_packages(npm_lock, root)
    components += pages
    for each, needed in page_graph.items():
        graph.setdefault(each, set()).update(needed)
    body = {
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": about["name"],
                "version": about["version"],
                "description": about["description"],
                "licenses": [{"license": {"id": about["license"]}}],
                "purl": root,
            }
        },
        "components": components,
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(graph.get(ref, ()))} for ref in [root, *(c["bom-ref"] for c in components)]
        ],
    }
    serial = uuid.uuid5(_NAMESPACE, json.dumps(body, sort_keys=True))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1}
    return head | body


def python_packages(lock: str, root: str) -> tuple[list[Component], Graph]:
    """Return the packages of a requirements.txt that uv wrote, and what needs which of them."""
    components: list[Component] = []
    parents: list[tuple[str, str]] = []  # name of who needs it, and what is needed
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        found = _PINNED.match(block)
        if found is None:
            continue
        name, version = found["name"].lower(), found["version"]
        purl = f"pkg:pypi/{name}@{quote(version)}"
        hashes = [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(block)]
        if not hashes:
            msg = f"{name} has no hash in {PYTHON_LOCK.name}."
            raise ValueError(msg)
        # One of these files is installed, whichever fits the machine.
        files = {"type": "distribution", "url": f"https://pypi.org/project/{name}/{version}/", "hashes": hashes}
        components.append(_component(name, version, purl) | {"externalReferences": [files]})
        parents += [(via["parent"], purl) for line in block.splitlines() if (via := _VIA.match(line))]
    refs = {component["name"]: component["bom-ref"] for component in components}
    graph: Graph = {}
    for parent, purl in parents:
        graph.setdefault(refs.get(parent.lower(), root), set()).add(purl)
    return components, graph


def npm_packages(lock: str, root: str) -> tuple[list[Component], Graph]:
    """Return the packages of a package-lock.json (version 3), and what needs which of them."""
    packages: dict[str, dict[str, Any]] = json.loads(lock)["packages"]
    refs = {path: root if not path else _npm_purl(path, each["version"]) for path, each in packages.items()}
    components: dict[str, Component] = {}
    graph: Graph = {}
    for path, each in packages.items():
        needed = [*each.get("dependencies", {}), *each.get("optionalDependencies", {})]
        needed += [*each.get("devDependencies", {}), *each.get("peerDependencies", {})]
        found = {refs[place] for name in needed if (place := _place(packages, path, name)) is not None}
        graph.setdefault(refs[path], set()).update(found - {refs[path]})
        if path and refs[path] not in components:  # the same version can lie at several places
            components[refs[path]] = _npm_component(path, each)
    return list(components.values()), graph


def _npm_component(path: str, package: dict[str, Any]) -> Component:
    name, version = _npm_name(path), package["version"]
    if "integrity" not in package:
        msg = f"{name} has no hash in {NPM_LOCK.name}."
        raise ValueError(msg)
    digests = [part.partition("-") for part in package["integrity"].split()]
    component = _component(name.rpartition("/")[2], version, _npm_purl(path, version))
    if "/" in name:
        component["group"] = name.partition("/")[0]
    if "license" in package:
        component["licenses"] = [_license(package["license"])]
    # What builds the pages is not in them; a browser never sees it.
    component["scope"] = "excluded" if package.get("dev") or package.get("devOptional") else "required"
    component["hashes"] = [
        {"alg": f"SHA-{algorithm.removeprefix('sha')}", "content": base64.b64decode(digest).hex()}
        for algorithm, _dash, digest in digests
    ]
    return component


def _license(said: str) -> dict[str, Any]:
    """Return an SPDX expression as one, and anything else as a name."""
    is_expression = re.fullmatch(r"\(?[\w.+-]+(?: (?:AND|OR|WITH) [\w.+-]+)*\)?", said)
    return {"expression": said} if is_expression else {"license": {"name": said}}


def _component(name: str, version: str, purl: str) -> Component:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _npm_name(path: str) -> str:
    return path.rpartition("node_modules/")[2]


def _npm_purl(path: str, version: str) -> str:
    return f"pkg:npm/{quote(_npm_name(path))}@{quote(version)}"


def _place(packages: dict[str, Any], path: str, name: str) -> str | None:
    """Return where a package that lies at ``path`` finds another, as Node.js looks for it; None for one left out."""
    while True:
        place = f"{path}/node_modules/{name}" if path else f"node_modules/{name}"
        if place in packages:
            return place
        if not path:
            return None
        path = path.rpartition("node_modules/")[0].rstrip("/")


if __name__ == "__main__":
    made = bill(PYTHON_LOCK.read_text(), NPM_LOCK.read_text(), PROJECT.read_text())
    json.dump(made, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
