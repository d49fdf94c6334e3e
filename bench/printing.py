"""Figures as text for people and as JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.figures import Figure

Results = Mapping[str, Sequence[Figure]]


def headed(title: str) -> str:
    """Return a section's title, underlined."""
    return f"\n{title}\n{'─' * len(title)}"


def table(figures: Sequence[Figure]) -> str:
    """Return the figures of a section, one a line: name, value, aim, note."""
    rows = [(figure.name, _value(figure), figure.aim and f"aim: {figure.aim}", figure.note) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for name, value, aim, note in rows:
        lines.append(f"  {name:<{widths[0]}}  {value:>{widths[1]}}  {aim:<{widths[2]}}  {note}".rstrip())
    return "\n".join(lines)


def described(machine: Mapping[str, str]) -> str:
    """Return the machine, one property a line."""
    width = max(map(len, machine))
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in machine.items())


def write_json(path: Path, machine: Mapping[str, str], *, quick: bool, results: Results) -> None:
    """Write everything that was measured, in full precision."""
    sections = {name: [asdict(figure) for figure in figures] for name, figures in results.items()}
    content = {"machine": dict(machine), "quick": quick, "sections": sections}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _value(figure: Figure) -> str:
    if figure.value is None:
        return "not measured"
    digits = 0 if abs(figure.value) >= 100 or figure.value == round(figure.value) else 1
    if abs(figure.value) < 10 and digits:
        digits = 2 if abs(figure.value) >= 1 else 3
    return f"{figure.value:,.{digits}f} {figure.unit}".strip()
