"""The past: why it could not be read, and reports of it that were written to files or not."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark, plural

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "history.not_read": mark("The history was not read."),
    "history.note_not_read": mark("The note was not read."),
    "history.no_web_address": mark("The contact centre answered with something that is not a web address."),
    "history.recording_opened": mark("Recording opened; this is in the audit log."),
    "history.recording_not_opened": mark("The recording was not opened."),
    "history.no_agent": mark("No agent is called {name}."),
    "history.no_queue": mark("There is no queue called {name}."),
    "history.no_code": mark("There is no wrap-up code called {name}."),
    "history.no_outcome": mark("There is no outcome called {name}. There are: {names}."),
    "history.no_channel": mark("There is no channel called {name}. There are: {names}."),
    "history.no_seconds": mark("{name} is not a length of time. Write it as waited:90 or waited:2m."),
    "history.no_number": mark("{name} is not a whole address. Write the number as +442079460018, or leave out from:."),
    "history.no_search": mark(
        "This contact centre cannot find contacts by words. Use agent:, code:, queue: and so on."
    ),
    "history.no_snapshot": mark("The contact centre sent no snapshot."),
    "report.given_up": mark("Cancelled. r tries again."),
    "report.not_written": mark("The report was not written."),
    "report.not_written_because": mark("The report was not written: {why}"),
    "report.written": plural("{n:,.0f} row written to {file}.", "{n:,.0f} rows written to {file}."),
    "report.written_there_are_more": plural(
        "{n:,.0f} row written to {file}; there are more.", "{n:,.0f} rows written to {file}; there are more."
    ),
    "report.file_is_there": mark("{file} already exists."),
    "report.is_a_folder": mark("{file} is a folder."),
    "report.cannot_be_written": mark("{file} cannot be written: {why}."),
    "report.ending": mark("The file name must end in {endings}."),
    "report.csv_or_json": mark("The file name must end in .csv or .json."),
    "report.only_intervals": mark("Only intervals can be saved as an HTML page."),
    "report.no_duckdb": mark("Parquet needs the extra history: pip install 'agent-desktop[history]'"),
}
