"""What is written straight into the browsers' copies of a state, past the server's own copy, which stays as it is.

Reflex sends a state's variables when an event handler of the same browser has changed them. What all who watch are
told at once is written as such an update instead: encoded once, without a lock on anybody's state.
"""

from typing import Any

import reflex as rx

_ENDING = "_rx_state_"  # Reflex marks the variables of a state with it, in Python and in the browser


def variable(name: str) -> str:
    """Return the browser's name of one of a state's variables."""
    return f"{name}{_ENDING}"


def delta(state: type[rx.State], values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the update that writes ``values``, under the browser's names, into the copies of a state."""
    return {state.get_full_name(): values}
