"""A failure is told in the app's own words, and whoever tests it is told of the error itself."""

import pytest

from desktop.tui.textual_patches import switch
from desktop.tui.textual_patches.crash_handling import GuardedApp


class Failing(GuardedApp):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[Exception] = []

    def crashed(self, error: Exception) -> str:
        self.told.append(error)
        return "our own words"

    def on_mount(self) -> None:
        raise ValueError("secret")


@pytest.mark.parametrize("plain", [frozenset(), frozenset({"crash"})], ids=["ours", "plain"])
async def test_the_first_error_is_handled_once_and_raised_for_tests(
    plain: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "_plain", plain)
    app = Failing()
    with pytest.raises(ValueError, match="secret"):
        async with app.run_test():
            pass
    assert [str(error) for error in app.told] == ["secret"]
    assert app.return_code == 1
