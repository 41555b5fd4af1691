"""The tasks of this project: `nox -s NAME`, `nox -l` lists them. CONTRIBUTING.md says which is for what."""

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
    """All tests but those of real servers."""
    _install(session)
    session.run("python", "-m", "pytest", *(session.posargs or ["-n", "auto"]))


@nox.session
def unit(session: nox.Session) -> None:
    """Domain and application."""
    _install(session)
    session.run("python", "-m", "pytest", "tests/domain", "tests/app", *(session.posargs or ["-n", "auto"]))


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
