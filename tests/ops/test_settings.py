"""Settings: read from the environment, refused in one line, secrets made once and kept private."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT, Settings, SettingsError, load_settings
from web.commands.serve import meeting_place


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("DISPOSAL_") or name in {"DATABASE_URL", "READ_DATABASE_URL", "BROKER_URL"}:
            monkeypatch.delenv(name)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()
    assert settings.embedded
    assert settings.broker_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8400)
    assert settings.data_dir.name == "var"


@pytest.mark.parametrize("name", ["DATABASE_URL", "DISPOSAL_DATABASE_URL"])
def test_the_database_address_is_read_with_and_without_prefix(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "postgres://court:x@db:5432/disposal")
    assert load_settings().database_url == "postgresql://court:x@db:5432/disposal"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_URL", "")
    monkeypatch.setenv("DISPOSAL_PORT", "")
    assert (load_settings().broker_url, load_settings().port) == (None, 8400)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISPOSAL_PORT", "http"),
        ("DISPOSAL_PORT", "70000"),
        ("DISPOSAL_DATABASE_URL", "mysql://db/disposal"),
        ("DISPOSAL_BROKER_URL", "redis://cache"),
        ("DISPOSAL_SANDBOX_SPEED", "0"),
        ("DISPOSAL_LOG_LEVEL", "LOUD"),
        ("DISPOSAL_WORKER_THREADS", "-1"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as refusal:
        load_settings()
    assert "\n" not in str(refusal.value)


def test_secrets_are_made_once_and_readable_by_the_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    first = settings.encryption_key()
    assert len(first) == 32
    assert Settings(data_dir=tmp_path / "var").encryption_key() == first
    assert settings.signing_secret() != first
    for name in ("master_key", "secret_key"):
        assert stat.S_IMODE((tmp_path / "var" / name).stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as two:
        for number in range(20):
            settings = Settings(data_dir=tmp_path / str(number))
            assert (
                one.submit(settings.signing_secret).result() == two.submit(settings.signing_secret).result()
            )


def test_a_short_or_damaged_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "master_key").write_text("c2hvcnQ=\n")
    with pytest.raises(SettingsError, match="master_key must be at least 32 random bytes"):
        Settings(data_dir=tmp_path).encryption_key()


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = Settings(secret_key="Zm9yYmlkZGVu" * 8, database_url="postgresql://court@db/disposal")  # type: ignore[arg-type]
    assert "Zm9yYmlkZGVu" not in repr(settings)


def test_the_operations_guide_lists_every_setting() -> None:
    guide = (PROJECT_ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    plain = {"database_url", "read_database_url", "broker_url"}
    for name in Settings.model_fields:
        variable = name.upper() if name in plain else f"DISPOSAL_{name.upper()}"
        assert f"`{variable}`" in guide, variable


def test_B47_the_web_processes_of_one_service_are_told_where_they_meet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPOSAL_MEETING_FOLDER", "")  # put back afterwards, whatever is set here
    monkeypatch.setenv("DISPOSAL_WEB_PROCESSES", "")
    with meeting_place(load_settings(), 1):
        assert load_settings().meeting_folder is None
    with meeting_place(load_settings(), 3):
        folder = load_settings().meeting_folder
        assert folder is not None
        assert load_settings().web_processes == 3
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, "who can enter it can bid in anybody's name"
        with meeting_place(load_settings(), 1):
            assert load_settings().web_processes == 3
    assert not folder.exists()
