"""New plug-in packages for authors: `plugin.py` writes one out of the `templates`, which are plain files of Jinja."""
