"""Nothing can be kept on this machine: the desktop works and says so, and commands say it in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import run
from tests.e2e.workplace import Workplace, finish, talking, until

pytestmark = pytest.mark.thorough


@pytest.fixture
def nowhere(place: Workplace) -> Workplace:
    """A file stands where the profile's folder should be."""
    place.data.write_text("not a folder")
    return place


def test_the_desktop_starts_and_says_that_notes_cannot_be_saved(nowhere: Workplace) -> None:
    with nowhere.desktop() as screen:
        screen.wait_for(lambda seen: "cannot be saved" in seen and "file where" in " ".join(seen.split()))
        talking(nowhere, screen)
        screen.send("kept in memory")
        screen.wait_for("NOT SAVED")
        # Now there can be a folder: the profile is locked first, and only then is anything written.
        nowhere.data.unlink()
        screen.wait_for("can be saved again", 20)
        assert nowhere.drafts() == ["kept in memory"]
        with nowhere.desktop() as second:
            assert second.wait_exit() == 1
            assert "already open" in second.after_screen
        screen.press_twice("f8")
        finish(screen)
        (body,) = until(nowhere.written_back)
        assert body["note"] == "kept in memory"


def test_while_another_one_has_the_profile_nothing_is_written(nowhere: Workplace, tmp_path: Path) -> None:
    with nowhere.desktop() as without:
        without.wait_for("cannot be saved")
        nowhere.data.unlink()
        with nowhere.desktop() as other:
            # Whoever takes the lock first writes; the other one says who it is and goes on trying.
            other.wait_for(lambda seen: "Maya" in seen or "already open" in seen, 20)
            held = list(nowhere.data.glob("*.lock.holder"))
            assert len(held) == 1
            assert f'"pid": {other.pid}' in held[0].read_text() or f'"pid": {without.pid}' in held[0].read_text()


@pytest.mark.parametrize(
    "words",
    [
        ("outbox", "retry"),
        ("outbox", "list"),
        ("do", "wrap_up", "i1", "--note", "x"),
        ("erase", "C-4471"),
        ("config", "check"),
    ],
    ids=" ".join,
)
def test_commands_say_it_in_one_sentence(nowhere: Workplace, words: tuple[str, ...]) -> None:
    done = run("--config", str(nowhere.config), *words, env=nowhere.env)
    assert "Traceback" not in done.words
    assert "inside" not in done.words, "nothing went wrong inside"
    if words in {("outbox", "list"), ("config", "check")}:
        assert done.code in (0, 3)
    else:
        assert done.code == 3
        assert "file where a folder should be" in done.words


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
@pytest.mark.parametrize("mode", [0o555, 0o000], ids=["read only", "closed"])
def test_a_folder_that_may_not_be_written(tmp_path: Path, mode: int) -> None:
    """As root everything may be written, so the lock is asked for by somebody else."""
    folder = tmp_path / "folder"
    folder.mkdir(mode=mode)
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    script = (
        "import os, sys; from pathlib import Path; from desktop.app.storage.instance_lock import InstanceLock;"
        "from desktop.app.storage.errors import StoreReadOnly; from desktop.words.catalogue import in_words;"
        "os.setuid(65534)\n"
        "try: InstanceLock(Path(sys.argv[1])).acquire()\n"
        "except StoreReadOnly as error: print(in_words(error.sentence))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder / "work.lock")], capture_output=True, text=True, timeout=60
    )
    assert "cannot be written: Permission denied" in done.stdout, done.stderr
