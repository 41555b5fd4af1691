"""The limits of the mock servers, settable so that tests need not wait."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits. Times are real seconds, whatever the speed of the servers' clock."""

    rate_per_minute: float = 120.0
    burst: float = 60.0
    body_limit: int = 64 * 1024  # bytes
    upload_limit: int = 7 * 1024 * 1024 + 64 * 1024  # of a body that may hold files: 5 MB in base64, and some words
    read_deadline: float = 10.0  # a request must be here entirely by then
    heartbeat: float = 5.0
    quiet: float = 3.0  # after so long supervisors are told of a queue where nothing happens
    ring: int = 2000  # events kept for each principal
    ring_bytes: int = 16 * 1024 * 1024  # and no more bytes of them
    streams_each: int = 2
    streams_total: int = 1000
    agents: int = 0  # further simulated agents beyond those of the world, for load tests
    queues: int = 0  # further queues, which those agents then serve as a team of their own; 0: they serve Billing
    customers: int = 2000  # customers of the pretend company beside the named ones
    hostile_names: bool = False  # whether some of those have names that attack terminals, spreadsheets and databases
    clock_start: float | None = None  # server time at the start, seconds since the epoch; None: as it is
    offer_timeout: float | None = None  # server seconds; None as each queue has it
    wrap_up_seconds: float | None = None  # server seconds, 0 for no limit; None as each queue has it
    silent_monitoring: bool | None = None  # whether agents do not see who listens; None as each queue has it
    history_days: int = 90  # how far back the made-up past goes; 0 for none
    history_interactions: int = 60_000  # about so many interactions are in it
    autonomous: bool = True  # whether presence and the scenario move by themselves
