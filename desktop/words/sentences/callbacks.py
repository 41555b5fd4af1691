"""Callbacks: why what was typed names no time one can be planned for."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "callback.begin_with_when": mark("Begin with when: tomorrow 14:00 about the refund"),
    "callback.when_and_what": mark("When, and what about? For example: tomorrow 14:00 about the refund"),
    "callback.what_time": mark("At what time? For example: {day} 14:00"),
    "callback.half_hour": mark("Half past, or half to? Write it in figures, like 14:30."),
    "callback.not_tonight": mark("{time} is not tonight."),
    "callback.not_in_part": mark("{time} is not in the {part}."),
    "callback.am_or_pm": mark("{first} or {second}? Add am or pm, or type it as {second}."),
    "callback.one_time_only": mark("One time only, please. Write about before the note."),
    "callback.is_it_a_time": mark("Is the number a time? Write it like 10:00, or write about before the note."),
    "callback.one_of_two_days": mark("{one:date} or {other:date}?"),
    "callback.not_that_weekday": mark("{day:date} is not a {weekday:weekday}. Which day?"),
    "callback.date_or_time": mark("Is {typed} a date or a time? Write {time} if it is a time."),
    "callback.which_month": mark("Is {typed} {one} {two:month} or {two} {one:month}? Write the month's name."),
    "callback.no_such_day": mark("There is no {typed}."),
    "callback.not_within": mark("There is no {typed} in the next {days} days."),
    "callback.which_week": mark("Which week is that? Write the date."),
    "callback.today_is": mark("Today is {weekday:weekday}. Write today, or {day:date} for the one after."),
    "callback.which_of_two": mark("{one:date} or {other:date}? Write the date."),
    "callback.this_is_past": mark("This {weekday:weekday} is past. {day:date}?"),
    "callback.another_day_there": mark("There it is {day:date} now. Write the date: 25 Nov 10:00."),
    "callback.clocks_forward": mark("{day:date} has no {time}: the clocks go forward. Choose another time."),
    "callback.clocks_back": mark("{day:date} has {time} twice: the clocks go back. Choose another time."),
    "callback.too_far": mark("Callbacks can be planned {days} days ahead, until {day:date}."),
    "callback.is_now": mark("That is now. Choose a later time."),
    "callback.day_past": mark("{day:date} is past."),
    "callback.time_past": mark("{time} today is past."),
    "callback.time_past_today": mark("{time} today is past. Write tomorrow {time} for the next day."),
    "callback.zone_not_known": mark("The customer's time zone is not known. Name a city: 10:00 London time."),
    "callback.no_offset": mark("Name a city instead of an offset: 10:00 London time."),
    "callback.ambiguous_zone": mark("{typed} means different times. Name a city instead: 10:00 London time."),
    "callback.city_not_known": mark("The time zone of {city} is not known. Name a larger city."),
    "callback.time_of_city": mark("Is the time that of {city}? Write {city} time, or about {city}."),
    "callback.several_cities": mark("There is more than one {city}. Name another city of that time zone."),
}
