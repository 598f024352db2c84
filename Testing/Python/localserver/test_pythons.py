"""Pythons are found where each system keeps them; what would open a dialog, a shop or a wrong build is left alone."""

from __future__ import annotations

import pytest
from machines import OWN, Computer, facts, slicers_own

from DualNetSSLLib.client import errors
from DualNetSSLLib.localserver.interpreters import find_interpreter, own_program
from DualNetSSLLib.localserver.places import candidates

WINDOWS = {
    "PATH": "C:\\Windows\\system32;C:\\Windows",
    "SYSTEMROOT": "C:\\Windows",
    "SYSTEMDRIVE": "C:",
    "LOCALAPPDATA": "C:\\Users\\Ana [2]\\AppData\\Local",
    "APPDATA": "C:\\Users\\Ana [2]\\AppData\\Roaming",
    "PROGRAMFILES": "C:\\Program Files",
}
LOCAL = WINDOWS["LOCALAPPDATA"]
FRAMEWORK = "/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12"
STUB = "/usr/bin/python3"
SYSCTL, XCODE = "/usr/sbin/sysctl", "/usr/bin/xcode-select"


def chosen(computer, path=None):
    return find_interpreter(computer.machine, path).program.command


def windows(programs, **more):
    return Computer("win32", programs, **{**WINDOWS, **more})


@pytest.mark.parametrize(
    "path",
    [
        f"{LOCAL}\\Programs\\Python\\Python312\\python.exe",
        f"{LOCAL}\\Python\\pythoncore-3.13-64\\python.exe",
        "C:\\Program Files\\Python311\\python.exe",
        "C:\\Python310\\python.exe",
        f"{WINDOWS['APPDATA']}\\uv\\python\\cpython-3.12.7-windows-x86_64-none\\python.exe",
    ],
)
def test_windows_keeps_pythons_that_are_not_on_the_search_path(path):
    assert chosen(windows({path: facts()})) == (path,)


def test_windows_own_list_and_registry_are_asked():
    listed, entered = "D:\\Tools\\Python312\\python.exe", "E:\\Python 3.11\\python.exe"
    table = f" -V:3.12 *        {listed}\r\n -V:3.9           C:\\Old\\python.exe\r\n"
    computer = windows({"C:\\Windows\\py.exe": table, listed: facts(), "C:\\Old\\python.exe": facts("3.9")})
    assert chosen(computer) == (listed,)
    key = "HKEY_LOCAL_MACHINE\\Software\\Python\\PythonCore\\3.11"
    registry = {f"{key}\\InstallPath": {"": "E:\\Python 3.11\\"}, f"{key}\\Help": {"": "E:\\doc"}}
    assert chosen(windows({entered: facts("3.11")}, registry=registry)) == (entered,)
    user = {
        f"{key.replace('LOCAL_MACHINE', 'CURRENT_USER')}\\InstallPath": {"": "F:\\", "ExecutablePath": "F:\\python.exe"}
    }
    assert candidates(windows({}, registry=registry | user).machine) == [
        "E:\\Python 3.11\\python.exe",
        "F:\\python.exe",
    ]


def test_the_shop_of_windows_is_left_alone():
    alias = f"{LOCAL}\\Microsoft\\WindowsApps\\python.exe"
    computer = windows({alias: facts()}, PATH=f"{LOCAL}\\Microsoft\\WindowsApps;C:\\Windows")
    with pytest.raises(errors.LaunchFailed, match="not from Microsoft's store"):
        find_interpreter(computer.machine)
    assert alias not in computer.ran


def test_a_wrong_build_is_passed_over_and_told():
    old, small, arm = (f"C:\\Python3{number}\\python.exe" for number in (12, 11, 10))
    computer = windows({old: facts("3.8"), small: facts("3.11", bits=32), arm: facts("3.10", processor="win-arm64")})
    with pytest.raises(errors.LaunchFailed) as failed:
        find_interpreter(computer.machine)
    for word in (f"{old} is Python 3.8", f"{small} is a 32-bit program", f"{arm} is made for ARM processors"):
        assert word in failed.value.cause


