"""The screen of reports: plots of the past, the week as a map, what is to come, and single contacts."""
