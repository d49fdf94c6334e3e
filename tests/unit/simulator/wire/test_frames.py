"""OCPP-J frames."""

import pytest

from onetime.simulator.wire.frames import Call, CallErrorFrame, CallResult, Frame, FrameError, decode


@pytest.mark.parametrize(
    "frame",
    [
        Call("1", "Heartbeat", {}),
        Call("1", "Authorize", {"idTag": "Häuser ☀"}),
        CallResult("abc", {"currentTime": "2026-01-01T00:00:00Z"}),
        CallErrorFrame("abc", "InternalError", "no"),
    ],
)
def test_a_frame_survives_the_wire(frame: Frame) -> None:
    assert decode(frame.encode()) == frame


def test_a_null_payload_counts_as_an_empty_one() -> None:
    assert decode('[2,"7","ClearCache",null]') == Call("7", "ClearCache", {})


@pytest.mark.parametrize("text", ["", "{}", "[]", '[9,"1",{}]', '[3,"1"]', "[2,1,2,3]"])
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(FrameError):
        decode(text)


def test_a_broken_call_still_tells_its_id() -> None:
    with pytest.raises(FrameError) as refusal:
        decode('[2,"42","Reset"]')
    assert refusal.value.message_id == "42"
