"""Development settings: Messenger secrets of the simulator's own, made once and kept in the data folder."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from bot.settings import DEVELOPMENT, Settings
from bot.simulator.graph import SIMULATOR_GRAPH_PATH

_FILE = "development.json"


def development_environment(settings: Settings) -> dict[str, str]:
    """Give the Messenger settings for the simulator, the same ones at every start."""
    file = settings.var / _FILE
    if not file.exists():
        settings.var.mkdir(parents=True, exist_ok=True)
        names = ("FRONTDESK_MESSENGER_APP_SECRET", "FRONTDESK_MESSENGER_VERIFY_TOKEN", "FRONTDESK_MESSENGER_PAGE_TOKEN")
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            json.dump({name: DEVELOPMENT + secrets.token_hex(24) for name in names}, out, indent=2)
    return {**_read(file), "FRONTDESK_GRAPH_URL": settings.public.url + SIMULATOR_GRAPH_PATH}


def with_development(environment: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Add the development settings to `environment` where it has no Messenger settings of its own."""
    if settings.messenger is not None:
        return dict(environment)
    return {**environment, **development_environment(settings)}


def _read(file: Path) -> dict[str, str]:
    document: dict[str, str] = json.loads(file.read_text("utf-8"))
    return document
