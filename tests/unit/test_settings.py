"""The settings: every default, every error at once, and which secrets let the simulator run."""

import json
import stat
from pathlib import Path

import pytest

from bot.development import development_environment, with_development
from bot.settings import GRAPH_URL, SettingsError, read_settings

REAL = {
    "FRONTDESK_MESSENGER_APP_SECRET": "a-secret",
    "FRONTDESK_MESSENGER_VERIFY_TOKEN": "a-token",
    "FRONTDESK_MESSENGER_PAGE_TOKEN": "a-page-token",
    "FRONTDESK_PUBLIC_URL": "https://desk.lakemont.example",
}


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    settings = read_settings({})
    assert str(settings.public) == "127.0.0.1:8080"
    assert str(settings.staff) == "127.0.0.1:8081"
    assert str(settings.internal) == "127.0.0.1:5055"
    assert str(settings.rasa) == "127.0.0.1:5005"
    assert settings.var == Path("var")
    assert settings.database_url == ""
    assert settings.messenger is None
    assert not settings.simulator


def test_an_empty_variable_counts_as_one_that_is_not_set() -> None:
    names = ["PUBLIC_ADDR", "STAFF_ADDR", "INTERNAL_ADDR", "RASA_ADDR", "VAR", "GRAPH_URL", "MESSENGER_APP_SECRET"]
    assert read_settings({"DATABASE_URL": "", **{f"FRONTDESK_{name}": "" for name in names}}) == read_settings({})


def test_every_setting_is_read_from_its_variable() -> None:
    settings = read_settings(
        REAL
        | {
            "FRONTDESK_GRAPH_URL": "https://graph.example/v23.0/",
            "FRONTDESK_PUBLIC_ADDR": "0.0.0.0:80",
            "FRONTDESK_STAFF_ADDR": "10.1.2.3:81",
            "FRONTDESK_INTERNAL_ADDR": "localhost:82",
            "FRONTDESK_RASA_ADDR": "[::1]:83",
            "FRONTDESK_VAR": "/srv/frontdesk",
            "DATABASE_URL": "postgresql://db.example/frontdesk",
        }
    )
    assert settings.messenger is not None
    assert settings.messenger.app_secret == "a-secret"
    assert settings.messenger.verify_token == "a-token"
    assert settings.messenger.page_token == "a-page-token"
    assert settings.messenger.graph_url == "https://graph.example/v23.0"
    assert (settings.public.host, settings.public.port) == ("0.0.0.0", 80)
    assert settings.staff.url == "http://10.1.2.3:81"
    assert str(settings.internal) == "localhost:82"
    assert settings.rasa.url == "http://[::1]:83"
    assert settings.var == Path("/srv/frontdesk")
    assert settings.vault_key_file == Path("/srv/frontdesk/vault.key")
    assert settings.database_url == "postgresql://db.example/frontdesk"
    assert settings.public_url == "https://desk.lakemont.example"


def test_without_a_graph_url_replies_go_to_the_platform_itself() -> None:
    settings = read_settings(REAL)
    assert settings.messenger is not None
    assert settings.messenger.graph_url == GRAPH_URL
    assert GRAPH_URL.startswith("https://graph.facebook.com/")


def test_every_problem_is_told_at_once_by_the_name_of_its_variable() -> None:
    wrong = {
        "FRONTDESK_PUBLIC_ADDR": "8080",
        "FRONTDESK_STAFF_ADDR": "localhost:no",
        "FRONTDESK_INTERNAL_ADDR": "127.0.0.1:70000",
        "FRONTDESK_RASA_ADDR": "127.0.0.1:0",
        "DATABASE_URL": "mysql://db.example/frontdesk",
        "FRONTDESK_GRAPH_URL": "graph.facebook.com",
        "FRONTDESK_PUBLIC_URL": "desk.lakemont.example",
        "FRONTDESK_MESSENGER_APP_SECRET": "a-secret",
    }
    with pytest.raises(SettingsError) as caught:
        read_settings(wrong)
    told = caught.value.problems
    for name in [*wrong, "FRONTDESK_MESSENGER_VERIFY_TOKEN", "FRONTDESK_MESSENGER_PAGE_TOKEN"]:
        if name != "FRONTDESK_MESSENGER_APP_SECRET":
            assert any(line.startswith(f"{name}: ") for line in told), name
    assert str(caught.value).splitlines() == told, "one line a problem"
    assert "a-secret" not in str(caught.value)


