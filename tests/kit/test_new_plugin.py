"""What `backends new` writes: installed, it keeps its contract, and the desktop finds and checks it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.ports.kinds import KINDS, Kind
from tests.cli.command_line import Ran, clean_env, run

ROOT = Path(__file__).parents[2]
LONGEST = 180

NAMES = {kind: "phonebook" if kind is Kind.CRM else "acme-one" for kind in KINDS}
BREAKS = {
    Kind.CONTACT_CENTER: (
        '"after work": Phase.WRAP_UP',
        '"after work": Phase.CLOSED',
        "test_a_call_ends_in_wrap_up",
    ),
    Kind.CRM: (
        "if _plain(address) in map(_plain, one.addresses)",
        "if address in one.addresses",
        "test_a_number_is_found_however_it_is_written",
    ),
    Kind.PRESENCE: (
        '"do not disturb": PresenceState.DO_NOT_DISTURB',
        '"do not disturb": PresenceState.BUSY',
        "test_presence_is_shown_in_our_words",
    ),
    Kind.MESSAGING: (
        "        refuse_unasked(message, self.channels)",
        "        assert refuse_unasked",
        "test_nothing_goes_out_without_consent",
    ),
    Kind.VOICE: ('call_id, "reject")', 'call_id, "answer")', "test_a_call_is_sent_away"),
    Kind.ASSIST: ("reverse=True", "reverse=False", "test_the_best_comes_first"),
}
"""One way to break each backend: what stands there, what is put there, and the test of the contract that sees it."""


@dataclass(frozen=True)
class Made:
    """A package as it was written, and an environment in which it is installed."""

    kind: Kind
    name: str
    folder: Path
    env: dict[str, str]

    @property
    def backend(self) -> Path:
        """The module of the backend, as it is imported from the installation."""
        (found,) = (self.folder.parent / "installed").glob(f"*_{self.kind.value}/__init__.py")
        return found

    def tests(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run its own tests against what is installed."""
        command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "tests", *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=LONGEST, check=False
        )


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Kind], Made]:
    """Packages by their kind, each written and installed once."""
    made: dict[Kind, Made] = {}

    def of(kind: Kind) -> Made:
        if kind not in made:
            made[kind] = _made(kind, NAMES[kind], tmp_path_factory.mktemp(kind.value))
        return made[kind]

    return of


