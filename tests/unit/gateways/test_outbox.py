"""One client: in step, owed, waiting, closed."""

from gateway_world import Tray

from voldesk.gateways.channel import Channel, Delivery
from voldesk.gateways.frames import Message, Parcel
from voldesk.gateways.meter import Meter
from voldesk.gateways.outbox import LAGGING, STALLED, Outbox
from voldesk.gateways.request import Request
from voldesk.gateways.settings import GatewaySettings


class Chalk(Channel):
    """A latest channel that says what it is told."""

    def __init__(self, topic: str = "t") -> None:
        super().__init__(Request(topic=topic), 1, None)
        self.state = b"0"

    def flush(self) -> list[Delivery]:
        return [(self.clients, Parcel([Message("delta", self.state)]))]

    def snapshot(self) -> tuple[Message, ...]:
        return (Message("snapshot", self.state),)

    def opening(self) -> tuple[Message, ...]:
        return (Message("layout", b'"layout"'), *self.snapshot())


class Tape(Chalk):
    """A lossless channel."""

    is_lossless = True

    def snapshot(self) -> tuple[Message, ...]:
        return ()


def _client(**limits: float) -> tuple[Outbox, Tray, Meter]:
    tray, meter = Tray(), Meter()
    settings = GatewaySettings(**limits)  # type: ignore[arg-type]  # by name
    return Outbox(tray, settings, meter), tray, meter


def _parcel(text: bytes) -> Parcel:
    return Parcel([Message("delta", text)])


def test_a_client_in_step_gets_what_everyone_gets() -> None:
    """The very parcel is written, and counted."""
    client, tray, meter = _client()
    parcel = _parcel(b"1")
    client.deliver([(Chalk(), parcel)], parcel)
    assert tray.parcels == [parcel]
    assert (meter.messages_sent, meter.bytes_sent) == (1, len(parcel.frame))


def test_frames_missed_become_one_snapshot() -> None:
    """However many frames are missed, the topic's state at the end is sent once."""
    client, tray, meter = _client()
    chalk = Chalk()
    tray.is_writable = False
    for number in (b"1", b"2", b"3"):
        chalk.state = number
        client.deliver([(chalk, _parcel(number))], _parcel(number))
    assert not tray.parcels
    tray.is_writable = True
    client.settle()
    assert tray.said == [3]
    assert meter.conflated == 3
    assert client.is_in_step


def test_a_client_out_of_step_gets_no_frame_before_its_snapshot() -> None:
    """Writable again but not yet settled, it is still only owed."""
    client, tray, _ = _client()
    chalk = Chalk()
    tray.is_writable = False
    client.deliver([(chalk, _parcel(b"1"))], _parcel(b"1"))
    tray.is_writable = True
    client.deliver([(chalk, _parcel(b"2"))], _parcel(b"2"))
    assert not tray.parcels
    chalk.state = b"2"
    client.settle()
    assert tray.said == [2]


def test_lossless_messages_wait_in_order() -> None:
    """Nothing of an every topic is lost or reordered while the client is slow."""
    client, tray, _ = _client()
    tape = Tape()
    tray.is_writable = False
    for number in range(5):
        parcel = _parcel(b"%d" % number)
        client.deliver([(tape, parcel)], parcel)
    assert client.waiting == 5
    tray.is_writable = True
    client.settle()
    assert tray.said == [0, 1, 2, 3, 4]
    assert len(tray.parcels) == 1


def test_a_full_queue_closes_the_client() -> None:
    """One more than is kept: closed with a reason that names both numbers."""
    client, tray, meter = _client(waiting_messages=3)
    tray.is_writable = False
    for number in range(4):
        parcel = _parcel(b"%d" % number)
        client.deliver([(Tape(), parcel)], parcel)
    assert tray.closed == (
        LAGGING,
        "4 messages wait, at most 3 are kept for a client that reads slowly",
    )
    assert meter.closed_lagging == 1
    assert client.is_closed


def test_a_queue_is_bounded_in_bytes_too() -> None:
    """A few long messages close the client as many short ones do."""
    client, tray, _ = _client(waiting_bytes=100)
    tray.is_writable = False
    client.reply([Message("x", b"1" * 101)])
    assert tray.closed is not None
    assert "101 bytes wait, at most 100" in tray.closed[1]


def test_replies_come_before_what_is_owed() -> None:
    """A reply given while the client is slow leaves first, the opening after it."""
    client, tray, _ = _client()
    chalk = Chalk()
    client.owe(chalk, is_opening=True)
    client.reply([Message("subscribed", b'"reply"')])
    client.settle()
    assert tray.said == ["reply", "layout", 0]


def test_an_opening_owed_is_not_forgotten_for_a_snapshot() -> None:
    """Who misses a frame before its opening was sent still gets the opening."""
    client, tray, _ = _client()
    chalk = Chalk()
    tray.is_writable = False
    client.owe(chalk, is_opening=True)
    client.deliver([(chalk, _parcel(b"1"))], _parcel(b"1"))
    client.owe(chalk, is_opening=False)
    tray.is_writable = True
    client.settle()
    assert tray.said == ["layout", 0]


def test_what_is_forgiven_is_not_sent() -> None:
    """A topic given up while owed leaves nothing behind."""
    client, tray, _ = _client()
    chalk = Chalk()
    client.owe(chalk, is_opening=True)
    client.forgive(chalk)
    client.settle()
    assert not tray.parcels
    assert client.is_in_step


def test_a_client_that_reads_nothing_is_closed() -> None:
    """Ten seconds without a byte read: closed with a reason, once."""
    client, tray, meter = _client()
    told: list[str] = []
    client.on_closed = lambda _, reason: told.append(reason)
    tray.is_writable, tray.backlog = False, 500
    for now in (0.0, 5.0, 9.9, 10.0, 11.0):
        client.check(now)
    assert tray.closed == (STALLED, "nothing read for 10 s")
    assert told == ["nothing read for 10 s"]
    assert meter.closed_stalled == 1


def test_a_client_that_reads_a_little_is_kept() -> None:
    """A backlog that falls starts the clock again; one that grows (a ping) does not."""
    client, tray, _ = _client()
    tray.is_writable = False
    for now, backlog in ((0.0, 500), (9.0, 400), (18.0, 300), (20.0, 306), (27.9, 306)):
        tray.backlog = backlog
        client.check(now)
    assert tray.closed is None
    client.check(28.0)
    assert tray.closed is not None


def test_a_client_that_catches_up_is_forgotten_as_slow() -> None:
    """Writable in between, it has ten seconds again."""
    client, tray, _ = _client()
    tray.is_writable = False
    client.check(0.0)
    tray.is_writable = True
    client.check(9.0)
    tray.is_writable = False
    client.check(9.5)
    client.check(19.0)
    assert tray.closed is None


def test_nothing_is_sent_to_a_client_that_is_closed() -> None:
    """Deliveries, replies and settling after the close are no more than nothing."""
    client, tray, _ = _client()
    client.close(1000, "bye")
    client.close(1000, "again")
    client.deliver([(Chalk(), _parcel(b"1"))], _parcel(b"1"))
    client.deliver([(Tape(), _parcel(b"1"))], _parcel(b"1"))
    client.reply([Message("x", b"1")])
    client.settle()
    assert tray.closed == (1000, "bye")
    assert not tray.parcels
