"""The curve of power over one session, drawn in the page by ``assets/curve.js``."""

from typing import Any

import reflex as rx

from onetime.web.frame.session import Session
from onetime.web.frame.texts.i18n import t


class PowerCurve(rx.Component):
    """Power over time with the connector's limit as a line."""

    library = "$/public/curve.js"
    tag = "PowerCurve"

    points: rx.Var[list[list[int]]]
    limit: rx.Var[int]
    language: rx.Var[str]
    time_zone: rx.Var[str]
    texts: rx.Var[dict[str, str]]


class RegisterCurve(rx.Component):
    """A meter's register over time, between its lowest and highest reading."""

    library = "$/public/curve.js"
    tag = "RegisterCurve"

    points: rx.Var[list[list[int]]]
    language: rx.Var[str]
    time_zone: rx.Var[str]
    texts: rx.Var[dict[str, str]]


def register_curve(points: Any) -> rx.Component:
    """Return the curve of ``points``: [seconds since 1970, Wh], oldest first."""
    texts = {"name": t("Meter readings"), "time": t("Time"), "power": t("Meter")}
    return RegisterCurve.create(points=points, language=Session.language, time_zone=Session.time_zone, texts=texts)


def power_curve(points: Any, limit_w: Any) -> rx.Component:
    """Return the curve of ``points``: [seconds since 1970, W], oldest first."""
    texts = {"name": t("Power over the session"), "time": t("Time"), "power": t("Power"), "limit": t("limit")}
    return PowerCurve.create(
        points=points, limit=limit_w, language=Session.language, time_zone=Session.time_zone, texts=texts
    )
