"""Plug-ins: which there are, why one cannot be used, and what a port answers for one that does not offer something."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "plugin.unknown": mark("There is no {kind} backend named {name}."),
    "plugin.none_there": mark("None is installed."),
    "plugin.brought_twice": mark("Several packages bring a {kind} backend named {name}: {packages}. Keep only one."),
    "plugin.cannot_be_imported": mark("The {kind} backend {name} cannot be imported: {why}"),
    "plugin.not_a_backend": mark("The {kind} backend {name} is not a Backend."),
    "plugin.other_kind": mark("The backend {name} is not a {kind}."),
    "plugin.other_api": mark(
        "The {kind} backend {name} was written for plug-in API {api}; this desktop has {oldest} to {newest}."
    ),
    "plugin.old_api": mark(
        "The {kind} backend {name} was written for plug-in API {api}. This desktop has {newest}, and its next release"
        " will not load it."
    ),
    "plugin.update_desktop": mark("Update the desktop."),
    "plugin.ask_author": mark("Ask its author for a newer version."),
    "scaffold.bad_name": mark(
        "{name} cannot be the name of a plug-in: at most 30 lower-case letters and digits, words joined by - or _."
    ),
    "scaffold.taken": mark("There is already a {kind} backend named {name}. Choose another name."),
    "scaffold.in_the_way": mark("{folder} is already there, and nothing is overwritten."),
    "scaffold.not_written": mark("{folder} cannot be written: {why}"),
    "port.crm_lacks": mark("This CRM does not offer {capability}."),
    "port.contact_center_lacks": mark("This contact centre does not offer {capability}."),
    "port.phone_lacks": mark("This phone does not offer {capability}."),
    "port.no_presence_set": mark("This directory does not let us set presence."),
    "port.no_chat": mark("This directory offers no chat."),
    "port.reports_nothing": mark("This sender reports nothing by itself."),
    "port.no_such_channel": mark("This sender carries no {channel}."),
    "port.not_agreed": mark("The customer has not agreed to that channel."),
    "port.client_closed": mark("The connection to the {server} is closed."),
    "port.client_silent": mark("The {server} did not answer in time."),
}
