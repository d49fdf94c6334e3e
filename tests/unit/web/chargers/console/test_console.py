"""The console: examples that hold, mistakes in words, answers as they came."""

from typing import Any, cast

import pytest

from onetime.clock import utc_now
from onetime.services.chargers.commands import ChargerOfflineError, CommandError, CommandFailedError, CommandService
from onetime.services.ocpp_actions.core import Reset, ResetType
from onetime.services.ocpp_actions.table import ACTIONS
from onetime.texts import _
from onetime.web.chargers.console.answers import UnreadablePayloadError, ask, pretty, read_payload
from onetime.web.chargers.console.examples import example


class Answering:
    """Answers every command the same."""

    def __init__(self, answer: dict[str, Any] | CommandError) -> None:
        self._answer = answer

    async def send(self, charger_id: int, request: object, asked_by: str) -> dict[str, Any]:
        if isinstance(self._answer, CommandError):
            raise self._answer
        return self._answer


async def asked(answer: dict[str, Any] | CommandError) -> tuple[dict[str, Any], str]:
    return await ask(cast(CommandService, Answering(answer)), 1, Reset(type=ResetType.SOFT), "anna")


@pytest.mark.parametrize("action", ACTIONS)
def test_every_example_is_a_valid_payload(action: str) -> None:
    made = example(action, utc_now())
    assert read_payload(action, pretty(made)).wire() == made


def mistakes(action: str, text: str) -> list[str]:
    with pytest.raises(UnreadablePayloadError) as caught:
        read_payload(action, text)
    return [str(sentence) for sentence in caught.value.sentences]


def test_broken_json_is_shown_its_place() -> None:
    assert mistakes("Reset", '{"type":\n "Soft"')[0].startswith("This is no JSON: line 2, column 8")


def test_each_mistake_is_a_sentence_with_its_place() -> None:
    assert mistakes("Reset", '{"type": "Gentle", "now": true}') == [
        "type: it must be 'Hard' or 'Soft'.",
        "now: there is no such field.",
    ]
    assert mistakes("ReserveNow", "{}")[0] == "connectorId: it is missing."
    assert mistakes("UnlockConnector", '{"connectorId": 0}') == ["connectorId: it must be at least 1."]
    assert mistakes("Reset", "[]") == ["the whole: it must be an object, in braces."]


def test_a_rule_between_fields_is_told_with_its_section() -> None:
    made = example("SetChargingProfile", utc_now())
    made["csChargingProfiles"]["chargingProfilePurpose"] = "ChargePointMaxProfile"
    assert "at connector 0 only (section 3.13.1)" in mistakes("SetChargingProfile", pretty(made))[0]


def test_an_unknown_command_is_refused() -> None:
    assert mistakes("Levitate", "{}") == ["OCPP 1.6 has no command called Levitate."]


async def test_an_answer_is_passed_on_as_it_came() -> None:
    assert await asked({"status": "Rejected", "odd": 1}) == ({"status": "Rejected", "odd": 1}, "")


async def test_an_error_of_the_charger_keeps_its_code_and_its_words() -> None:
    error = CommandFailedError(_("…"), "NotImplemented", "no such thing", {"why": "old"})
    assert (await asked(error))[1] == (
        'The charger answered with the error NotImplemented: no such thing {"why": "old"}'
    )


async def test_without_a_connection_the_sentence_says_so() -> None:
    assert (await asked(ChargerOfflineError(_("KEBA-07 is not connected."))))[1] == "KEBA-07 is not connected."
