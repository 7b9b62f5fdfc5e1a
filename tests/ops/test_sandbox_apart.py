"""A sandbox takes over nothing that ties the real installation to the world, and lives beside it."""

from pathlib import Path

import pytest

from core.settings import Settings, load_settings
from web.commands import CommandFailed
from web.sandbox_city.apart import environment_apart, sandbox_settings

REAL = {
    "DISPOSAL_SECRET_KEY": "a" * 44,
    "DISPOSAL_MASTER_KEY": "b" * 44,
    "DISPOSAL_TIME_STAMP_URL": "https://tsa.example/tsr",
    "DISPOSAL_PUBLIC_URL": "https://auction.example",
    "DISPOSAL_LOG_ORIGIN": "auction.example/log",
    "BROKER_URL": "amqp://broker",
    "READ_DATABASE_URL": "postgresql://replica/disposal",
}


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """The settings of an installation in earnest."""
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DISPOSAL_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DISPOSAL_PORT", raising=False)
    return load_settings()


def test_a_sandbox_has_its_own_keys_folder_log_and_port(
    real: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    apart = sandbox_settings(real, speed=1440)
    assert apart.data_dir == tmp_path / "sandbox"
    assert apart.port == real.port + 1
    environment = environment_apart(dict(REAL), apart)
    assert not set(REAL.values()) & set(environment.values())
    for name in REAL:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DISPOSAL_DATA_DIR", str(apart.data_dir))
    found = load_settings()
    assert found.sandbox_speed == 1440
    assert found.broker_url is found.read_database_url is found.time_stamp_url is None
    assert found.encryption_key() != real.encryption_key()
    assert found.signing_secret() != real.signing_secret()


@pytest.mark.parametrize("speed", [0, -1, 100_000])
def test_a_speed_that_no_sandbox_has_is_refused_in_one_line(real: Settings, speed: float) -> None:
    with pytest.raises(CommandFailed, match="--speed"):
        sandbox_settings(real, speed=speed)


def test_a_port_that_was_asked_for_is_used(real: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sandbox_settings(real, speed=1, port=9000).port == 9000
    monkeypatch.setenv("DISPOSAL_PORT", "9100")
    assert sandbox_settings(load_settings(), speed=1).port == 9100
