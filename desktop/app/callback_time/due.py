"""Reads when a callback is wanted, and what about: `tomorrow 14:00 about the refund`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from dateutil import tz

from desktop.app.callback_time import phrases
from desktop.app.callback_time.clocks import Clock, begins_with_clock, clock_at, span_of, times_of
from desktop.app.callback_time.days import FARTHEST, Day, Days
from desktop.app.callback_time.places import zone_at
from desktop.app.callback_time.refusal import Refusal
from desktop.domain.entities.model import Instant
from desktop.domain.text.sentence import Sentence

SEPARATORS = ",;:.-–—"


@dataclass(frozen=True, slots=True)
class Due:
    """When a callback is wanted, and what about.

    `at` is a full minute, later than now and at most 30 days ahead. `rest` is the end of the text.
    """

    at: Instant
    rest: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why a text names no time that can be planned, for the agent."""

    why: Sentence


def read_due(
    text: str, now: Instant, zone: tzinfo, *, region: str = "", customer: tzinfo | None = None
) -> Due | NotUnderstood:
    """When and what, or why not.

    Args:
        text: what was typed: a day and a time, or a span (`in 2 h`), then words for the note. A part of the day may
            stand for a time: morning 09:00, noon 12:00, afternoon 14:00, evening, night and tonight 19:00.
        now: the server's time.
        zone: the agent's time zone. Times are of this zone unless another one is named after them.
        region: the agent's two-letter country, which says whether 03/12 is 3 December; "" refuses such dates.
        customer: the customer's time zone, for `10:00 their time`; None where it is not known.

    Returns:
        `Due`, or `NotUnderstood` for all that has no meaning or more than one, is past or too far ahead.
    """
    try:
        reader = _Reader(" ".join(text.split()), datetime.fromtimestamp(now, zone), region.upper(), customer)
        moment, end = reader.read()
    except Refusal as refusal:
        return NotUnderstood(refusal.sentence)
    return Due(moment.timestamp(), _rest(text, end))


def _rest(text: str, signs: int) -> str:
    """What is left of a text after its first `signs` signs that are no gaps, without what parts it from them."""
    for at, sign in enumerate(text):
        if signs <= 0 and not sign.isspace() and sign not in SEPARATORS:
            return text[at:].rstrip()
        signs -= not sign.isspace()
    return ""


