"""Makes up a plausible past in the archive, inside DuckDB: the same seed makes the same past.

Chance is a hash of the interaction's number, so that it does not matter in which order or on how many cores the rows
are made. Who was handed over to another queue goes on there as an interaction of its own, as live; nobody of this past
was moved between queues before an answer.
"""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from mock_backends.archive.calendar import QUARTER, calendar
from mock_backends.archive.rows import PastCompany, PastQueue
from mock_backends.archive.schema import SECONDS, STAFF, SUMS, UNANSWERED
from mock_backends.archive.spans import DAY, spans
from mock_backends.channels import CHANNELS

if TYPE_CHECKING:
    import duckdb

NATURE: Final = {  # queue: share of all customers, mean talk, its share that comes by voice
    "Billing": (0.24, 270.0, 0.68),
    "Support": (0.27, 400.0, 0.62),
    "Sales": (0.14, 340.0, 0.72),
    "Returns": (0.08, 170.0, 0.70),
    "Retention": (0.05, 430.0, 1.0),
    "Outages": (0.06, 110.0, 0.85),
    "General enquiries": (0.16, 140.0, 0.55),
}
OTHER: Final = (0.05, 240.0, 0.7)
AT_ONCE: Final = 400_000  # interactions made by one statement
TO_QUEUES: Final = 0.6  # of those handed over; the others went to somebody by name
COUNTED_LAST: Final = 0.15  # the share of the work that is counting
NEVER: Final = ("flow_outs", "flow_outs_within")

_CHANCE = "CREATE OR REPLACE TEMP MACRO u(k, purpose) AS (hash(k, purpose, {seed}) >> 11)::DOUBLE / 9007199254740992.0"

_SLOTS = """
CREATE TEMP TABLE slot AS
WITH quarter AS (
    SELECT unnest($since::DOUBLE[]) AS since, unnest($weight::DOUBLE[]) AS weight,
           unnest($invoices::DOUBLE[]) AS invoices, unnest($day::INTEGER[]) AS day, unnest($hour::DOUBLE[]) AS hour
), line AS (
    SELECT unnest($queue::USMALLINT[]) AS queue, unnest($channel::VARCHAR[])::channel_word AS channel,
           unnest($share::DOUBLE[]) AS share, unnest($billing::BOOLEAN[]) AS billing,
           unnest($outages::BOOLEAN[]) AS outages
), likely AS (
    SELECT *, weight * share
        * CASE WHEN billing THEN 1.0 + 0.45 * invoices ELSE 1.0 END
        * CASE WHEN outages AND u(day, 90) < 0.04 AND hour BETWEEN 6 + 12 * u(day, 91) AND 9 + 12 * u(day, 91)
               THEN 9.0 ELSE 1.0 END AS rate
    FROM quarter, line
), scaled AS (
    SELECT *, rate * $interactions / sum(rate) OVER () AS mean FROM likely WHERE rate > 0
), drawn AS (
    SELECT *, 1.0 + (-ln(1.0 - u(since::BIGINT * 64 + queue * 4 + enum_code(channel), 1)) - 1.0)
        / sqrt(greatest(mean * 4.0, 1.0)) AS luck
    FROM scaled
), counted AS (
    SELECT *, floor(mean * luck + u(since::BIGINT * 64 + queue * 4 + enum_code(channel), 2))::INTEGER AS n FROM drawn
), pressed AS (  -- how many came against how many were reckoned with when the roster was made
    SELECT *, (sum(n) OVER (PARTITION BY since, queue) + 1.0)
        / (sum(weight * share * $interactions) OVER (PARTITION BY since, queue) / $weights + 1.0)
        * (0.82 + 0.36 * u(day * 64 + queue, 3)) AS pressure
    FROM counted
)
SELECT since, queue, channel, n, pressure,
       sum(n) OVER (ORDER BY since, queue, channel ROWS UNBOUNDED PRECEDING) - n AS before
FROM pressed WHERE n > 0 ORDER BY since, queue, channel
"""

