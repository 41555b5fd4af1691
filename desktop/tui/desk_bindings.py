"""What Textual is told of the table of keys."""

from textual.binding import Binding, BindingType

from desktop.tui.keys import KEYS, PICK


def desk_bindings() -> list[BindingType]:
    """Keys of every verb, of picking one of several, and enter, which confirms an end."""
    bindings: list[BindingType] = []
    for key in KEYS:
        if key.always:
            bindings.append(
                Binding(",".join(key.always), f"desk('{key.action}')", key.label, show=False, priority=True, id=key.id)
            )
        if key.letters:
            bindings.append(
                Binding(",".join(key.letters), f"desk('{key.action}')", key.label, show=False, id=f"{key.id}.letter")
            )
    bindings += [Binding(key, f"pick({n})", show=False, priority=True) for n, key in enumerate(PICK, start=1)]
    bindings += [Binding(str(n), f"pick({n})", show=False) for n in range(1, 10)]
    bindings.append(Binding("enter", "confirm_end", show=False, priority=True))
    return bindings
