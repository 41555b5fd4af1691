"""What every contract asks of a stream of events: told at once, nothing lost in silence, and a loss is noticed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from desktop.domain.state.events import Envelope, Event, Gap, Heartbeat
from desktop.ports.base import Capability
from desktop.ports.deadlines import HOST
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, RateLimited, Unavailable
from desktop.testing.contracts.base import Contract, R, until
from desktop.testing.group import behaviour, honesty, proves, resilience, shape
from desktop.testing.rig import RETRY_AFTER, Fault, does_not_apply
from desktop.testing.watch import GRACE, Position, Watch

FIRST_WORD = 1.0
"""After so many seconds without a word a stream is taken as connected."""
LONGEST_SILENCE = HOST.silence
"""After so many seconds without a word the host gives a stream up."""
_EXPECTED: dict[Fault, tuple[type[BackendError], ...]] = {
    Fault.SERVER_ERROR: (Unavailable,),
    Fault.RATE_LIMITED: (RateLimited,),
    Fault.UNAUTHORIZED: (AuthFailed,),
    Fault.GARBAGE: (ProtocolError, Unavailable),
    Fault.REFUSED: (Unavailable,),
}


class StreamContract(Contract[R]):
    """Events of a backend of any kind."""

    stream_needs: tuple[Capability, ...] = ()
    """With one of these the backend has events; empty: it always has them."""
    snapshot_event: type
    """The class of the event that `snapshot` wraps."""

    async def stir(self, backend: Any, rig: R) -> Callable[[Event], bool]:
        """Make something happen on the far side; answers how to know the event that tells of it."""
        raise NotImplementedError

    @asynccontextmanager
    async def streaming(self, rig: R) -> AsyncIterator[Any]:
        """An open backend that has events."""
        backend = rig.make()
        try:
            offered = await backend.open()
            if self.stream_needs and not offered & set(self.stream_needs):
                does_not_apply("events are not offered")
            yield backend
        finally:
            await backend.close()

    @asynccontextmanager
    async def watching(self, rig: R, backend: Any, after: Position | None = None) -> AsyncIterator[Watch]:
        """A stream that is read for the block."""
        watch = Watch(backend, after)
        try:
            await watch.begun(FIRST_WORD)
            yield watch
        finally:
            await watch.stop()

    async def position(self, backend: Any) -> Position | None:
        """Where a snapshot stands in the stream; None when it has no number."""
        envelope: Envelope = await backend.snapshot()
        return None if envelope.seq is None else (envelope.epoch, envelope.seq)

    def need_connection(self, rig: R) -> None:
        """The test needs a stream that is a connection."""
        if rig.polls or rig.inside:
            does_not_apply("there is no connection that carries the events")

    async def told(self, watch: Watch, wanted: Callable[[Event], bool], rig: R, since: int = 0) -> Envelope:
        """The event that is wanted, once the stream has brought it."""

        async def look() -> Envelope | None:
            if watch.ended and watch.find(wanted, since) is None:
                pytest.fail(f"the stream ended before it told: {watch.error!r}")
            return watch.find(wanted, since)

        return await until(look, rig.patience, "the event")

    # -- shape

    @shape
    async def test_a_snapshot_is_whole(self, rig: R) -> None:
        """`snapshot` answers one envelope with the snapshot of this kind; two at rest follow each other."""
        async with self.streaming(rig) as backend:
            first, second = await backend.snapshot(), await backend.snapshot()
        for one in (first, second):
            assert isinstance(one, Envelope)
            assert isinstance(one.event, self.snapshot_event)
            assert one.source, "an envelope says where it came from"
        if first.seq is not None and first.epoch == second.epoch:
            assert second.seq is not None
            assert second.seq >= first.seq

    # -- behaviour

    @behaviour
    async def test_what_happens_is_told(self, rig: R) -> None:
        """An event comes while the stream is open, without anybody asking again, and it carries the whole entity."""
        async with self.streaming(rig) as backend, self.watching(rig, backend, await self.position(backend)) as watch:
            wanted = await self.stir(backend, rig)
            await self.told(watch, wanted, rig)

    @behaviour
    async def test_a_quiet_stream_gives_signs_of_life(self, rig: R) -> None:
        """Something comes at least every 12.5 s, or the host takes the stream for dead."""
        async with self.streaming(rig) as backend, self.watching(rig, backend, await self.position(backend)) as watch:
            heard = len(watch.heard)

            async def more() -> bool | None:
                assert not watch.ended, f"the stream ended by itself: {watch.error!r}"
                return len(watch.heard) > heard or None

            await until(more, LONGEST_SILENCE, "a sign of life")
            for beat in (one.event for one in watch.heard if isinstance(one.event, Heartbeat)):
                assert beat.server_time > 0

    # -- honesty

    @honesty
    async def test_numbers_have_no_holes(self, rig: R) -> None:
        """Within an epoch each numbered event follows the one before, but for a Gap between them."""
        async with self.streaming(rig) as backend:
            position = await self.position(backend)
            async with self.watching(rig, backend, position) as watch:
                await self.told(watch, await self.stir(backend, rig), rig)
            last = position
            for one in watch.heard:
                if isinstance(one.event, Gap) or one.seq is None:
                    last = None if isinstance(one.event, Gap) else last
                    continue
                if last is not None and last[0] == one.epoch:
                    assert one.seq == last[1] + 1, f"{one.seq} came after {last[1]}"
                last = (one.epoch, one.seq)

    @honesty
    async def test_what_was_missed_is_told_or_a_gap_is(self, rig: R) -> None:
        """Somebody who comes back with their last position hears what they missed, or that they missed something."""
        async with self.streaming(rig) as backend:
            position = await self.position(backend)
            wanted = await self.stir(backend, rig)
            if position is None:
                does_not_apply("snapshots have no position to come back with")
            async with self.watching(rig, backend, position) as watch:
                await self.told(watch, lambda event: wanted(event) or isinstance(event, Gap), rig)

    @honesty
    @proves(Capability.EVENT_REPLAY)
    async def test_replay_tells_what_was_missed(self, rig: R) -> None:
        """Who declares EVENT_REPLAY tells the missed event itself, numbered, without a Gap."""
        async with self.opened(rig, Capability.EVENT_REPLAY) as backend:
            position = await self.position(backend)
            assert position is not None, "replay needs numbered snapshots"
            wanted = await self.stir(backend, rig)
            async with self.watching(rig, backend, position) as watch:
                found = await self.told(watch, wanted, rig)
                assert watch.find(lambda event: isinstance(event, Gap)) is None
            assert found.seq is not None

    @honesty
    async def test_an_unknown_position_is_a_gap(self, rig: R) -> None:
        """A position of another life of the server is answered by a Gap, or by an error, but not by going on."""
        async with self.streaming(rig) as backend:
            async with self.watching(rig, backend, ("no-such-epoch", 7)) as watch:

                async def answered() -> bool | None:
                    return watch.ended or watch.find(lambda event: isinstance(event, Gap)) is not None or None

                await until(answered, rig.patience, "a Gap")
            told = [one for one in watch.heard if not isinstance(one.event, Heartbeat)]
            if watch.error is None:
                assert told, "it ended without a word"
                assert isinstance(told[0].event, Gap), f"it began with {told[0].event!r}"
            else:
                assert isinstance(watch.error, BackendError), repr(watch.error)

    # -- resilience

    @resilience
    async def test_a_dropped_stream_is_noticed(self, rig: R) -> None:
        """A stream whose connection is lost ends or raises, or says Gap after it has mended itself."""
        self.need_connection(rig)
        async with self.streaming(rig) as backend, self.watching(rig, backend, await self.position(backend)) as watch:
            heard = len(watch.heard)
            await rig.drop_streams()

            async def noticed() -> bool | None:
                return watch.ended or watch.find(lambda event: isinstance(event, Gap), heard) is not None or None

            await until(noticed, rig.patience, "an end of the stream, or a Gap")
            assert watch.error is None or isinstance(watch.error, (Unavailable, ProtocolError)), repr(watch.error)

    @resilience
    async def test_a_new_stream_follows_a_dropped_one(self, rig: R) -> None:
        """After a loss the same backend can be listened to again, and tells what happens."""
        self.need_connection(rig)
        async with self.streaming(rig) as backend:
            async with self.watching(rig, backend, await self.position(backend)):
                await rig.drop_streams()

            async def connected() -> Watch | None:
                try:
                    position = await self.position(backend)
                except Unavailable:
                    return None
                watch = Watch(backend, position)
                await watch.begun(FIRST_WORD)
                if not watch.ended:
                    return watch
                await watch.stop()
                return None

            watch = await until(connected, rig.patience, "a new stream")
            try:
                wanted = await self.stir(backend, rig)
                await self.told(watch, wanted, rig)
            finally:
                await watch.stop()

    @resilience
    @pytest.mark.parametrize("fault", _EXPECTED)
    async def test_a_stream_fails_in_the_right_way(self, rig: R, fault: Fault) -> None:
        """A stream that cannot be had, or is lost, raises the class that tells the host its next step."""
        if rig.inside:
            does_not_apply("the events come out of this program")
        if rig.connected and fault is not Fault.REFUSED:
            does_not_apply("the stream is the connection, and that stands")
        async with self.streaming(rig) as backend:
            await rig.fault(fault)
            watch = Watch(backend, None)
            try:

                async def over() -> bool | None:
                    noticed = watch.find(lambda event: isinstance(event, Gap)) if fault is Fault.GARBAGE else None
                    return watch.ended or noticed is not None or None

                await until(over, LONGEST_SILENCE, "an error of the stream")
            finally:
                await watch.stop()
                await rig.heal()
        if watch.error is None:
            allowed = fault in {Fault.GARBAGE, Fault.REFUSED}
            assert allowed, f"the stream ended without a word where {fault.value} had to be told"
            return
        assert isinstance(watch.error, _EXPECTED[fault]), f"{fault.value} was told as {watch.error!r}"
        if isinstance(watch.error, RateLimited):
            assert watch.error.retry_after == pytest.approx(RETRY_AFTER)

    @resilience
    async def test_a_stream_can_be_left_at_any_time(self, rig: R) -> None:
        """Leaving a stream is quick, and closing the backend ends one that is still read."""
        async with self.streaming(rig) as backend:
            async with self.watching(rig, backend, await self.position(backend)):
                pass
            watch = Watch(backend, await self.position(backend))
            try:
                await watch.begun(FIRST_WORD)
                async with asyncio.timeout(GRACE):
                    await backend.close()

                async def over() -> bool | None:
                    return watch.ended or None

                await until(over, rig.patience, "the end of the stream after close")
            finally:
                await watch.stop()
            assert watch.error is None or isinstance(watch.error, BackendError), repr(watch.error)