def mac(programs, **more):
    settings = {"processor": "arm64", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/people/ana", **more}
    return Computer("darwin", programs, **settings)


@pytest.mark.parametrize(
    "path",
    [
        FRAMEWORK,
        "/opt/homebrew/bin/python3.13",
        "/opt/homebrew/opt/python@3.12/bin/python3.12",
        "/usr/local/bin/python3.11",
        "/opt/local/bin/python3.12",
        "/people/ana/.pyenv/versions/3.12.1/bin/python3.12",
    ],
)
def test_a_mac_keeps_pythons_that_programs_of_the_desktop_do_not_see(path):
    assert chosen(mac({path: facts(processor="arm64")})) == (path,)


def test_apples_stub_that_opens_a_dialog_is_never_run():
    computer = mac({STUB: facts("3.12", processor="arm64")})
    with pytest.raises(errors.LaunchFailed, match="Homebrew"):
        find_interpreter(computer.machine)
    assert STUB not in computer.ran
    tools = mac({STUB: facts("3.12", processor="arm64"), XCODE: "/Library/Developer/CommandLineTools\n"})
    assert chosen(tools) == (STUB,)


def test_under_rosetta_a_python_for_both_processors_is_started_as_one_for_apples():
    def both(command, variables):
        return facts(processor="arm64" if command[1] == "-arm64" else "x86_64")

    computer = mac({FRAMEWORK: both, SYSCTL: "1\n"}, processor="x86_64")
    assert chosen(computer) == ("/usr/bin/arch", "-arm64", FRAMEWORK)
    intel = mac({FRAMEWORK: facts(processor="x86_64"), SYSCTL: "1\n"}, processor="x86_64")
    with pytest.raises(errors.LaunchFailed, match=r"made for Intel processors.*for both processors"):
        find_interpreter(intel.machine)


def test_an_intel_mac_is_told_what_it_can_and_cannot_do():
    computer = mac({FRAMEWORK: facts(), SYSCTL: "0\n"}, processor="x86_64")
    with pytest.raises(errors.LaunchFailed, match=r"Intel processor.*no server can run.*connect to it by its address"):
        find_interpreter(computer.machine)
    assert computer.ran == [SYSCTL]


def linux(programs, **more):
    return Computer("linux", programs, **{"PATH": "/usr/bin", "HOME": "/people/ana", **more})


def test_linux_without_ensurepip_is_used_if_pip_can_come_from_somewhere(tmp_path):
    debian = "/usr/bin/python3.11"
    both = linux({debian: facts("3.11", without=["ensurepip"])})
    assert chosen(both) == (debian,)
    bare = {debian: facts("3.11", without=["ensurepip", "pip"])}
    assert chosen(linux(bare, pip_folder=tmp_path)) == (debian,)
    with pytest.raises(errors.LaunchFailed, match=r"neither ensurepip nor pip.*sudo apt install python3-venv"):
        find_interpreter(linux(bare).machine)


def test_the_best_supported_version_comes_first_and_others_are_not_started():
    paths = ["/usr/bin/python3.14", "/usr/bin/python3", "/usr/bin/python3.12", "/usr/bin/python3-config"]
    computer = linux(dict.fromkeys(paths, facts()))
    assert chosen(computer) == ("/usr/bin/python3.12",)
    assert computer.ran == ["/usr/bin/python3.12"]


def test_what_the_user_chose_is_the_only_one():
    computer = linux({"/usr/bin/python3.12": facts(), "/p/python": facts("3.14", threads=True)})
    with pytest.raises(errors.LaunchFailed, match="/p/python is the build without Python's lock"):
        find_interpreter(computer.machine, "/p/python")
    assert computer.ran == ["/p/python"]


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_slicers_own_python_is_the_last_and_is_run_as_slicer_runs_it(system):
    own = OWN | {"PYTHONPATH": "/slicer/modules"}
    computer = Computer(system, {OWN["executable"]: slicers_own}, own=own, PATH="/usr/bin")
    found = find_interpreter(computer.machine)
    assert found.own
    assert found.program.variables["PYTHONHOME"] == OWN["PYTHONHOME"]
    assert "PYTHONPATH" not in found.program.variables
    program = own_program(computer.machine, "a", "b")
    assert program.variables["PYTHONPATH"] == ("a;b" if system == "win32" else "a:b")
    assert program.variables["PYTHONNOUSERSITE"] == "1"


def test_nothing_at_all_is_told_with_what_was_looked_at():
    with pytest.raises(errors.LaunchFailed, match=r"No Python on this computer.*python-real does not run"):
        find_interpreter(linux({}).machine)
