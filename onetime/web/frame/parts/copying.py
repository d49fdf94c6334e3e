"""Copying a text to the clipboard, also where the page came without encryption, as it does in most houses."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData

from onetime.web.frame.texts.i18n import t

_MODULE = "$/public/copy.js"
_TOASTS = "$/utils/state"  # where Reflex keeps what shows them


def copies(text: Any) -> EventSpec:
    """Return the event that copies a text, and says whether it did."""
    done = t("Copied")
    refused = t("This browser does not let the page copy. Select the text and copy it yourself.")
    variables = [rx.Var.create(each) for each in (text, done, refused)]
    data = VarData.merge(
        *(variable._get_all_var_data() for variable in variables),
        VarData(imports={_MODULE: [ImportVar(tag="copyText")], _TOASTS: [ImportVar(tag="refs")]}),
    )
    arguments = ", ".join(str(variable) for variable in variables)
    return rx.call_function(rx.Var(f"(() => copyText(refs['__toast'], {arguments}))", _var_data=data))
