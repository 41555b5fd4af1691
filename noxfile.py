"""The tasks of this project: `nox -s NAME`, `nox -l` lists them. CONTRIBUTING.md says which is for what."""

import re
import shutil
from datetime import date
from pathlib import Path

import nox

nox.options.sessions = ["lint", "tests", "docs"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False


def _install(session: nox.Session, lock: str = "requirements-test.lock") -> None:
    """The locked versions, and the clone itself as the program."""
    session.install("-qr", lock)
    session.install("-q", "--no-deps", "--no-build-isolation", "-e", ".")


@nox.session
def dev(session: nox.Session) -> None:
    """The demo; a change of a .tcss file shows while it runs."""
    _install(session, "requirements.lock")
    session.run("agent-desktop", "demo", *session.posargs, env={"TEXTUAL": "debug"})


@nox.session
def tests(session: nox.Session) -> None:
    """The quick tier; `-- -n auto --all` runs the thorough tests too."""
    _install(session)
    session.run("python", "-m", "pytest", *(session.posargs or ["-n", "auto"]))


@nox.session
def unit(session: nox.Session) -> None:
    """Domain and application, without what takes seconds."""
    _install(session)
    quick = ["tests/domain", "tests/app", "-m", "not thorough"]  # paths that are named run every tier otherwise
    session.run("python", "-m", "pytest", *quick, *(session.posargs or ["-n", "auto"]))


@nox.session
def lint(session: nox.Session) -> None:
    """Style, format, types and import contracts."""
    _install(session)
    session.run("python", "-m", "ruff", "check", ".")
    session.run("python", "-m", "ruff", "format", "--check", ".")
    session.run("python", "-m", "mypy")
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """The site, strictly, into build/site; `-- serve` shows it while you write."""
    session.install("-q", "--group", "build", ".[docs]")
    if session.posargs:
        session.run("python", "-m", "mkdocs", *session.posargs)
    else:
        session.run("python", "-m", "mkdocs", "build", "--strict")


@nox.session
def bench(session: nox.Session) -> None:
    """The measurements; without words after `--` in a hurry, to see that all work."""
    _install(session)
    session.run("python", "-m", "tests.bench", *(session.posargs or ["--quick"]))


@nox.session
def profile(session: nox.Session) -> None:
    """Where the time goes in a module: `nox -s profile -- MODULE [WORDS]`."""
    _install(session)
    words = session.posargs or ["tests.bench.bench_reducer", "--batches", "60"]
    file = f"{session.create_tmp()}/profile"
    session.run("python", "-m", "cProfile", "-o", file, "-m", *words)
    show = f"import pstats; pstats.Stats({file!r}).sort_stats('cumulative').print_stats(40)"
    session.run("python", "-c", show)


@nox.session
def build(session: nox.Session) -> None:
    """Wheel and source distribution, into build/dist."""
    session.install("-q", "build", "--group", "build")
    session.run("python", "-m", "build", "--no-isolation", "--outdir", "build/dist")


@nox.session
def release(session: nox.Session) -> None:
    """A release: `-- VERSION` checks, builds and tags; `-- VERSION --rehearse` does it in a copy. Nothing is pushed."""
    words = [one for one in session.posargs if one != "--rehearse"]
    if len(words) != 1 or not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", words[0]):
        session.error("Which version? nox -s release -- 1.2.3")
    (version,) = words
    if session.run("git", "status", "--porcelain", external=True, silent=True):
        session.error("There are changes that are not committed.")
    if "--rehearse" in session.posargs:
        copy = Path(session.create_tmp()) / "rehearsal"
        shutil.rmtree(copy, ignore_errors=True)
        session.run("git", "clone", "-q", str(Path.cwd()), str(copy), external=True)
        session.chdir(copy)
    _name_version(session, version)
    session.install("-q", "build", "twine", "--group", "build")
    shutil.rmtree("build/dist", ignore_errors=True)
    session.run("python", "-m", "build", "--no-isolation", "--outdir", "build/dist")
    made = sorted(map(str, Path("build/dist").iterdir()))
    session.run("python", "-m", "twine", "check", "--strict", *made)
    for one in made:  # the wheel, and the source as whoever packages it builds it
        session.run("python", "-m", "venv", "--clear", "build/clean")
        session.run("build/clean/bin/pip", "install", "-q", f"{one}[demo,kit]", external=True)
        told = session.run("build/clean/bin/agent-desktop", "--version", external=True, silent=True)
        if str(told).split() != ["agent-desktop", version]:
            session.error(f"{one} says that it is {told}")
        session.run("build/clean/bin/agent-desktop", "mock", "--help", external=True, silent=True)
    _install(session, "requirements-test.lock")
    session.run("python", "-m", "ruff", "check", ".")
    session.run("python", "-m", "mypy")
    session.run("python", "-m", "pytest", *(["tests/domain"] if "--rehearse" in session.posargs else ["-n", "auto"]))
    session.run("git", "commit", "-qam", f"Version {version}", external=True)
    session.run("git", "tag", "-a", f"v{version}", "-m", f"Version {version}", external=True)
    session.log(f"Tagged v{version}. Push it with: git push --follow-tags")


def _name_version(session: nox.Session, version: str) -> None:
    """In the project and in the changelog, whose section of what is unreleased becomes the version's."""
    for file, before, after in (
        ("pyproject.toml", r'(?m)^version = ".*"$', f'version = "{version}"'),
        ("CHANGELOG.md", r"(?m)^## Unreleased$", f"## Unreleased\n\n## {version} - {date.today():%Y-%m-%d}"),
    ):
        text, found = re.subn(before, after, Path(file).read_text("utf-8"))
        if found != 1:
            session.error(f"{file} has {found} places for the version.")
        Path(file).write_text(text, "utf-8")
