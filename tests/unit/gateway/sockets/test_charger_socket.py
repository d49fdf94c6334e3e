"""The short way of a charger's socket: it takes exactly what websockets' own parser would have offered."""

import asyncio
import struct
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import Server, ServerConnection
from websockets.datastructures import Headers
from websockets.extensions.base import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.utils import apply_mask

from onetime.gateway.sockets.charger_socket import ChargerSocket

MASK = b"\x91\x02\x7f\xe3"
LIMIT = 4_000
READING = b'[2,"1","MeterValues",{"connectorId":1,"meterValue":[' + b" " * 200 + b"]}]"


class Slow(ChargerSocket):
    """The same without its short way: what is right is what this one does."""

    def data_received(self, data: bytes | memoryview) -> None:
        ServerConnection.data_received(self, bytes(data))


class Wire(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.written.append(b"")


@dataclass
class Outcome:
    taken: list[bytes] = field(default_factory=list)
    queued: list[tuple[Opcode, bytes, bool]] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    state: State = State.OPEN
    unread: int = 0
    parsed: int = 0  # bytes that went through websockets' parser


@dataclass
class Opened:
    socket: ChargerSocket
    wire: Wire


def opened(kind: type[ChargerSocket], extensions: tuple[Extension, ...] = ()) -> Opened:
    """Return a connection after its opening handshake."""
    protocol = ServerProtocol(max_size=LIMIT)
    protocol.state, protocol.parser = State.OPEN, protocol.parse()
    protocol.extensions = list(extensions)
    next(protocol.parser)
    socket = kind(protocol, cast(Server, None))
    socket.request = Request("/", Headers())
    wire = Wire()
    super(ServerConnection, socket).connection_made(wire)  # without the handler task of a server
    return Opened(socket, wire)


def fed(kind: type[ChargerSocket], chunks: list[bytes], *, takes: bool = True, compressed: bool = False) -> Outcome:
    """Return what comes of these chunks."""

    async def feed() -> Outcome:
        extensions = (PerMessageDeflate(False, False, 15, 15),) if compressed else ()
        it, outcome = opened(kind, extensions), Outcome()

        def take(data: bytes) -> bool:
            if takes:
                outcome.taken.append(data)
            return takes

        def parse(data: bytes) -> None:
            outcome.parsed += len(data)
            receive(data)

        protocol: Any = it.socket.protocol
        receive, protocol.receive_data = protocol.receive_data, parse
        it.socket.take = take
        for chunk in chunks:
            arrive(it.socket, chunk)
        frames = it.socket.recv_messages.frames
        outcome.queued = [(each.opcode, bytes(each.data), each.fin) for each in frames.queue]
        outcome.written, outcome.state, outcome.unread = it.wire.written, protocol.state, it.socket.unread
        return outcome

    return asyncio.run(feed())


def arrive(socket: ChargerSocket, chunk: bytes) -> None:
    """Do what the event loop does with what it reads, and use the buffer for something else afterwards."""
    buffer = socket.get_buffer(-1)
    buffer[: len(chunk)] = chunk
    socket.buffer_updated(len(chunk))
    buffer[:] = bytes(len(buffer))


def frame(
    payload: bytes, opcode: int = Opcode.TEXT, *, fin: bool = True, reserved: int = 0, mask: bool = True
) -> bytes:
    """Return one frame as a charger sends it."""
    bit = 0x80 if mask else 0
    size = bytes([bit | len(payload)]) if len(payload) < 126 else bytes([bit | 126]) + struct.pack("!H", len(payload))
    masked = MASK + apply_mask(payload, MASK) if mask else payload
    return bytes([(0x80 if fin else 0) | reserved | opcode]) + size + masked


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    marks = sorted({0, len(stream), *(each % (len(stream) + 1) for each in places)})
    return [stream[start:end] for start, end in pairwise(marks)]


def same(chunks: list[bytes], *, takes: bool = True, compressed: bool = False) -> Outcome:
    """Return what the short way makes of these chunks, which is what the parser makes of them."""
    short = fed(ChargerSocket, chunks, takes=takes, compressed=compressed)
    parsed = short.parsed
    short.parsed = sum(map(len, chunks))
    assert short == fed(Slow, chunks, takes=takes, compressed=compressed)
    short.parsed = parsed
    return short


def test_a_plain_reading_does_not_see_the_parser() -> None:
    outcome = same([frame(READING)] * 3)
    assert outcome.taken == [READING] * 3
    assert outcome.parsed == 0


def test_what_is_not_taken_is_queued_and_nothing_overtakes_it() -> None:
    outcome = same([frame(READING), frame(READING)], takes=False)
    assert [payload for _opcode, payload, _fin in outcome.queued] == [READING] * 2
    assert outcome.unread == 2


def test_a_frame_may_be_cut_anywhere() -> None:
    stream = frame(READING)
    for place in range(1, len(stream)):
        assert same([stream[:place], stream[place:], stream]).taken == [READING] * 2, place


def test_several_frames_in_one_piece_are_parsed() -> None:
    stream = frame(READING)
    for more in range(1, len(stream)):
        assert same([stream + stream[:more], stream[more:], stream]).taken == [READING] * 3, more


def test_a_whole_frame_inside_another_is_part_of_it() -> None:
    inner = frame(READING)
    outer = frame(b" " * 8 + apply_mask(inner, MASK) + b" " * 4)  # the masks cancel out: the inner one is seen as it is
    start = outer.index(inner)
    outcome = same([outer[:start], outer[start : start + len(inner)], outer[start + len(inner) :]])
    assert outcome.taken == [b" " * 8 + apply_mask(inner, MASK) + b" " * 4]


def test_a_text_within_a_fragmented_message_is_a_violation() -> None:
    outcome = same([frame(b"[2,", fin=False), frame(READING)])
    assert outcome.taken == []
    assert outcome.written[0] == b"\x88\x1f\x03\xeaexpected a continuation frame"


@pytest.mark.parametrize(
    "broken",
    [
        frame(READING, mask=False),
        frame(READING, reserved=0x40),
        frame(READING, reserved=0x10),
        frame(READING, opcode=3),
        frame(READING, opcode=Opcode.PING),
        frame(b"x" * (LIMIT + 1)),
    ],
)
def test_a_violation_is_told_and_what_follows_ignored(broken: bytes) -> None:
    outcome = same([frame(READING), broken, frame(READING)])
    assert outcome.taken == [READING]
    assert outcome.state is State.CLOSING


def test_nothing_is_taken_after_a_close() -> None:
    outcome = same([frame(b"\x03\xe8", Opcode.CLOSE), frame(READING)])
    assert outcome.taken == []


def test_a_plain_text_on_a_compressed_connection_is_parsed() -> None:
    outcome = same([frame(READING)], compressed=True)
    assert outcome.taken == [READING]
    assert outcome.parsed > 0


payloads = st.binary(max_size=300) | st.just(READING) | st.just(b"x" * LIMIT)
opcodes = st.sampled_from([Opcode.TEXT] * 4 + [Opcode.BINARY, Opcode.CONT, Opcode.PING, Opcode.PONG])
frames = st.builds(
    frame,
    payloads,
    opcodes,
    fin=st.sampled_from([True, True, True, False]),
    reserved=st.sampled_from([0] * 9 + [0x40]),
    mask=st.sampled_from([True] * 9 + [False]),
)


@given(st.lists(frames, max_size=8).map(b"".join), st.lists(st.integers(0, 5_000), max_size=12), st.booleans())
def test_any_stream_comes_to_the_same(stream: bytes, places: list[int], takes: bool) -> None:
    same(cut(stream, places), takes=takes)


@given(st.lists(frames, max_size=8), st.booleans(), st.booleans())
def test_any_frames_one_by_one_come_to_the_same(chunks: list[bytes], takes: bool, compressed: bool) -> None:
    same(chunks, takes=takes, compressed=compressed)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 70_000])
@pytest.mark.parametrize("compressed", [False, True])
def test_an_answer_is_framed_as_websockets_does(size: int, compressed: bool) -> None:
    async def say() -> tuple[list[bytes], list[bytes]]:
        extensions = (PerMessageDeflate(False, False, 15, 15),) if compressed else ()
        it = opened(ChargerSocket, extensions)
        text = b"x" * size
        it.socket.say(text)
        reference = ServerProtocol()
        reference.state = State.OPEN
        reference.extensions = [PerMessageDeflate(False, False, 15, 15)] if compressed else []
        reference.send_text(text)
        return it.wire.written, reference.data_to_send()

    said, expected = asyncio.run(say())
    assert said == expected


def test_nothing_is_said_on_a_closing_socket() -> None:
    async def say() -> list[bytes]:
        it = opened(ChargerSocket)
        it.socket.data_received(frame(b"\x03\xe8", Opcode.CLOSE))
        written = list(it.wire.written)
        it.socket.say(b"[3,1,{}]")
        return it.wire.written[len(written) :]

    assert asyncio.run(say()) == []
