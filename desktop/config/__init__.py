"""Profiles: a TOML file and environment variables, each value with where it came from."""

from desktop.config.profile import load_profile, read_profile
from desktop.config.setting import BackendSettings, ConfigError, Profile, Setting

__all__ = ["BackendSettings", "ConfigError", "Profile", "Setting", "load_profile", "read_profile"]