@pytest.mark.parametrize("missing", [name for name in REAL if "MESSENGER" in name])
def test_messenger_settings_come_all_or_none(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"{missing}: missing") as caught:
        read_settings({name: value for name, value in REAL.items() if name != missing})
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("address", "wrong"),
    [("::1:8080", True), ("http://127.0.0.1:8080", True), ("127.0.0.1:8080/x", True), (":8080", True), ("a:1", False)],
)
def test_an_address_is_a_host_and_a_port_and_nothing_else(address: str, wrong: bool) -> None:
    if wrong:
        with pytest.raises(SettingsError, match="FRONTDESK_PUBLIC_ADDR: expected HOST:PORT"):
            read_settings({"FRONTDESK_PUBLIC_ADDR": address})
    else:
        assert str(read_settings({"FRONTDESK_PUBLIC_ADDR": address}).public) == address


def test_two_listeners_cannot_share_an_address() -> None:
    with pytest.raises(SettingsError, match=r"FRONTDESK_STAFF_ADDR.*FRONTDESK_PUBLIC_ADDR"):
        read_settings({"FRONTDESK_STAFF_ADDR": "127.0.0.1:8080"})


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(SettingsError, match="FRONTDESK_VAR: names a file"):
        read_settings({"FRONTDESK_VAR": str(tmp_path / "var")})


def test_real_secrets_never_run_the_simulator() -> None:
    assert not read_settings(REAL).simulator


def test_one_development_secret_beside_real_ones_is_refused() -> None:
    with pytest.raises(SettingsError, match="development secret beside real ones"):
        read_settings(REAL | {"FRONTDESK_MESSENGER_PAGE_TOKEN": "development-1"})


def test_without_messenger_settings_development_ones_are_made_once_for_the_simulator(tmp_path: Path) -> None:
    environment = {"FRONTDESK_VAR": str(tmp_path / "var"), "FRONTDESK_PUBLIC_ADDR": "127.0.0.1:9999", "PATH": "/bin"}
    first = with_development(environment, read_settings(environment))
    second = with_development(environment, read_settings(environment))
    settings = read_settings(first)
    assert first == second
    assert first["PATH"] == "/bin"
    assert settings.simulator
    assert settings.messenger is not None
    assert settings.messenger.graph_url.startswith("http://127.0.0.1:9999/"), "replies stay on this machine"


def test_development_secrets_are_random_and_their_file_is_for_the_owner_alone(tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        settings = read_settings({"FRONTDESK_VAR": str(tmp_path / name)})
        made.append(development_environment(settings))
        file = next(path for path in (tmp_path / name).iterdir() if path.suffix == ".json")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert json.loads(file.read_text()).items() <= made[-1].items()
    secrets = [value for one in made for key, value in one.items() if key.startswith("FRONTDESK_MESSENGER_")]
    assert len(secrets) == 6
    assert len(set(secrets)) == 6


def test_real_messenger_settings_are_left_as_they_are(tmp_path: Path) -> None:
    environment = REAL | {"FRONTDESK_VAR": str(tmp_path / "var")}
    assert with_development(environment, read_settings(environment)) == environment
    assert not (tmp_path / "var").exists()


def test_no_secret_shows_when_settings_are_printed() -> None:
    settings = read_settings(REAL | {"DATABASE_URL": "postgresql://desk:a-password@db.example/frontdesk"})
    for secret in ("a-secret", "a-token", "a-page-token", "a-password"):
        assert secret not in repr(settings)
