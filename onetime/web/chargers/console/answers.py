"""What comes of a raw command, as the console shows it."""

import dataclasses
import json
from typing import Any

from pydantic import ValidationError

from onetime.services.chargers.commands import CommandError, CommandFailedError, CommandService, OutstandingCommand
from onetime.services.chargers.secrets import shown_answer
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.table import ACTIONS
from onetime.texts import Text, _, say
from onetime.validation_words import mistakes
from onetime.web.frame.times import Clockwork


@dataclasses.dataclass(frozen=True, slots=True)
class Exchange:
    """A command of this visit and its answer, or the sentence about why there is none."""

    number: int
    at: str
    took: str
    action: str
    payload: str
    answer: str
    problem: str


@dataclasses.dataclass(frozen=True, slots=True)
class OutstandingLine:
    """A command the charger has not answered yet."""

    action: str
    actor: str
    asked: str
    sent: bool


class UnreadablePayloadError(Exception):
    """A payload is no JSON, or not what the action needs; one sentence for each mistake."""

    def __init__(self, sentences: list[Text]) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


def read_payload(action: str, text: str) -> Payload:
    """Return the request that was typed. Raises ``UnreadablePayloadError``."""
    if action not in ACTIONS:
        raise UnreadablePayloadError([_("OCPP 1.6 has no command called {action}.", action=action[:50])])
    try:
        content = json.loads(text or "{}")
    except json.JSONDecodeError as error:
        sentence = _(
            "This is no JSON: line {line}, column {column}: {what}.",
            line=error.lineno,
            column=error.colno,
            what=error.msg,
        )
        raise UnreadablePayloadError([sentence]) from error
    try:
        return ACTIONS[action].request.model_validate(content)
    except ValidationError as error:
        raise UnreadablePayloadError(mistakes(error)) from error


async def ask(commands: CommandService, charger_id: int, request: Payload, actor: str) -> tuple[dict[str, Any], str]:
    """Return the charger's answer without its secrets, or the sentence about why there is none."""
    try:
        answer = await commands.send(charger_id, request, actor)
        return shown_answer(type(request).__name__, request.wire(), answer), ""
    except CommandFailedError as error:
        more = json.dumps(error.details, ensure_ascii=False) if error.details else ""
        sentence = _(
            "The charger answered with the error {code}: {description}",
            code=error.code,
            description=" ".join(part for part in (error.description, more) if part) or "–",
        )
        return {}, sentence
    except CommandError as error:
        return {}, error.args[0]


def outstanding_line(command: OutstandingCommand, clockwork: Clockwork) -> OutstandingLine:
    """Return a command without an answer as it is listed."""
    return OutstandingLine(
        command.action, command.asked_by, clockwork.clock(command.asked_at), command.sent_at is not None
    )


def pretty(content: dict[str, Any]) -> str:
    """Return JSON as people read it."""
    return json.dumps(content, indent=2, ensure_ascii=False)


def told(sentence: str, language: str) -> str:
    """Return a sentence in the viewer's language."""
    return say(sentence, language) if sentence else ""
