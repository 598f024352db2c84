"""Numbers and states as a person says them."""

from __future__ import annotations

from collections.abc import Iterable

from slicer.i18n import tr as _

from DualNetSSLLib.client.records import Device, Identity


def state_in_words(state: str) -> str:
    """Say the state of a case or a job."""
    known = {
        "new": _("new"),
        "predicted": _("predicted"),
        "in_review": _("in review"),
        "labelled": _("labelled"),
        "verified": _("verified"),
        "queued": _("waiting"),
        "pending": _("waiting at the cluster"),
        "running": _("running"),
        "succeeded": _("done"),
        "failed": _("failed"),
        "cancelled": _("stopped"),
    }
    return known.get(state, state)


def devices_in_words(devices: Iterable[Device]) -> str:
    """Name the devices with their memory: a graphics card stands before the processor."""
    return ", ".join(
        f"{device.title} ({size_in_words(device.memory_bytes)})" if device.memory_bytes else device.title
        for device in devices
    )


def who_in_words(identity: Identity | None) -> str:
    """Say who one is to the server, and with which role."""
    if identity is None:
        return _("somebody")
    roles = {"annotator": _("annotator"), "trainer": _("trainer"), "admin": _("admin")}
    return f"{identity.name} ({roles.get(identity.role, identity.role)})"


def size_in_words(count: float) -> str:
    """Say a number of bytes in the unit that suits it, as 640 MB or 2.1 GB."""
    if count >= 1e9:
        return _("{count} GB").format(count=f"{count / 1e9:.1f}")
    if count >= 1e6:
        return _("{count} MB").format(count=f"{count / 1e6:.0f}")
    return _("{count} kB").format(count=f"{count / 1e3:.0f}")


def volume_in_words(mm3: float) -> str:
    """Say a volume in mm³ with as many digits as are worth reading; the same one reads the same wherever it stands.

    Example:
        >>> [volume_in_words(mm3) for mm3 in (1234.5, 9.96, 9.94, 3.14159, 0.0)]
        ['1234', '10', '9.9', '3.1', '0.0']
    """
    tenths = f"{mm3:.1f}"
    return tenths if float(tenths) < 10 else f"{mm3:.0f}"


def case_in_words(name: str, called: str = "") -> str:
    """Say a case by what it is called on this computer, with its name on the server in brackets, where they differ.

    Example:
        >>> case_in_words("case-001", "knee-left"), case_in_words("phantom-3", "phantom-3"), case_in_words("case-002")
        ('knee-left (case-001)', 'phantom-3', 'case-002')
    """
    return f"{called} ({name})" if called and called != name else name


def scans_in_words(count: int) -> str:
    """Say a number of scans."""
    return _("1 scan") if count == 1 else _("{count} scans").format(count=count)


def duration_in_words(seconds: float) -> str:
    """Say a duration roughly, as 40 s, 12 min or 3 h 20 min."""
    seconds = max(0, round(seconds))
    if seconds < 100:
        return _("{seconds} s").format(seconds=seconds)
    minutes = round(seconds / 60)
    if minutes < 100:
        return _("{minutes} min").format(minutes=minutes)
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def joined(*sentences: str) -> str:
    """Put sentences together; what is empty is none."""
    return " ".join(filter(None, sentences))
