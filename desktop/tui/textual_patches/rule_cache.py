"""Rules of style that were found for a place in the tree, kept for the next time the same place looks the same.

Upstream: `textual.css.stylesheet.Stylesheet.apply` and `Stylesheet._process_component_classes`.
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/css/stylesheet.py#L470
Why: Textual looks through all rules for each widget, and for each of the parts that a field is made of, whenever a
class of the screen changes; a desk has some 200 widgets and 700 such parts. What fits depends on nothing but the path
from the app to the widget: types, names, classes and the few states of each. A contact goes through the same few
pictures again and again. What depends on neighbours, as `:first-child` does, is left to Textual.
Switch: rules
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from textual.css.styles import RulesMap, Styles
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

from desktop.tui.textual_patches.switch import is_plain

MOST: Final = 8_192
"""Places that are kept."""


class Kept(NamedTuple):
    """What holds at a place. `rules`: None where no rule fits. `hover`: a rule asks whether the mouse is there."""

    rules: RulesMap | None
    hover: bool


class RuleCache(Stylesheet):
    """A stylesheet that remembers."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._kept: dict[int, Kept] = {}
        self._kept_parts: dict[int, Mapping[str, RulesMap]] = {}
        self._kept_for: object = None
        self._places: dict[Hashable, int] = {}
        self._places_of: dict[DOMNode, int] | None = None  # while several are restyled, and nothing else happens
        self._parts_differ = False  # by neighbours, of the node whose parts are looked at

    def update_nodes(self, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        """See the base class."""
        self._places_of = {}
        try:
            super().update_nodes(nodes, animate=animate)
        finally:
            self._places_of = None

    def apply(
        self, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], RulesMap] | None = None
    ) -> None:
        """See the base class."""
        if is_plain("rules"):
            return super().apply(node, animate=animate, cache=cache)
        if type(node) is DOMNode:  # part of a field: looked at once, with its field
            super().apply(node, animate=animate)
            self._parts_differ = self._parts_differ or _asks_neighbours(node)
            return
        if self._kept_for is not self.rules_map or len(self._places) > MOST:  # other rules, as after a change of theme
            self._kept_for = self.rules_map
            self._forget()
            self._places_of = None if self._places_of is None else {}
        place = self._place(node)
        kept = self._kept.get(place)
        if kept is None:
            found: dict[tuple[Any, ...], RulesMap] = {}
            super().apply(node, animate=animate, cache=found)
            if not _asks_neighbours(node):
                rules = next(iter(found.values()), None)
                self._kept[place] = Kept(None if rules is None else _as_set(rules), node._has_hover_style)
            return
        node._has_hover_style = kept.hover
        node._has_focus_within = node._has_order_style = node._has_odd_or_even = False
        if kept.rules is not None:
            if _differ(node.styles.base._rules, kept.rules):
                self.replace_rules(node, kept.rules, animate=animate)
            elif not animate:
                node.notify_style_update()
        self._process_component_classes(node)

    def _forget(self) -> None:
        self._kept, self._kept_parts, self._places = {}, {}, {}

    def _process_component_classes(self, node: DOMNode) -> None:
        """See the base class."""
        if is_plain("rules") or not node._get_component_classes():
            return super()._process_component_classes(node)
        place, styles = self._place(node), node._component_styles
        kept = self._kept_parts.get(place)
        if kept is not None:
            others = [name for name, rules in kept.items() if name not in styles or styles[name].base._rules != rules]
            for name in others:
                part = DOMNode(classes=name)
                part._attach(node)
                part.styles.base._rules |= kept[name]  # in place: the styles hold on to it
                styles[name] = part.styles
            if others:
                node.refresh()
            return
        self._parts_differ = False
        super()._process_component_classes(node)
        if not self._parts_differ:
            self._kept_parts[place] = {name: one.base._rules.copy() for name, one in styles.items()}

    def _place(self, node: DOMNode) -> int:
        """Stands for all of a node, and of those above it, that a rule can ask for without looking at neighbours."""
        known = None if self._places_of is None else self._places_of.get(node)
        if known is not None:
            return known
        above = self._place(node._parent) if isinstance(node._parent, DOMNode) else 0
        states: Hashable
        if isinstance(node, Widget):
            states = (node.mouse_hover, node.has_focus, node.is_disabled, node.allow_focus())
        else:
            states = node.pseudo_classes
        place = (above, type(node), node._id, frozenset(node._classes), states)
        number = self._places.setdefault(place, len(self._places) + 1)
        if self._places_of is not None:
            self._places_of[node] = number
        return number


def _asks_neighbours(node: DOMNode) -> bool:
    return node._has_focus_within or node._has_order_style or node._has_odd_or_even


def _differ(some: RulesMap, others: RulesMap) -> bool:
    """Whether these are not the same rules; a layout is another object for each widget."""
    layout, other = some.get("layout"), others.get("layout")
    if layout is not None and other is not None and layout.name == other.name:
        return {**some, "layout": other} != others
    return some != others


def _as_set(rules: RulesMap) -> RulesMap:
    """The rules as styles keep them, which is not always as they were written."""
    styles = Styles()
    for name, value in rules.items():
        setattr(styles, name, value)
    return styles._rules
