"""When a callback is wanted, read from what an agent types.

Date libraries find a time in nearly every text, also where a colleague would have to ask. So phrases are matched here,
whole, and what has no meaning or more than one is refused with words. Names of days and months, calendar arithmetic and
the changes of the clocks are python-dateutil's.

Importing `due` compiles the patterns, so that is done when the agent opens the field and not before.
"""
