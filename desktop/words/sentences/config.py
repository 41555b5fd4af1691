"""Profiles and what is wrong with them."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "extra.demo": mark("The mock servers need {packages}: pip install 'agent-desktop[{extra}]'"),
    "extra.mocks": mark("The imitation of Twilio needs {packages}: pip install 'agent-desktop[{extra}]'"),
    "extra.kit": mark("Checking a backend needs {packages}: pip install 'agent-desktop[{extra}]'"),
    "config.at": mark("{where}: {problem}"),
    "config.backend_failed": mark("the backend failed: {error}."),
    "config.bad_name": mark("{where}: a name is made of up to 32 small letters and digits, a letter first."),
    "config.cannot_be_changed": mark("{key} cannot be changed from here: change it in the file."),
    "config.changed_meanwhile": mark(
        "{path} was changed by another program. Nothing was written; its values are shown now."
    ),
    "config.choose_one": mark('Choose one with --profile, or write default = "{first}" at the head of the file.'),
    "config.did_you_mean": mark("Did you mean {word}?"),
    "config.file_read_only": mark("{path} is read-only: settings cannot be changed here."),
    "config.file_too_large": mark("{path} is too large to be a configuration."),
    "config.file_unreadable": mark("{path} cannot be read: {why}."),
    "config.file_unwritable": mark("{path} cannot be written: {why}."),
    "config.from_command_line": mark("command line"),
    "config.from_default": mark("default"),
    "config.from_keyring": mark("keyring {name}"),
    "config.from_secret_file": mark("{option} file {path}"),
    "config.from_variable": mark("environment {variable}"),
    "config.installed": mark("Installed: {names}."),
    "config.keyring_empty": mark("The keyring holds nothing for {name}. Store it with: {command}"),
    "config.keyring_fails": mark("The keyring cannot be asked: {error}."),
    "config.keyring_not_installed": mark(
        "The keyring is named but not installed: pip install 'agent-desktop[keyring]'."
    ),
    "config.make_one": mark("Make one with: agent-desktop config init NAME. Or look around with: agent-desktop demo"),
    "config.names_none": mark("{variable}: this profile has several {kind} backends; name one, as in {example}."),
    "config.no_answer": mark("No answer within {seconds:g} s."),
    "config.no_backend": mark("{where}: `backend` is missing."),
    "config.no_contact_center": mark("{where}: no contact_center is named."),
    "config.no_profile": mark("There is no profile {name} in {path}."),
    "config.not_a_flag": mark("{option} must be true or false."),
    "config.not_a_number": mark("{option} must be a number."),
    "config.not_a_table": mark("{where} must be a table."),
    "config.not_plain": mark("{where} must be a text, a number or true/false."),
    "config.not_toml": mark("{path} is not valid TOML: {why}."),
    "config.nothing_can_follow": mark(
        "No profile can be added: the file has all its profiles in one line. Write each as a table of its own first."
    ),
    "config.not_tried": mark("not tried, since its settings are wrong"),
    "config.one_of": mark("{origin} must be one of {words}."),
    "config.only_one": mark("{where}: there can be only one {kind:source}."),
    "config.option_missing": mark("{option} is missing: {help}"),
    "config.profile_name": mark("A profile's name is made of up to 64 letters, digits, '_', '.' and '-'."),
    "config.profiles_there": mark("Profiles there: {names}."),
    "config.region": mark("{origin}: a region is two letters, like GB."),
    "config.same_name": mark("{where}: {times} are named {name}. Give each a `name` of its own."),
    "config.secret_empty": mark("The {what} is empty."),
    "config.secret_in_profile": mark(
        "{key} must not stand in the profile; put it into a file of mode 0600 and name that as {file}."
    ),
    "config.secret_missing": mark("{option} is missing. Name a private file as {file}, or set {variable}."),
    "config.secret_not_ours": mark("The {what} belongs to somebody else."),
    "config.secret_not_plain": mark("The {what} is not a plain file."),
    "config.secret_open": mark("The {what} can be read by others. Fix it with: {command}"),
    "config.secret_too_large": mark("The {what} is too large for a secret."),
    "config.secret_unreadable": mark("The {what} cannot be read: {why}."),
    "config.the_backend_failed": mark("The backend failed: {error}."),
    "config.unknown_key": mark("{where}: {key} is not known here."),
    "config.unknown_option": mark("{key} is not an option of this backend."),
}