class _Reader:
    """Goes through one text from its beginning, part by part, until a part is none of a time."""

    def __init__(self, text: str, now: datetime, region: str, customer: tzinfo | None) -> None:
        self._text = text
        self._now = now
        self._zone = now.tzinfo or UTC
        self._customer = customer
        self._days = Days(text, now.date(), region)
        self._at = 0
        self._day: Day | None = None
        self._day_text = ""
        self._clock: Clock | None = None
        self._part = ""
        self._span: timedelta | None = None

    def read(self) -> tuple[datetime, int]:
        """The moment, and how many signs name it; raises `Refusal`."""
        if not self._text:
            raise Refusal("when_and_what")
        if lead_in := phrases.LEAD_IN.match(self._text):
            self._at = lead_in.end()
        while self._span is None and self._take_next():
            pass
        if self._span is None and self._clock is None and not self._part:
            raise self._what_is_missing()
        zone = self._take_zone() if self._span is None else None
        self._refuse_a_second_time()
        moment = self._moment(zone or self._zone) if self._span is None else _full_minute(self._now, self._span)
        return self._checked(moment), len(self._text[: self._at].replace(" ", ""))

    def _take_next(self) -> bool:
        """One more part, if one comes next."""
        link = phrases.LINK.match(self._text, self._at)
        after, marked = (link.end(), link["mark"] is not None) if link else (self._at, False)
        if self._day is None and not marked and (day := self._days.at(after)) is not None:
            self._day, end = day
            self._day_text = self._text[after:end]
        elif (
            self._day is None
            and self._clock is None
            and not self._part
            and (span := phrases.IN_SPAN.match(self._text, after))
        ):
            self._span, end = span_of(span), span.end()
        elif self._clock is None and (
            clock := clock_at(self._text, after, marked=marked, on_a_day=self._day is not None)
        ):
            self._clock, end = clock
        elif (part_end := self._take_part(after if marked else self._at)) is not None:
            end = part_end
        else:
            return False
        self._at = end
        return True

    def _take_part(self, at: int) -> int | None:
        """Where the part of the day ends that begins there."""
        at += len(self._text) - at - len(self._text[at:].lstrip(" ,"))
        found = None if self._part else phrases.DAY_PART.match(self._text, at)
        if found is None:
            return None
        part = found["part"].lower()
        if self._clock is not None and not found["lead"] and part != "tonight":
            return None  # "tomorrow 10:00 morning shift" is about a shift
        today = Day(self._now.date())
        if found["today"] or part == "tonight":
            if self._day is not None and self._day.date != today.date:
                raise Refusal("one_of_two_days", one=today.date.isoformat(), other=self._day.date.isoformat())
            self._day = today
        self._part = part
        return found.end()

    def _take_zone(self) -> tzinfo | None:
        found = zone_at(self._text, self._at + (self._text[self._at : self._at + 1] == " "), self._now, self._customer)
        if found is None:
            return None
        zone, self._at = found
        return zone

    def _what_is_missing(self) -> Refusal:
        return Refusal("begin_with_when") if self._day is None else Refusal("what_time", day=self._day_text[:30])

    def _refuse_a_second_time(self) -> None:
        link = phrases.SECOND.match(self._text, self._at)
        after = link.end() if link else self._at
        number = self._text[after : after + 1].isdigit()
        if (
            (link is not None and link["link"] is not None and number)
            or begins_with_clock(self._text, after)
            or any(pattern.match(self._text, after) for pattern in phrases.ANOTHER_TIME)
            or phrases.VAGUE.match(self._text, self._at)
            or (self._span is not None and phrases.LONE_NUMBER.match(self._text, self._at))
        ):
            raise Refusal("one_time_only")
        if self._span is None and self._clock is None and number:
            raise Refusal("is_it_a_time")

    def _moment(self, zone: tzinfo) -> datetime:
        """The one moment ahead that the day and the time name."""
        here = self._now.astimezone(zone)
        if here.date() != self._now.date() and (self._day is None or self._day.relative):
            raise Refusal("another_day_there", day=here.date().isoformat())
        day = self._day.date if self._day else here.date()
        meant = [
            datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            for hour, minute in times_of(self._clock, self._part)
        ]
        ahead = [moment for moment in meant if moment.timestamp() > self._now.timestamp()]
        if len(ahead) > 1:
            raise Refusal("am_or_pm", first=f"{ahead[0]:%H:%M}", second=f"{ahead[1]:%H:%M}")
        moment = (ahead or meant)[-1]
        if not tz.datetime_exists(moment.replace(tzinfo=None), zone):
            raise Refusal("clocks_forward", day=day.isoformat(), time=f"{moment:%H:%M}")
        if tz.datetime_ambiguous(moment.replace(tzinfo=None), zone):
            raise Refusal("clocks_back", day=day.isoformat(), time=f"{moment:%H:%M}")
        return moment

    def _checked(self, moment: datetime) -> datetime:
        ahead = moment.timestamp() - self._now.timestamp()
        if ahead > FARTHEST.total_seconds():
            last = (self._now + FARTHEST).date()
            raise Refusal("too_far", days=FARTHEST.days, day=last.isoformat())
        if ahead > 0:
            return moment
        if self._span is not None:
            raise Refusal("is_now")
        local = moment.astimezone(self._zone)
        if local.date() != self._now.date():
            raise Refusal("day_past", day=local.date().isoformat())
        raise Refusal("time_past_today" if self._day is None else "time_past", time=f"{local:%H:%M}")


def _full_minute(now: datetime, span: timedelta) -> datetime:
    """The full minute at or after the end of a span, so that what is shown is what is kept."""
    moment = now.astimezone(UTC) + span
    cut = moment.replace(second=0, microsecond=0)
    return (cut if cut == moment else cut + timedelta(minutes=1)).astimezone(now.tzinfo)
