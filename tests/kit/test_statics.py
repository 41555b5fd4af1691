"""What is said of a class without making one."""

import importlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Self

import pytest

from desktop.domain.entities.customer import Customer
from desktop.ports import registry
from desktop.ports.assist import Article, Assist
from desktop.ports.base import API, OLDEST_API, Backend, Capability, Kind, Manifest
from desktop.ports.kinds import KINDS
from desktop.ports.options import Option
from desktop.testing import statics
from desktop.testing.check import check
from desktop.testing.contracts.base import Contract
from desktop.words.catalogue import in_words

from .reference.assist import ReferenceAssist
from .reference.crm import ReferenceCrm


def changed(**news: Any) -> Manifest:
    return replace(ReferenceCrm.manifest, **news)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in Kind for name in registry.names(kind)])
def test_every_installed_backend_keeps_to_its_port(kind: Kind, name: str) -> None:
    backend = registry.load(kind, name)
    assert [*statics.entry_point_complaints(backend, kind, name), *statics.complaints(backend)] == []


@pytest.mark.parametrize(
    ("manifest", "wanted"),
    [
        (changed(api=API + 1), f"it is written for plug-in API {API + 1}, and this desktop has {OLDEST_API} to {API}"),
        (changed(name="Mine!"), "the name 'Mine!' is not made of lower-case letters, digits, - and _"),
        (changed(title=" "), "the title is empty"),
        (changed(capabilities=frozenset({"sings"})), "'sings' is not a capability"),
    ],
)
def test_a_manifest_says_what_is_wrong_with_it(manifest: Manifest, wanted: str) -> None:
    assert statics.manifest_complaints(manifest) == [wanted]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ((Option("Url", "Where."),), "option 'Url' is not lower-case words joined by _"),
        ((Option("backend", "Which."),), "option 'backend' is not lower-case words joined by _"),
        ((Option("url", "Where."), Option("url", "Where.")), "option 'url' is declared twice"),
        ((Option("url", " "),), "option 'url' has no help"),
        ((Option("url", "Where.", "link"),), "option 'url' is of the unknown kind 'link'"),
        ((Option("api_token", "Who."),), "option 'api_token' sounds like a secret and is not of the kind secret"),
        ((Option("pin", "Who.", "secret", default="1234"),), "option 'pin' is a secret with a default"),
    ],
)
def test_an_option_says_what_is_wrong_with_it(options: tuple[Option, ...], wanted: str) -> None:
    assert statics.option_complaints(options) == [wanted]


def test_declared_and_implemented_must_be_the_same() -> None:
    class Wrong(ReferenceCrm):
        manifest = changed(capabilities=(ReferenceCrm.manifest.capabilities | {Capability.LINK}) - {Capability.CASES})

    assert sorted(statics.capability_complaints(Wrong)) == [
        "cases() is implemented and cases is not declared",
        "link is declared and link() is not implemented",
        "link is declared and unlink() is not implemented",
    ]


def test_methods_must_be_callable_as_the_port_says() -> None:
    class Wrong(Assist):
        manifest = ReferenceAssist.manifest

        @classmethod
        def create(cls, given: Mapping[str, str]) -> Self:  # by position: any name will do
            return cls()

        def open(self) -> frozenset[Capability]:  # type: ignore[override]
            return frozenset()

        async def rank(self, text: str, *, most: int) -> Sequence[Article]:  # type: ignore[override]
            return ()

    assert sorted(statics.method_complaints(Wrong)) == [
        "close() is missing",
        "open() is not async",
        "rank(): the parameter 'limit' is missing",
        "rank(): the parameter 'most' is not in the port and has no default",
    ]


def test_more_is_allowed_where_nobody_has_to_give_it() -> None:
    class More(ReferenceCrm):
        async def customer(self, customer_id: str, fields: str = "", **_: object) -> Customer:
            return await super().customer(customer_id)

    assert statics.complaints(More) == []


def test_what_is_no_backend_of_its_kind_is_told() -> None:
    class Wrong(ReferenceAssist):
        manifest = replace(ReferenceAssist.manifest, kind=Kind.CRM)

    assert "it is not a Crm" in statics.complaints(Wrong)
    assert statics.complaints(object) == ["there is no manifest"]  # type: ignore[arg-type]


