"""The chart of what may be drawn over the next hours, drawn in the page by ``assets/steps.js``."""

from typing import Any

import reflex as rx

from onetime.web.frame.session import Session
from onetime.web.frame.texts.i18n import t


class StepChart(rx.Component):
    """Limits over time, as steps: what the charger tells, and what the house expects."""

    library = "$/public/steps.js"
    tag = "StepChart"

    told: rx.Var[list[list[float]]]
    expected: rx.Var[list[list[float]]]
    end: rx.Var[int]
    unit: rx.Var[str]
    language: rx.Var[str]
    time_zone: rx.Var[str]
    texts: rx.Var[dict[str, str]]


def step_chart(schedule: Any) -> rx.Component:
    """Return the chart of a ``Schedule``."""
    texts = {
        "name": t("What may be drawn"),
        "from": t("From"),
        "told": t("The charger says"),
        "expected": t("It should be"),
        "unlimited": t("no limit"),
    }
    return StepChart.create(
        told=schedule.told,
        expected=schedule.expected,
        end=schedule.end,
        unit=schedule.unit,
        language=Session.language,
        time_zone=Session.time_zone,
        texts=texts,
    )