def _made(kind: Kind, name: str, place: Path) -> Made:
    ran = run("backends", "new", kind.value, name, "--into", str(place), env=clean_env(place))
    assert (ran.code, ran.json) == (0, {"kind": kind.value, "name": name, "folder": str(place / name)}), ran.words
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    command.append("--no-compile")  # what is broken on purpose would be as old, and as long, as what was compiled
    done = subprocess.run(
        [*command, "--target", str(place / "installed"), str(place / name)],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    paths = [str(place / "installed"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    env = clean_env(place, PYTHONPATH=os.pathsep.join(filter(None, paths)), PYTHONDONTWRITEBYTECODE="1")
    return Made(kind, name, place / name, env)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_its_own_tests_pass_and_prove_gold(new: Callable[[Kind], Made], kind: Kind, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = new(kind).tests("-p", "desktop.testing.report", f"--conformance-report={report}")
    assert done.returncode == 0, done.stdout
    (found,) = json.loads(report.read_text())["reports"]
    assert (found["kind"], found["name"], found["tier"]) == (kind.value, NAMES[kind], "gold")
    assert found["passed"] == found["required"] > 25
    assert found["label"] == "shape-only"


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_its_tests_see_that_it_is_broken(new: Callable[[Kind], Made], kind: Kind) -> None:
    made = new(kind)
    there, instead, seen_by = BREAKS[kind]
    sound = made.backend.read_text()
    assert there in sound
    try:
        made.backend.write_text(sound.replace(there, instead))
        done = made.tests("-k", seen_by)
    finally:
        made.backend.write_text(sound)
    assert done.returncode == 1, done.stdout
    assert seen_by in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_its_code_is_clean(kind: Kind, tmp_path: Path) -> None:
    for name in ("a", "acme", "the-phone-book-of-our-compa-99"):
        run("backends", "new", kind.value, name, "--into", str(tmp_path), env=clean_env(tmp_path))
    for words in (("ruff", "check", "--no-cache", "."), ("ruff", "format", "--no-cache", "--check", ".")):
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "{{" in path.read_text()]


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_its_types_are_right(new: Callable[[Kind], Made], kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = tmp_path_factory.getbasetemp() / "mypy"  # the ports are read once for all kinds
    done = subprocess.run(
        [sys.executable, "-m", "mypy", f"--cache-dir={cache}"],
        cwd=new(kind).folder,
        env=clean_env(cache, MYPYPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.thorough
def test_the_desktop_finds_it(new: Callable[[Kind], Made]) -> None:
    listed = run("backends", env=new(Kind.CRM).env).json
    assert {"kind": "crm", "name": "phonebook", "package": "agent-desktop-phonebook-crm 0.1.0"} in listed


@pytest.mark.thorough
def test_the_check_runs_its_contract(new: Callable[[Kind], Made]) -> None:
    env = new(Kind.CRM).env | {"PYTEST_ADDOPTS": "-m nothing"}  # an author's own habits are not the contract's
    ran = run("backends", "check", "crm", "phonebook", env=env, timeout=LONGEST)
    assert ran.code == 0, ran.words
    found = ran.json
    assert (found["ok"], found["tier"], found["complaints"], found["missing"]) == (True, "gold", [], [])
    assert set(found["conformance"]["groups"]) == {"shape", "behaviour", "honesty", "resilience"}


@pytest.mark.thorough
def test_the_check_opens_it_as_the_profile_says(new: Callable[[Kind], Made], tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        f'[profiles.work.crm]\nbackend = "phonebook"\nurl = "http://127.0.0.1:9"\ntoken_file = "{tmp_path}/token"\n'
    )
    (tmp_path / "token").write_text("t")
    (tmp_path / "token").chmod(0o600)
    words = ("--config", str(tmp_path / "config.toml"), "--profile", "work")
    ran = run("backends", "check", "crm", "phonebook", "--open", *words, env=new(Kind.CRM).env, timeout=LONGEST)
    assert ran.code == 3, ran.words
    (opened,) = ran.json["opened"]
    assert (opened["ok"], opened["error"]) == (False, "Unavailable")


@pytest.mark.thorough
def test_the_check_finds_what_is_broken(new: Callable[[Kind], Made]) -> None:
    made = new(Kind.CRM)
    client = made.backend.with_name("client.py")
    sound = client.read_text()
    try:
        client.write_text(sound.replace("raise OutcomeUnknown(", "raise Unavailable(", 1))
        ran = run("backends", "check", "crm", "phonebook", "--markdown", env=made.env, timeout=LONGEST)
    finally:
        client.write_text(sound)
    assert ran.code == 1, ran.words
    assert ran.out.startswith("# crm phonebook\n")
    assert set(re.findall(r"FAILED (\S+):", ran.out.replace("\\", ""))) == {
        "test_changing_fails_in_the_right_way[dropped]",
        "test_changing_fails_in_the_right_way[answer_lost]",
        "test_a_receipt_that_got_lost_is_no_second_wrap_up",
    }
    assert "## crm phonebook: silver" in ran.out


CLIENT_TESTS = """
import time
from email.utils import formatdate

import pytest
from desktop.domain.entities.model import Address
from desktop.ports.errors import OutcomeUnknown, RateLimited, Unavailable
from desktop.testing.contracts.crm.writing import record
from desktop.testing.fault_proxy import Answer, Mode
from desktop.testing.rig import Fault
from phonebook_crm.client import TIMEOUT
from phonebook_crm.rig import PhonebookCrmRig


async def test_what_servers_say() -> None:
    async with PhonebookCrmRig() as rig, rig.opened() as backend:
        for said, least, most in ((formatdate(time.time() + 60, usegmt=True), 50, 60), ("soon", 5, 5), ("nan", 5, 5),
                                  ("-3", 0, 0), ("1e9", 300, 300), ("", 5, 5)):
            await rig.proxy.set(Mode.ANSWER, Answer(429, {"Retry-After": said}, b"{}"))
            with pytest.raises(RateLimited) as limited:
                await backend.find(Address("phone", "+442079460018"))
            assert least <= limited.value.retry_after <= most, said
        for status in (500, 502, 504):
            await rig.proxy.set(Mode.ANSWER, Answer(status, {}, b"{}"))
            with pytest.raises(OutcomeUnknown):
                await backend.log_wrap_up(record("key", None))
        await rig.proxy.set(Mode.ANSWER, Answer(503, {}, b"{}"))
        with pytest.raises(Unavailable):
            await backend.log_wrap_up(record("key", None))
        await rig.fault(Fault.REFUSED)
        with pytest.raises(Unavailable) as refused:
            await backend.find(Address("phone", "+442079460018"))
        assert refused.value.detail
        assert backend.deadlines.read > TIMEOUT
"""


@pytest.mark.thorough
def test_its_client_understands_what_servers_say(new: Callable[[Kind], Made]) -> None:
    """What the contract leaves open and the guide advises."""
    made = new(Kind.CRM)
    own = made.folder / "tests" / "test_client.py"
    own.write_text(CLIENT_TESTS)
    try:
        done = made.tests("-k", "test_what_servers_say")
    finally:
        own.unlink()
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name", ["", "Acme", "1st", "a b", "a.b", "a/b", "../a", "a-", "_a", "a--b", "é", "x" * 31, "a\n"]
)
def test_a_name_that_cannot_be_one_is_refused(name: str, tmp_path: Path) -> None:
    into = tmp_path / "into"
    ran = run("backends", "new", "crm", name, "--into", str(into), env=clean_env(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be the name of a plug-in" in ran.words
    assert not into.exists()


@pytest.mark.thorough
def test_a_name_that_is_taken_is_refused(new: Callable[[Kind], Made], tmp_path: Path) -> None:
    for name, env in (("mock", clean_env(tmp_path)), ("phonebook", new(Kind.CRM).env)):
        ran = run("backends", "new", "crm", name, "--into", str(tmp_path / "into"), env=env)
        assert (ran.code, ran.out) == (2, "")
        assert f"already a crm backend named '{name}'" in ran.words
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_nothing_is_overwritten(what: str, tmp_path: Path) -> None:
    there = tmp_path / "acme"
    if what == "folder":
        there.mkdir()
    elif what == "file":
        there.write_text("mine")
    else:
        there.symlink_to(tmp_path / "nowhere")
    ran = run("backends", "new", "crm", "acme", "--into", str(tmp_path), env=clean_env(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert "already there" in ran.words
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["acme"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    ran = run("backends", "new", "crm", "acme", "--into", str(tmp_path / "file"), env=clean_env(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be written" in ran.words


def test_a_plugin_without_a_rig_is_told_what_is_missing(tmp_path: Path) -> None:
    ran = run("backends", "check", "crm", "mock", env=clean_env(tmp_path))
    assert ran.code == 0
    assert (ran.json["ok"], ran.json["tier"], ran.json["conformance"]) == (True, None, None)
    assert "agent_desktop.rig.crm" in ran.json["missing"][0]


@pytest.mark.parametrize("action", ["check", "new"])
@pytest.mark.parametrize("words", [["crm"], [], ["nonsense", "mock"]])
def test_a_kind_and_a_name_are_wanted(action: str, words: list[str], tmp_path: Path) -> None:
    ran: Ran = run("backends", action, *words, env=clean_env(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.words


def test_a_check_of_nothing_is_a_mistake(tmp_path: Path) -> None:
    ran = run("backends", "check", "crm", "nonsense", env=clean_env(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.words
