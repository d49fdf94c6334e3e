"""How the workbook looks: every cell format, once."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

KWH = "#,##0.000"
MOMENT = "dd.mm.yyyy hh:mm"

INK = "#1F2933"
MUTED = "#6B7280"
FAINT = "#A3ABB5"
RULE = "#D5DBE1"
HEADER = "#E6F0EE"
ACCENT = "#0F766E"
GOOD, GOOD_FILL = "#166534", "#DCFCE7"
BAD, BAD_FILL = "#9A3412", "#FFEDD5"

# One colour a series; each keeps its distance from its neighbours for colour-blind eyes too.
SERIES = (
    "#0F766E",
    "#F59E0B",
    "#3B82F6",
    "#A855F7",
    "#84CC16",
    "#EF4444",
    "#06B6D4",
    "#D97757",
    "#64748B",
    "#CBD5E1",
    "#E5C07B",
)

_BASE: dict[str, Any] = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "vcenter"}
_LINE: dict[str, Any] = {"bottom": 1, "bottom_color": RULE}
_HEAD: dict[str, Any] = {
    "bold": True,
    "bg_color": HEADER,
    "text_wrap": True,
    "valign": "top",
    "bottom": 2,
    "bottom_color": ACCENT,
}
# Text keeps off the number left of it.
_LEFT: dict[str, Any] = {"align": "left", "indent": 1}
_SUM: dict[str, Any] = {"bold": True, "top": 1, "top_color": ACCENT, "bottom": 1, "bottom_color": ACCENT}

_FORMATS: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": ACCENT},
    "subtitle": {"font_color": MUTED},
    "remark": _LEFT | {"font_color": MUTED},
    "heading": {"bold": True, "font_size": 13, "font_color": ACCENT},
    "label": _LINE | {"font_color": MUTED},
    "subject": {"bold": True, "valign": "top"},
    "note": {"italic": True, "font_color": MUTED},
    "paragraph": {"text_wrap": True, "valign": "top"},
    "header": _HEAD | _LEFT,
    "header_center": _HEAD | {"align": "center"},
    "header_right": _HEAD | {"align": "right"},
    "text": _LINE | _LEFT,
    "wrapped": _LINE | _LEFT | {"text_wrap": True},
    "kwh": _LINE | {"num_format": KWH},
    "kwh_none": _LINE | {"num_format": KWH, "font_color": FAINT},
    "count": _LINE | {"num_format": "#,##0"},
    "integer": _LINE | _LEFT | {"num_format": "0"},
    "share": _LINE | {"num_format": "0.0%"},
    "moment": _LINE | _LEFT | {"num_format": MOMENT},
    "moment_right": _LINE | {"num_format": MOMENT, "align": "right"},
    "day": _LINE | _LEFT | {"num_format": "ddd dd.mm.yyyy"},
    "duration": _LINE | {"num_format": "[h]:mm"},
    "result": _LINE | {"bold": True, "align": "center"},
    "sum": _SUM | _LEFT,
    "sum_kwh": _SUM | {"num_format": KWH},
    "sum_count": _SUM | {"num_format": "#,##0"},
    "good": {"font_color": GOOD, "bg_color": GOOD_FILL},
    "bad": {"font_color": BAD, "bg_color": BAD_FILL},
    "grid_moment": _LEFT | {"num_format": MOMENT},
    "grid_offset": {"font_color": MUTED},
    "grid_kwh": {"num_format": KWH},
    "grid_bold": {"num_format": KWH, "bold": True},
    "grid_none": {"num_format": KWH, "font_color": FAINT},
    "grid_interpolated": {"num_format": KWH, "font_color": "#1D4ED8"},
    "grid_estimated": {"num_format": KWH, "font_color": BAD, "bg_color": BAD_FILL},
    "grid_provisional": {"num_format": KWH, "font_color": "#5B21B6", "bg_color": "#EDE9FE"},
    "grid_corrected": {"num_format": KWH, "font_color": GOOD, "bg_color": GOOD_FILL},
}


def add_formats(workbook: Workbook) -> dict[str, Format]:
    """Add every format to the workbook and return them by name."""
    return {name: workbook.add_format(_BASE | properties) for name, properties in _FORMATS.items()}
