"""Where the server lives, and who may enter."""

import os
import stat
import sys
from pathlib import Path

import pytest

from dualnetssl.contract.errors import AddressInUse, InvalidRequest, UnsafeExposure, UnusableDataFolder
from dualnetssl.server import devices, settings
from dualnetssl.server.engines.threads import wait_briefly
from dualnetssl.server.settings import Settings


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "gpu.example", "::"])
def test_no_exposure_without_a_token(tmp_path, host):
    with pytest.raises(UnsafeExposure, match="without a token"):
        Settings(data_folder=tmp_path, host=host)
    assert not Settings(data_folder=tmp_path, host=host, token="t").loopback


def test_certificate_and_key_go_together(tmp_path):
    with pytest.raises(InvalidRequest, match="both or neither"):
        Settings(data_folder=tmp_path, tls_key=tmp_path / "key.pem")


def test_the_token_is_made_once_and_kept_private(tmp_path):
    token = settings.read_token(tmp_path)
    assert settings.read_token(tmp_path) == token
    assert len(token) == 32
    assert stat.S_IMODE(settings.token_path(tmp_path).stat().st_mode) == 0o600
    assert settings.renew_token(tmp_path) != token
    assert settings.read_token(tmp_path) != token


def test_the_data_folder_is_private(tmp_path):
    folder = settings.make_data_folder(tmp_path / "a" / "b")
    assert folder.is_absolute()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, ".local/share/dualnetssl"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/dualnetssl"),
        ("darwin", {}, "Library/Application Support/dualnetssl"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/dualnetssl"),
        ("linux", {"DUALNETSSL_DATA": "/chosen"}, "/chosen"),
    ],
)
def test_default_data_folders(monkeypatch, platform, variables, expected):
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "DUALNETSSL_DATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert settings.default_data_folder() == Path.home() / expected


def test_one_server_per_data_folder(tmp_path):
    lock = settings.lock_data_folder(tmp_path)
    with pytest.raises(AddressInUse, match="a running server uses"):
        settings.lock_data_folder(tmp_path)
    lock.release()
    settings.lock_data_folder(tmp_path).release()


def test_devices_without_nvidia(monkeypatch):
    monkeypatch.setattr(devices.shutil, "which", lambda name: None)
    found = devices.find_devices()
    assert [device.name for device in found] == ["cpu"]
    assert found[0].memory_bytes > 1 << 28


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("echo '0, NVIDIA A, 24564'; echo '1, NVIDIA B, [N/A]'", ["cuda:0", "cuda:1", "cpu"]),
        ("echo '0, NVIDIA A, 24564'; exit 9", ["cpu"]),
    ],
)
def test_devices_by_nvidia_smi(tmp_path, monkeypatch, script, names):
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(devices.shutil, "which", lambda name: str(program))
    found = devices.find_devices()
    assert [device.name for device in found] == names
    assert [device.memory_bytes for device in found[:-1]] == [24564 << 20, 0][: len(names) - 1]


def test_a_system_that_tells_nothing(monkeypatch, tmp_path):
    def unknown(name):
        raise ValueError(name)

    monkeypatch.setattr(devices.os, "sysconf", unknown)
    monkeypatch.setattr(devices.shutil, "which", lambda name: str(tmp_path / "missing"))
    assert [device.memory_bytes for device in devices.find_devices()] == [0]


@pytest.mark.parametrize("proxy", ["*", "proxy.example", "10.0.0.0/8", ""])
def test_a_trusted_proxy_is_named_by_its_address(tmp_path, proxy):
    with pytest.raises(InvalidRequest, match="trusted-proxy"):
        Settings(data_folder=tmp_path, trusted_proxies=("10.0.0.7", proxy))


def test_a_server_without_connections_is_refused(tmp_path):
    with pytest.raises(InvalidRequest, match="max-connections"):
        Settings(data_folder=tmp_path, max_connections=0)


def test_an_allowed_host_is_one_name_more(tmp_path):
    assert Settings(data_folder=tmp_path, allowed_hosts=("scans.example",)).loopback


def test_a_folder_of_other_things_is_refused_and_left_as_it_is(tmp_path):
    (tmp_path / "thesis.docx").touch(mode=0o644)
    with pytest.raises(UnusableDataFolder, match=r"thesis\.docx"):
        settings.make_data_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_only_what_is_the_servers_is_closed_to_others(tmp_path):
    folder = settings.make_data_folder(tmp_path / "data")
    for name in ("store.sqlite", "notes.txt"):
        (folder / name).touch()
        (folder / name).chmod(0o644)
    assert settings.make_data_folder(folder) == folder, "a server's folder stays one, whatever was put beside"
    settings.make_private(folder)
    assert (folder / "store.sqlite").stat().st_mode & 0o077 == 0
    assert (folder / "notes.txt").stat().st_mode & 0o777 == 0o644


def test_threads_look_briefly_before_they_sleep_unless_somebody_chose_otherwise():
    own = {}
    wait_briefly(own)
    assert own == {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "700"}
    for name in own:  # a count would overrule the other's policy
        chosen = {name: "3"}
        wait_briefly(chosen)
        assert chosen == {name: "3"}
