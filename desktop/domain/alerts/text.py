"""What an alert says: of what it is, with its figure and its threshold."""

from math import floor

from desktop.domain.alerts.rules import Rule
from desktop.domain.entities.alert import About
from desktop.domain.figures.metric import SERVICE_LEVEL, Unit
from desktop.domain.text.sentence import NOTHING, Sentence


def amount(value: float, unit: Unit, limit: float | None = None) -> Sentence:
    """A figure in its unit: `74 %`, `7`, `3 min 20 s`. Cut, never rounded up, as on the panel.

    Args:
        limit: what the figure is beyond. Where the two would read alike it has as many decimals as tell them apart:
            `90.4 %` is above 90 %, `20.5 s` above 20 s.
    """
    if unit is Unit.COUNT:
        return Sentence("amount.count", value=value)
    scale = 100 if unit is Unit.SHARE else 1
    shown, other = round(value * scale, 6), round((0.0 if limit is None else limit) * scale, 6)
    if limit is not None and shown != other and floor(shown) == other and (unit is Unit.SHARE or other < 60):
        for decimals in range(1, 7):
            cut = floor(shown * 10**decimals + 1e-6) / 10**decimals
            if cut != other:
                return Sentence("amount.percent" if unit is Unit.SHARE else "amount.seconds", value=cut)
    if unit is Unit.SHARE:
        return Sentence("amount.percent", value=floor(shown))
    return Sentence("amount.span", value=value)


def alert_text(rule: Rule, name: str, value: float, breach: float | None = None) -> Sentence:
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
        if not rule.state:
            return Sentence("alert.longer", name=name, figure=watch.id, value=value, limit=limit)
        state, _, reason = rule.state.partition(":")
        kind = "alert.longer_in_state_for_reason" if reason else "alert.longer_in_state"
        return Sentence(kind, name=name, state=state, reason=reason, value=value, limit=limit)
    beyond = "below" if low else "above"
    if breach is not None:
        now = amount(value, watch.unit, at)
        kind = f"alert.soon_{beyond}"
        said = Sentence(kind, name=name, figure=watch.id, value=now, limit=limit, within=_near(breach))
    elif rule.is_bad(value):
        now = amount(value, watch.unit, at)
        said = Sentence(f"alert.{beyond}", name=name, figure=watch.id, value=now, limit=limit)
    else:  # it has come back, but not far enough
        now, limit = amount(value, watch.unit, rule.clear_at), _limit(rule.clear_at, watch.unit)
        kind = f"alert.not_back_{'above' if low else 'below'}"
        said = Sentence(kind, name=name, figure=watch.id, value=now, limit=limit)
    return said + _how(rule)


def _near(breach: float) -> float:
    """Seconds to a breach as far as one can say: whole minutes, or five seconds where it is less than one."""
    return 60.0 * round(breach / 60) if breach >= 57.5 else max(5.0 * round(breach / 5), 5.0)


def _how(rule: Rule) -> Sentence:
    """By which formula, and over how long."""
    formula = rule.formula.id if rule.watch.id == SERVICE_LEVEL else None
    if rule.window is None:
        return NOTHING if formula is None else Sentence("alert.by_formula", formula=formula)
    if formula is None:
        return Sentence("alert.over_last", window=rule.window)
    return Sentence("alert.by_formula_over_last", formula=formula, window=rule.window)


def _limit(value: float, unit: Unit) -> Sentence:
    return Sentence("amount.percent", value=value * 100) if unit is Unit.SHARE else amount(value, unit)