_INTERACTIONS = """
INSERT INTO interaction BY NAME
WITH nature AS (
    SELECT unnest($queue::USMALLINT[]) AS queue, unnest($channel::VARCHAR[])::channel_word AS channel,
           unnest($talk::DOUBLE[]) AS mean_talk, unnest($patience::DOUBLE[]) AS mean_patience,
           unnest($wrap::DOUBLE[]) AS wrap, unnest($serving::USMALLINT[][]) AS serving,
           unnest($codes::UBIGINT[][]) AS bits, unnest($many::BOOLEAN[]) AS many,
           unnest($others::USMALLINT[][]) AS others
), {come}, drawn AS (
    SELECT number, channel, queue, mean_talk, wrap, serving, bits, many, arrived_at, customer,
        round(1.5 + 7.0 * u(number, 12)
            + CASE WHEN u(number, 13) < least(greatest(0.06 + 0.62 * (pressure - 0.72), 0.03), 0.97)
                THEN -ln(1.0 - u(number, 14)) * (14.0 + 95.0 * greatest(pressure - 0.8, 0.0)) ELSE 0.0 END, 1) AS wait,
        round(3.0 - ln(1.0 - u(number, 15)) * mean_patience, 1) AS patience,
        round(45.0 + 40.0 * u(number, 16), 1) AS asks_at,
        u(number, 17) < 0.25 AND channel = 'voice' AS would_ask
    FROM come JOIN nature USING (queue, channel)
), fated AS (
    SELECT *, CASE WHEN would_ask AND asks_at < least(wait, patience) THEN 'callback'
                   WHEN patience < wait THEN 'abandoned'
                   WHEN u(number, 18) < 0.035 THEN 'transferred'
                   WHEN u(number, 18) > 0.997 THEN 'failed' ELSE 'handled' END AS outcome
    FROM drawn
), timed AS (
    SELECT *, outcome IN ('handled', 'transferred', 'failed') AS had,
        CASE outcome WHEN 'callback' THEN asks_at WHEN 'abandoned' THEN patience ELSE wait END AS waited,
        round(greatest(mean_talk * exp(0.62 * sqrt(-2.0 * ln(1.0 - u(number, 19))) * cos(6.283185307 * u(number, 20))
            - 0.19), 5.0), 1) AS talk,
        CASE WHEN channel = 'voice' AND u(number, 21) < 0.22 THEN round(4.0 - 38.0 * ln(1.0 - u(number, 22)), 1)
             ELSE 0.0 END AS hold,
        round(least(wrap, 4.0 - 0.45 * wrap * ln(1.0 - u(number, 23))), 1) AS wrapped
    FROM fated
)
SELECT number::BIGINT AS number,
    CASE WHEN had THEN serving[1 + (u(number, 24) * len(serving))::INTEGER % len(serving)]
         ELSE queue + $unanswered END::USMALLINT AS keeper,
    channel, 'inbound' AS direction, queue, customer,
    CASE WHEN had THEN keeper END AS agent,
    arrived_at, CASE WHEN had THEN round(arrived_at + waited, 1) END AS answered_at,
    round(arrived_at + waited + CASE WHEN had THEN talk + hold ELSE 0.0 END, 1) AS ended_at,
    outcome::outcome_word AS outcome, waited AS wait_seconds,
    CASE WHEN had THEN talk ELSE 0.0 END AS talk_seconds, CASE WHEN had THEN hold ELSE 0.0 END AS hold_seconds,
    CASE WHEN had THEN wrapped ELSE 0.0 END AS wrap_up_seconds,
    (had::INTEGER + (u(number, 26) < 0.045)::INTEGER + (u(number, 27) < 0.012)::INTEGER)::USMALLINT AS offers,
    (u(number, 27) < 0.012)::USMALLINT AS declined,
    (outcome = 'transferred')::USMALLINT AS transfers,
    CASE WHEN NOT had THEN 0 ELSE bits[1 + (pow(u(number, 28), 1.6) * len(bits))::INTEGER % len(bits)]
        | CASE WHEN many AND u(number, 29) < 0.2 THEN bits[1 + (u(number, 30) * len(bits))::INTEGER % len(bits)]
               ELSE 0 END END::UBIGINT AS codes
FROM timed
"""

_ARRIVE = """arrival AS (
    SELECT before + unnest(range(n)) + 1 AS number, since, queue, channel, pressure
    FROM slot WHERE before >= $low AND before < $high
), come AS (
    SELECT number, queue, channel, pressure, round(since + 899.9 * u(number, 11), 1) AS arrived_at,
        (floor(pow(u(number, 25), 1.7) * $customers) * 4 + enum_code(channel))::UINTEGER AS customer
    FROM arrival
)"""
_GO_ON = """come AS (
    SELECT $whole + row_number() OVER (ORDER BY ended_at, number) AS number,
        others[1 + (u(number, 31) * len(others))::INTEGER % len(others)] AS queue, channel, 0.9 AS pressure,
        ended_at AS arrived_at, customer
    FROM interaction JOIN nature USING (queue, channel)
    WHERE outcome = 'transferred' AND len(others) > 0 AND u(number, 32) < $to_queues
)"""

