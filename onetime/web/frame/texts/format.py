"""Bridges to ``assets/format.js``, which formats numbers and times in the page, in the viewer's language."""

from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData

_MODULE = "$/public/format.js"


def helper(name: str, *arguments: Any) -> rx.Var[Any]:
    """Return the call of one of the module's functions as an expression of the page."""
    variables = [rx.Var.create(argument) for argument in arguments]
    call = f"{name}({', '.join(str(variable) for variable in variables)})"
    data = VarData.merge(
        *(variable._get_all_var_data() for variable in variables),
        VarData(imports={_MODULE: [ImportVar(tag=name)]}),
    )
    return rx.Var(call, _var_data=data)
