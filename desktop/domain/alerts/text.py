"""An alert in words, with its figure and its threshold."""

from math import floor

from desktop.domain.alerts.rules import Rule
from desktop.domain.entities.alert import About
from desktop.domain.figures.metric import SERVICE_LEVEL, Unit


def duration(seconds: float) -> str:
    """`45 s`, `3 min 20 s`, `25 min`, `2 h 5 min`; the part that has passed, never rounded up."""
    whole = max(int(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def figure(value: float, unit: Unit, limit: float | None = None) -> str:
    """A figure with its unit: `74 %`, `7`, `3 min 20 s`. Cut, never rounded up, as on the panel.

    Args:
        limit: what the figure is beyond. Where the two would read alike it has as many decimals as tell them apart:
            `90.4 %` is above 90 %, `20.5 s` above 20 s.
    """
    if unit is Unit.COUNT:
        return f"{value:.10g}"
    scale = 100 if unit is Unit.SHARE else 1
    shown, other = round(value * scale, 6), round((0.0 if limit is None else limit) * scale, 6)
    if limit is not None and shown != other and floor(shown) == other and (unit is Unit.SHARE or other < 60):
        for decimals in range(1, 7):
            cut = floor(shown * 10**decimals + 1e-6) / 10**decimals
            if cut != other:
                return f"{cut:.{decimals}f} {'%' if unit is Unit.SHARE else 's'}"
    return f"{floor(shown)} %" if unit is Unit.SHARE else duration(value)


def alert_text(rule: Rule, name: str, value: float, breach: float | None = None) -> str:
    """What an alert says.

    Args:
        name: of the subject, as people know it. It comes from outside and is made harmless where it is shown.
        value: the figure now.
        breach: seconds until the threshold is reached, for a breach that is to come.
    """
    watch, low = rule.watch, rule.low_is_bad
    at = rule.raise_at
    if rule.critical_at is not None and rule.is_beyond(value, rule.critical_at):
        at = rule.critical_at
    limit = _limit(at, watch.unit)
    if watch.grows and watch.about is not About.QUEUE:
        label = watch.label if not rule.state else _state(rule.state)
        return f"{name}: {label} for {duration(value)}, longer than {limit}"
    now = f"{name}: {watch.label} {figure(value, watch.unit, at)}"
    beyond = f"{'below' if low else 'above'} {limit}"
    if breach is None and not rule.is_bad(value):  # it has come back, but not far enough
        now = f"{name}: {watch.label} {figure(value, watch.unit, rule.clear_at)}"
        beyond = f"not back {'above' if low else 'below'} {_limit(rule.clear_at, watch.unit)} yet"
    meant = [rule.formula.label] if watch.id == SERVICE_LEVEL else []
    meant += [f"last {duration(rule.window)}"] if rule.window is not None else []
    how = f" ({', '.join(meant)})" if meant else ""
    if breach is not None:
        return f"{now}, at this rate {beyond} in {max(round(breach / 60), 1)} min{how}"
    return f"{now}, {beyond}{how}"


def _limit(value: float, unit: Unit) -> str:
    return f"{value * 100:.10g} %" if unit is Unit.SHARE else figure(value, unit)


def _state(state: str) -> str:
    word, _, reason = state.partition(":")
    return word.replace("_", " ") + (f" ({reason})" if reason else "")