def test_the_table_of_methods_is_that_of_the_ports() -> None:
    """Every optional method of a port is switched on by a capability, and no other is in the table."""
    for kind, port in statics.PORTS.items():
        optional = {
            name
            for name, method in inspect.getmembers(port)
            if callable(method)
            and not name.startswith("_")
            and name not in port.__abstractmethods__
            and not hasattr(Backend, name)
        }
        named = {method for methods in statics.METHODS[kind].values() for method in methods}
        assert named == optional - {"watch"}, kind  # `watch` does nothing where nothing has to be done


def test_every_capability_with_a_method_has_a_test() -> None:
    from desktop.testing.group import proven_by

    for kind, spec in KINDS.items():
        contract: type[Contract[Any]] = resolve_name(spec.contract)
        proven = {one for test in vars(contract).values() for one in proven_by(test)}
        for base in contract.__mro__:
            proven |= {one for test in vars(base).values() for one in proven_by(test)}
        assert statics.METHODS[kind].keys() <= proven, kind


PLUGIN = """
from desktop.ports import base
from desktop.ports.base import API, Kind, Manifest
from tests.kit.reference.crm import ReferenceCrm

NUMBER = 2

class Mine(ReferenceCrm):
    manifest = Manifest(kind=Kind.CRM, name="mine", api={api}, title="Mine", capabilities=frozenset())
"""


@pytest.mark.parametrize(("api", "fine"), [("2", True), ("API", False), ("base.API", False), ("NUMBER", False)])
def test_the_number_of_the_api_is_written_and_not_taken_from_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str, fine: bool
) -> None:
    name = f"plugin_with_{api.replace('.', '_')}"
    (tmp_path / f"{name}.py").write_text(PLUGIN.format(api=api))
    monkeypatch.syspath_prepend(tmp_path)
    backend = importlib.import_module(name).Mine
    told = statics.api_complaints(backend)
    assert (told == []) is fine
    assert all(f"{name} does not write its manifest's api as a number" in one and "api=2" in one for one in told)
    assert set(told) <= set(statics.complaints(backend))


def installed(folder: Path, name: str, api: int) -> None:
    """A package of a CRM that says which API it was written for."""
    (folder / f"{name}.py").write_text(PLUGIN.format(api=api).replace('"mine"', f'"{name}"'))
    facts = folder / f"{name}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[agent_desktop.crm]\n{name} = {name}:Mine\n")


def test_one_release_ago_is_loaded_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    installed(tmp_path, "aged", OLDEST_API)
    monkeypatch.syspath_prepend(tmp_path)
    backend = registry.load(Kind.CRM, "aged")
    wanted = f"The crm backend 'aged' was written for plug-in API {OLDEST_API}. This desktop has {API}, and its next"
    assert in_words(registry.old(backend.manifest)).startswith(wanted)
    assert f"will not load the crm backend 'aged': plug-in API {OLDEST_API}" in caplog.text
    (warning,) = check(Kind.CRM, "aged").warnings
    assert f"written for plug-in API {OLDEST_API}" in warning
    assert statics.manifest_complaints(backend.manifest) == []


@pytest.mark.parametrize(
    ("api", "remedy"), [(OLDEST_API - 1, "Ask its author for a newer version."), (API + 1, "Update the desktop.")]
)
def test_what_is_out_of_the_range_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: int, remedy: str
) -> None:
    name = f"strange_{api}".replace("-", "_")
    installed(tmp_path, name, api)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(registry.PluginBrokenError) as refused:
        registry.load(Kind.CRM, name)
    told = in_words(refused.value.sentence)
    assert f"was written for plug-in API {api}; this desktop has {OLDEST_API} to {API}. {remedy}" in told


def test_a_manifest_says_the_same_as_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = tmp_path / "misnamed-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: misnamed\nVersion: 1.0\n")
    target = f"{ReferenceCrm.__module__}:{ReferenceCrm.__name__}"
    (facts / "entry_points.txt").write_text(
        f"[agent_desktop.crm]\nmisnamed = {target}\n[agent_desktop.presence]\n{ReferenceCrm.manifest.name} = {target}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    name = ReferenceCrm.manifest.name
    assert check(Kind.CRM, "misnamed").complaints == (
        f"the manifest's name is {name!r} and the entry point's is 'misnamed'",
    )
    assert check(Kind.PRESENCE, name).complaints == (
        "the manifest's kind is crm and the entry point is in agent_desktop.presence",
    )
