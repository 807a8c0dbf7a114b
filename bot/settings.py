"""The settings, read from the environment: every name, its default, and every error at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

DEVELOPMENT = "development-"
"""Prefix of the Messenger secrets that `frontdesk run` makes for the simulator; real ones never have it."""


class SettingsError(Exception):
    """The settings are unusable: one line a problem. Correct the environment and start again."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems, one a line."""
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Address:
    """Where a listener binds."""

    host: str
    port: int

    def __str__(self) -> str:
        """Give HOST:PORT."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Give the address as an http URL."""
        return f"http://{self}"


@dataclass(frozen=True, slots=True)
class Messenger:
    """The Messenger app's secrets, which no repr shows, and the Graph API it sends to."""

    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    page_token: str = field(repr=False)
    graph_url: str

    @property
    def development(self) -> bool:
        """Say whether these are the simulator's own secrets."""
        return self.app_secret.startswith(DEVELOPMENT) and self.page_token.startswith(DEVELOPMENT)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment decides."""

    messenger: Messenger | None
    public: Address
    staff: Address
    internal: Address
    rasa: Address
    public_url: str
    """The base of the links that patients get."""
    var: Path
    vault_key_file: Path
    database_url: str = field(repr=False)
    """May hold a password. Empty: PostgreSQL is embedded, with its data under `var`."""

    @property
    def simulator(self) -> bool:
        """Say whether the simulator may run: only ever with its own secrets."""
        return self.messenger is not None and self.messenger.development


_ADDRESSES = {
    "FRONTDESK_PUBLIC_ADDR": "127.0.0.1:8080",
    "FRONTDESK_STAFF_ADDR": "127.0.0.1:8081",
    "FRONTDESK_INTERNAL_ADDR": "127.0.0.1:5055",
    "FRONTDESK_RASA_ADDR": "127.0.0.1:5005",
}
_MESSENGER = ("FRONTDESK_MESSENGER_APP_SECRET", "FRONTDESK_MESSENGER_VERIFY_TOKEN", "FRONTDESK_MESSENGER_PAGE_TOKEN")
GRAPH_URL = "https://graph.facebook.com/v23.0"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from `environment`; raises SettingsError with every problem found."""
    problems: list[str] = []
    addresses = {
        name: _address(name, environment.get(name) or default, problems) for name, default in _ADDRESSES.items()
    }
    messenger = _messenger(environment, problems)
    var = Path(environment.get("FRONTDESK_VAR") or "var")
    if var.exists() and not var.is_dir():
        problems.append("FRONTDESK_VAR: names a file, expected a folder (it is made if it is missing)")
    database_url = environment.get("DATABASE_URL", "")
    if database_url and not database_url.startswith(("postgresql://", "postgres://")):
        problems.append("DATABASE_URL: expected postgresql://…, or nothing for the embedded PostgreSQL")
    public_url = environment.get("FRONTDESK_PUBLIC_URL", "")
    if public_url and not _is_http(public_url):
        problems.append(
            "FRONTDESK_PUBLIC_URL: expected http://… or https://…, the address at which patients reach the public listener"
        )
    problems += _shared_ports(addresses)
    if problems:
        raise SettingsError(problems)
    public = addresses["FRONTDESK_PUBLIC_ADDR"]
    return Settings(
        messenger=messenger,
        public=public,
        staff=addresses["FRONTDESK_STAFF_ADDR"],
        internal=addresses["FRONTDESK_INTERNAL_ADDR"],
        rasa=addresses["FRONTDESK_RASA_ADDR"],
        public_url=(public_url or public.url).rstrip("/"),
        var=var,
        vault_key_file=Path(environment.get("FRONTDESK_VAULT_KEY_FILE") or var / "vault.key"),
        database_url=database_url,
    )


def _address(name: str, value: str, problems: list[str]) -> Address:
    parts = urlsplit(f"//{value}")
    try:
        if parts.hostname and parts.port and not parts.path:
            return Address(parts.hostname, parts.port)
    except ValueError:
        pass
    problems.append(f"{name}: expected HOST:PORT such as {_ADDRESSES[name]}, with a port from 1 to 65535")
    return Address("127.0.0.1", 1)


def _messenger(environment: Mapping[str, str], problems: list[str]) -> Messenger | None:
    graph_url = environment.get("FRONTDESK_GRAPH_URL") or GRAPH_URL
    if not _is_http(graph_url):
        problems.append(f"FRONTDESK_GRAPH_URL: expected the base URL of the Graph API such as {GRAPH_URL}")
    secrets = {name: environment.get(name, "") for name in _MESSENGER}
    if not any(secrets.values()):
        return None
    problems += [
        f"{name}: missing, and the other Messenger settings are set; set all three or none"
        for name, value in secrets.items()
        if not value
    ]
    made = {name for name, value in secrets.items() if value.startswith(DEVELOPMENT)}
    if made and made != set(secrets):
        problems.append(
            f"{', '.join(sorted(made))}: a development secret beside real ones; the simulator refuses real credentials"
        )
    app_secret, verify_token, page_token = secrets.values()
    return Messenger(app_secret, verify_token, page_token, graph_url.rstrip("/"))


def _is_http(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _shared_ports(addresses: Mapping[str, Address]) -> list[str]:
    seen: dict[Address, str] = {}
    problems = []
    for name, address in addresses.items():
        if address.port != 1 and address in seen:
            problems.append(f"{name}: {address} is also {seen[address]}; every listener needs an address of its own")
        seen.setdefault(address, name)
    return problems
