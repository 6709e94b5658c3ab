"""Credentials in URLs and storage options never reach an error, a report or the terminal (H9)."""

import json
import pickle
import sys
import traceback

import pytest

from zarrcodec_bridge.cli import main
from zarrcodec_bridge.core.redaction import redact_error, secrets_in, without_secrets
from zarrcodec_bridge.stores import MigrationError, migrate

GROUP = b'{"zarr_format": 2}'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:hunter2@h/a.zarr", "https://***@h/a.zarr"),
        ("https://hunter2@h/a.zarr", "https://***@h/a.zarr"),
        ("https://me:hun/ter2@h/a.zarr", "https://***@h/a.zarr"),
        ("https://me:hun?ter2@h/a.zarr", "https://***@h/a.zarr"),
        ("https://h/a.zarr?sig=hunter2&x=1", "https://h/a.zarr?***"),
        ("https://h/a.zarr#token=hunter2", "https://h/a.zarr#***"),
        ("403, url='https://h/a?sig=hunter2': no", "403, url='https://h/a?***': no"),
        ("simplecache::s3://me:hunter2@b/a", "simplecache::s3://***@b/a"),
        ("https://h:8080/a@b/c", "https://h:8080/a@b/c"),
        ("s3://bucket/a@b", "s3://bucket/a@b"),
        ("no address: a?b#c user@host", "no address: a?b#c user@host"),
    ],
)
def test_a_url_loses_its_secrets_and_keeps_its_path(text, shown):
    """H9."""
    assert without_secrets(text) == shown
    assert without_secrets(shown) == shown


def test_secrets_are_found_as_they_may_be_spelled():
    """H9: quoted, unquoted, after Bearer, in nested options; harmless options are no secrets."""
    found = secrets_in(
        "https://me:p%40ssword@h/a?sig=hunter%2F2",
        {
            "key": "AKIAEXAMPLE",
            "headers": {"Authorization": "Bearer tokentoken"},
            "list": [b"bytesecret"],
            "endpoint_url": "https://h:9000",
            "region_name": "us-east-1",
            "fo": {"a/.zarray": "a document"},
        },
    )
    assert {
        "p@ssword",
        "p%40ssword",
        "hunter/2",
        "AKIAEXAMPLE",
        "tokentoken",
        "bytesecret",
    } <= found
    assert not {"us-east-1", "a document", "https://h:9000"} & found


class BackendError(PermissionError):
    """What a backend raises."""

    def __init__(self, status: int, url: str) -> None:
        super().__init__(f"{status}: {url}")


def test_an_error_without_secrets_keeps_its_kind_and_loses_its_causes():
    """H9: also where only the cause repeats the URL, which a traceback prints."""
    error = BackendError(403, "https://h/a?sig=hunter2")
    clean = redact_error(error)
    assert isinstance(clean, PermissionError)
    assert type(clean).__name__ == "BackendError"
    outer = ValueError("no")
    outer.__cause__ = error
    assert redact_error(outer).__cause__ is None
    harmless = ValueError("no")
    assert redact_error(harmless) is harmless


SECRETS = {
    "user": ("secretive://me:hunter2@host/a.zarr", {}),
    "query": ("secretive://host/a.zarr?sig=hunter2", {}),
    "option": ("secretive://host/a.zarr", {"token": "hunter2"}),
    "header": ("secretive://host/a.zarr", {"headers": {"Authorization": "Bearer hunter2"}}),
}


@pytest.fixture
def secretive():
    """A file system whose errors repeat all that it knows."""
    fsspec = pytest.importorskip("fsspec")

    class Secretive(fsspec.AbstractFileSystem):
        protocol = "secretive"
        cachable = False
        fails = "open"

        def __init__(self, **options):
            super().__init__(**options)
            self.told = json.dumps(options)
            if self.fails == "open":
                raise ValueError(f"cannot log in with {options}, hunter2")

        @classmethod
        def _strip_protocol(cls, path):
            return path

        def ls(self, path, detail=True, **_):
            if self.fails == "list":
                raise PermissionError(f"{path} {self.told} hunter2")
            return []

        def cat_file(self, path, start=None, end=None, **_):
            if self.fails == "read" or path.endswith(".zattrs"):
                raise RuntimeError(f"403 for {path} {self.told}") from ValueError(path + self.told)
            if self.fails == "list" or not path.endswith("/.zgroup"):
                raise FileNotFoundError(path)
            return GROUP

        def pipe_file(self, path, value, **_):
            raise PermissionError(f"{path} {self.told}")

        def makedirs(self, path, exist_ok=False):
            raise PermissionError(f"{path} {self.told}")

        def rm_file(self, path):
            raise PermissionError(f"{path} {self.told}")

    fsspec.register_implementation("secretive", Secretive, clobber=True)
    return Secretive


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("fails", ["open", "list", "read", "write"])
@pytest.mark.parametrize("url", SECRETS.values(), ids=[f"H9-{name}" for name in SECRETS])
def test_no_secret_of_a_store_is_told(url, fails, write, secretive, capsys, monkeypatch, caplog):
    """In Python, in tracebacks, in pickled reports, as JSON and by the command."""
    monkeypatch.setattr(secretive, "fails", fails)
    told = []
    try:
        report = migrate(url[0], dry_run=not write, storage_options=url[1] or None)
    except MigrationError as error:
        told += [str(error), "".join(traceback.format_exception(error)), repr(error)]
    else:
        told += [str(report), report.to_json(), repr(report), str(pickle.dumps(report))]
    flat = {key: value for key, value in url[1].items() if isinstance(value, str)}
    options = [
        word for key, value in flat.items() for word in ("--storage-option", f"{key}={value}")
    ]
    for more in ([], ["--json"], ["--undo"]):
        if flat == url[1]:
            main(["migrate", url[0], *options, *more, *(["--write"] if write else [])])
    captured = capsys.readouterr()
    told += [captured.out, captured.err, caplog.text]
    assert "hunter2" not in "\n".join(told)
    assert any("secretive://" in text or "host/a.zarr" in text for text in told)


@pytest.mark.parametrize("command", ["to-v3", "to-v2", "explain", "check", "convert"])
@pytest.mark.parametrize("terminal", [False, True])
def test_no_command_repeats_the_secrets_of_an_address(command, terminal, monkeypatch, capsys):
    """H9: an address that was given for a file or a codec; on a terminal it is the title of the progress, too."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    for address in ("https://me:hunter2@h/zarr.json", "https://h/a/.zarray?sig=hunter2"):
        for more in ([], ["--json"]):
            assert main([command, address, *more]) != 0
    captured = capsys.readouterr()
    assert "hunter2" not in captured.out + captured.err


def test_a_malformed_storage_option_is_not_repeated(capsys):
    """H9."""
    assert main(["migrate", "x", "--storage-option", "hunter2"]) == 2
    assert "hunter2" not in capsys.readouterr().err