_COUNTED = """
INSERT INTO counted BY NAME
WITH policy AS (
    SELECT unnest($queues::USMALLINT[]) AS queue, unnest($threshold::DOUBLE[]) AS threshold,
           unnest($short::DOUBLE[]) AS short_abandon_seconds
), came AS (
    SELECT floor(arrived_at / 900) * 900 AS since, queue, channel, count(*) AS offered
    FROM interaction GROUP BY ALL
), left_line AS (
    SELECT floor(coalesce(answered_at, ended_at) / 900) * 900 AS since, queue, channel,
        count(answered_at) AS answered,
        count(*) FILTER (answered_at IS NOT NULL AND wait_seconds <= threshold) AS answered_within,
        count(*) FILTER (outcome = 'abandoned') AS abandoned,
        count(*) FILTER (outcome = 'abandoned' AND wait_seconds <= threshold) AS abandoned_within,
        count(*) FILTER (outcome = 'abandoned' AND wait_seconds <= short_abandon_seconds) AS short_abandons,
        count(*) FILTER (outcome = 'callback') AS callbacks,
        count(*) FILTER (outcome = 'callback' AND wait_seconds <= threshold) AS callbacks_within,
        sum(offers - declined - (answered_at IS NOT NULL)::INTEGER)::BIGINT AS missed,
        sum(declined)::BIGINT AS declined,
        sum(wait_seconds) FILTER (answered_at IS NOT NULL) AS wait_seconds,
        sum(wait_seconds) FILTER (outcome = 'abandoned') AS abandon_seconds, max(wait_seconds) AS longest_wait
    FROM interaction JOIN policy USING (queue) GROUP BY ALL
), ended AS (
    SELECT floor(ended_at / 900) * 900 AS since, queue, channel, count(*) AS handled,
        sum(talk_seconds) AS talk_seconds, sum(hold_seconds) AS hold_seconds
    FROM interaction WHERE answered_at IS NOT NULL GROUP BY ALL
), wrapped AS (
    SELECT floor((ended_at + wrap_up_seconds) / 900) * 900 AS since, queue, channel, count(*) AS wrapped_up,
        sum(wrap_up_seconds) AS wrap_up_seconds
    FROM interaction WHERE answered_at IS NOT NULL GROUP BY ALL
), together AS (
    SELECT since, queue, channel,
        {parts},
        coalesce(longest_wait, 0.0) AS longest_wait
    FROM came FULL JOIN left_line USING (since, queue, channel) FULL JOIN ended USING (since, queue, channel)
        FULL JOIN wrapped USING (since, queue, channel)
)
SELECT *, since + 900 AS until, 0 AS flow_outs, 0 AS flow_outs_within
FROM together JOIN policy USING (queue) ORDER BY since, queue, channel
"""

_STAFF = """
INSERT INTO counted BY NAME
WITH busy AS (
    SELECT since, queue, sum(talk_seconds + hold_seconds + wrap_up_seconds) AS engaged
    FROM counted GROUP BY since, queue
), people AS (
    SELECT *, ceil(engaged / 900.0 / 0.8 + 0.4) * 900.0 AS ready FROM busy
)
SELECT since, since + 900 AS until, queue, {parts},
    0.0 AS longest_wait, ready * 1.09 AS signed_in, ready - engaged AS idle, engaged, engaged * 0.92 AS load
FROM people ORDER BY since, queue
"""


_DAYS = """
INSERT INTO counted_day BY NAME
WITH span AS (SELECT unnest($begins::DOUBLE[]) AS begun, unnest($ends::DOUBLE[]) AS over)
SELECT begun AS since, over AS until, queue, channel, max(threshold) AS threshold,
    max(short_abandon_seconds) AS short_abandon_seconds, max(longest_wait) AS longest_wait, {parts}
FROM counted ASOF JOIN span ON since >= begun WHERE since < $end GROUP BY ALL ORDER BY since, queue, channel
"""


