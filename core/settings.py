"""Every setting of the service, from the environment. docs/operations.md lists them for administrators.

Names carry the prefix `DISPOSAL_`; `DATABASE_URL`, `READ_DATABASE_URL` and `BROKER_URL` are also read as they are, since
that is what hosting platforms set. Nothing here needs to be set for a first run.
"""

import base64
import os
import re
import secrets
from functools import cached_property, lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent

SECRET_BYTES = 32


class SettingsError(Exception):
    """A setting cannot be used as written. The text is one line and says what to do."""


Network = IPv4Network | IPv6Network


def _read_networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(each) for each in text.replace(",", " ").split())


def _either(name: str) -> AliasChoices:
    return AliasChoices(f"DISPOSAL_{name}", name)


class Settings(BaseSettings):
    """The settings of this process. Use `get_settings()`."""

    model_config = SettingsConfigDict(
        env_prefix="DISPOSAL_", extra="ignore", populate_by_name=True, env_ignore_empty=True, frozen=True
    )

    data_dir: Path = PROJECT_ROOT / "var"
    """Folder for everything this installation writes: embedded database, keys, files, logs."""

    database_url: str | None = Field(default=None, validation_alias=_either("DATABASE_URL"))
    """PostgreSQL (17 or newer). Without it the embedded server in `data_dir/postgres` is used."""

    read_database_url: str | None = Field(default=None, validation_alias=_either("READ_DATABASE_URL"))
    """A streaming replica for catalogue and statistics."""

    broker_url: str | None = Field(default=None, validation_alias=_either("BROKER_URL"))
    """`amqp://…` for RabbitMQ. Without it messages travel through PostgreSQL."""

    database_pool_size: int = Field(default=10, ge=1, le=200)
    """Database connections of each process; it may open twice as many for a moment."""

    host: str = "127.0.0.1"
    port: int = Field(default=8400, ge=0, le=65535)

    public_url: str | None = None
    """The address people type, when a reverse proxy stands in front."""

    trusted_proxies: str = "127.0.0.0/8 ::1/128"
    """Networks of the reverse proxies, whose X-Forwarded-For is believed; separated by spaces."""

    web_processes: int = Field(default=1, ge=1, le=64)
    meeting_folder: Path | None = None
    """Where the web processes of this host meet, so that each lot has one writer. `serve` makes one for its own processes."""

    worker_processes: int = Field(default=1, ge=1, le=64)
    worker_threads: int = Field(default=4, ge=1, le=64)
    resend_after_s: float = Field(default=60.0, gt=0, le=3600)
    """Seconds after which a message that no worker has done is sent again. Longer than a task takes; a task is done once
    however often it is sent."""

    secret_key: SecretStr | None = None
    """Signs sessions, form tokens and the checkpoints of the public log. Made once into `data_dir/secret_key`."""

    master_key: SecretStr | None = None
    """Encrypts personal data. Made once into `data_dir/master_key`; losing it loses that data: back it up apart."""

    log_origin: str | None = None
    """Name of the public log of all sales, `host/path` without a scheme; the address people type when it is not set. It is
    fixed by the first checkpoint and never changes afterwards."""

    log_earlier_keys: str = ""
    """Verifier keys, separated by spaces, with which checkpoints were signed before the secret key was changed."""

    heartbeat_minutes: int = Field(default=60, ge=1, le=1440)
    """When nothing happens, the public log still gets a checkpoint after so many minutes."""

    self_check_hours: int = Field(default=24, ge=1, le=24 * 31)
    """Within so many hours the self-check has walked through every published record once more."""

    time_stamp_url: str | None = None
    """An RFC 3161 time-stamping authority for the checkpoints. Without it they bear no outside time."""

    time_stamp_roots: Path | None = None
    """PEM file with the root certificates by which time stamps are judged; without it no stamp counts as trusted."""

    practice_rounds: int = Field(default=40, ge=1, le=500)
    """How many people may practise bidding at the same time (`/practice`)."""

    file_folder: Path | None = None
    """Folder for the files of cases and photos, the same for all hosts (a network file system or a mounted bucket). Without
    it they lie in the database. What was kept in one place stays there; back both up."""

    dossier_file_mb: int = Field(default=20, ge=1, le=60)
    """How large a file of a dossier may be, in megabytes."""

    photo_mb: int = Field(default=15, ge=1, le=40)
    """How large a photo of an asset may be, in megabytes."""

    photos_of_asset: int = Field(default=30, ge=1, le=200)
    """How many photos an asset may show."""

    picture_megapixels: int = Field(default=60, ge=1, le=200)
    """Pictures with more pixels are not opened. An ordinary photo of a phone has 12 to 50 million."""

    demo: bool = False
    """A demonstration city: marks every page as such and offers the demo logins."""

    demo_lots: int = Field(default=300, ge=0, le=200_000)
    sandbox_speed: float | None = Field(default=None, gt=0, le=86_400)
    """Set by `disposal demo --speed`: this is a training sandbox, made with a clock so many times as fast."""

    demo_data: Path = PROJECT_ROOT.parent / "shared" / "data"
    """Where the demo looks for real lots; it generates lots with the same figures when the folder is missing."""

    measure_seconds: float = Field(default=1.0, ge=0, le=5)
    """How often each web process proves that it can take bids, and measures itself. 0: never, and no fault is declared."""

    time_source: str = "system"
    """What the clocks are compared with: `system` (the kernel's own statement), `ntp://host[:port]`, or `none`."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"
    """`auto`: coloured lines on a terminal, JSON lines elsewhere."""

    @field_validator("data_dir", "demo_data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("file_folder")
    @classmethod
    def _absolute_if_given(cls, value: Path | None) -> Path | None:
        return value and value.expanduser().absolute()

    @field_validator("database_url", "read_database_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme.split("+")[0] not in {"postgresql", "postgres"}:
            raise ValueError("must look like postgresql://user:password@host:5432/name")
        return f"postgresql://{rest}"

    @field_validator("log_origin")
    @classmethod
    def _log_name(cls, value: str | None) -> str | None:
        if value is not None and (not value or "+" in value or any(letter.isspace() for letter in value)):
            raise ValueError("must look like auction.example/log, without spaces and +")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        try:
            _read_networks(value)
        except ValueError as error:
            raise ValueError(f"write networks such as 10.0.0.0/8, separated by spaces ({error})") from None
        return value

    @field_validator("time_stamp_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must look like https://tsa.example/tsr")
        return value

    @field_validator("broker_url")
    @classmethod
    def _broker(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("amqp://", "amqps://")):
            raise ValueError(
                "must look like amqp://user:password@host:5672/vhost, or be empty for PostgreSQL"
            )
        return value

    @field_validator("time_source")
    @classmethod
    def _time_source(cls, value: str) -> str:
        if value not in {"system", "none"} and not re.fullmatch(
            r"ntp://[A-Za-z0-9.\-]+(:[0-9]{1,5})?", value
        ):
            raise ValueError("must be system, none or ntp://host:port")
        return value

    @cached_property
    def proxy_networks(self) -> tuple[Network, ...]:
        """The networks of `trusted_proxies`."""
        return _read_networks(self.trusted_proxies)

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url is None

    def signing_secret(self) -> bytes:
        """The key behind sessions, form tokens and checkpoints (32 bytes or more), made on first use."""
        return self._secret("secret_key", self.secret_key)

    def encryption_key(self) -> bytes:
        """The master key for personal data (32 bytes or more), made on first use (P-01)."""
        return self._secret("master_key", self.master_key)

    def _secret(self, name: str, given: SecretStr | None) -> bytes:
        if given is not None:
            return _decode(name, given.get_secret_value())
        path = self.data_dir / name
        try:
            return _decode(name, path.read_text("ascii").strip())
        except FileNotFoundError:
            pass
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"cannot read {path}: {error}; restore it from the backup") from error
        return _make_secret(name, path)


def _decode(name: str, text: str) -> bytes:
    try:
        value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        value = b""
    if len(value) < SECRET_BYTES:
        raise SettingsError(
            f"{name} must be at least {SECRET_BYTES} random bytes in base64 (make one with `openssl rand -base64 32`)"
        )
    return value


def _make_secret(name: str, path: Path) -> bytes:
    """Write a new secret that no other process can see half-written, or take the one another process wrote first."""
    draft = path.with_name(f".{name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise SettingsError(
            f"cannot write {path}: {error.strerror}; make {path.parent} writable or set DISPOSAL_DATA_DIR"
        ) from error
    return _decode(name, path.read_text("ascii").strip())


def load_settings() -> Settings:
    """Read the environment. Raises `SettingsError` in one line that names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        variable = name if name.isupper() else f"DISPOSAL_{name.upper()}"
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise SettingsError(f"{variable}: {reason}") from None


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings()
