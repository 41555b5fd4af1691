"""What Textual is told of the table of keys."""

from textual.binding import Binding, BindingType

from desktop.tui.keys.keys import KEYS, PICK


def desk_bindings() -> list[BindingType]:
    """Keys of every verb, and of picking one of several."""
    bindings: list[BindingType] = []
    for key in KEYS:
        does = f"desk('{key.action}')"
        if key.anywhere:
            bindings.append(Binding(",".join(key.anywhere), does, key.label, show=False, priority=True, id=key.id))
        if key.letters:
            bindings.append(Binding(",".join(key.letters), does, key.label, show=False, id=f"{key.id}.letter"))
    bindings += [Binding(key, f"pick({n})", show=False, priority=True) for n, key in enumerate(PICK, start=1)]
    bindings += [Binding(str(n), f"pick({n})", show=False) for n in range(1, 10)]
    return bindings