def make_past(
    into: "duckdb.DuckDBPyConnection",
    company: PastCompany,
    *,
    seed: int,
    last: date,
    days: int,
    interactions: int,
    told: Callable[[float], None],
) -> None:
    """Fill the empty tables with `days` days before `last` and about `interactions` interactions.

    In the transaction of the caller, who numbered in the tables `queue`, `agent` and `code` what the company
    has, in its order. `told` hears now and then which share of the work is done.
    """
    quarters = calendar(company.zone, last, days)
    lines = [
        (number, queue, channel)
        for number, queue in enumerate(company.queues)
        # Of hundreds of further queues, for load tests, each has one channel: it is a row a quarter of an hour.
        for channel in (queue.channels if queue.name in NATURE else queue.channels[:1])
    ]
    natures = [NATURE.get(queue.name, OTHER) for _, queue, _ in lines]
    shares = [
        nature[0] * (1.0 if len(queue.channels) == 1 else nature[2] if channel == "voice" else _rest(nature[2], queue))
        for nature, (_, queue, channel) in zip(natures, lines, strict=True)
    ]
    agents = {agent: number for number, agent in enumerate(company.agents)}
    codes = {
        code: number for number, (code,) in enumerate(into.execute("SELECT id FROM code ORDER BY number").fetchall())
    }
    common = {"queue": [number for number, _, _ in lines], "channel": [channel for _, _, channel in lines]}
    into.execute(_CHANCE.format(seed=int(seed)))
    into.execute(
        "INSERT INTO customer SELECT generate_subscripts($a, 1) - 1, unnest($a::VARCHAR[]), unnest($n::VARCHAR[])",
        {
            "a": [addresses.get(channel, "") for _, addresses in company.customers for channel in CHANNELS],
            "n": [name for name, _ in company.customers for _ in CHANNELS],
        },
    )
    into.execute(
        _SLOTS,
        {
            **common,
            "since": quarters.since,
            "weight": quarters.weight,
            "invoices": quarters.invoices,
            "day": quarters.day,
            "hour": quarters.hour,
            "share": shares,
            "billing": [queue.name == "Billing" for _, queue, _ in lines],
            "outages": [queue.name == "Outages" for _, queue, _ in lines],
            "interactions": interactions,
            "weights": sum(quarters.weight) * sum(shares),
        },
    )
    every_line = {
        **common,
        "talk": [nature[1] * CHANNELS[channel].talk for nature, (_, _, channel) in zip(natures, lines, strict=True)],
        "patience": [170.0 * CHANNELS[channel].patience for _, _, channel in lines],
        "wrap": [queue.wrap_up_seconds for _, queue, _ in lines],
        "serving": [[agents[agent] for agent in queue.agents] for _, queue, _ in lines],
        "codes": [[1 << codes[code] for code in queue.codes] for _, queue, _ in lines],
        "many": [queue.many_codes for _, queue, _ in lines],
        "others": [
            [other for other, serves, its in lines if its == channel and other != number and serves.agents]
            for number, _, channel in lines
        ],
        "unanswered": UNANSWERED,
    }
    (whole,) = into.execute("SELECT coalesce(sum(n), 0)::BIGINT FROM slot").fetchone() or (0,)
    for low in range(0, whole, AT_ONCE):
        part = {"low": low, "high": low + AT_ONCE, "customers": len(company.customers)}
        into.execute(_INTERACTIONS.format(come=_ARRIVE), every_line | part)
        told(min((low + AT_ONCE) / whole, 1.0) * (1.0 - COUNTED_LAST))
    into.execute(_INTERACTIONS.format(come=_GO_ON), every_line | {"whole": whole, "to_queues": TO_QUEUES})
    counted = ", ".join(f"coalesce({name}, 0) AS {name}" for name in (*SUMS, *SECONDS) if name not in NEVER)
    into.execute(
        _COUNTED.format(parts=counted),
        {
            "queues": list(range(len(company.queues))),
            "threshold": [queue.threshold for queue in company.queues],
            "short": [queue.short_abandon for queue in company.queues],
        },
    )
    into.execute(_STAFF.format(parts=", ".join(f"0 AS {name}" for name in (*SUMS, *SECONDS))))
    begins, ends = spans(company.zone, quarters.since[0], quarters.since[-1] + QUARTER, DAY)
    parts = ", ".join(f"sum({name}) AS {name}" for name in (*SUMS, *SECONDS, *STAFF))
    into.execute(_DAYS.format(parts=parts), {"begins": begins, "ends": ends, "end": ends[-1]})
    into.execute("DROP TABLE slot")


def _rest(voice: float, queue: PastQueue) -> float:
    others = len(queue.channels) - ("voice" in queue.channels)
    return (1.0 - (voice if "voice" in queue.channels else 0.0)) / max(others, 1)
