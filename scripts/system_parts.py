"""Sees to the parts of the system that some tests use and Python packages can not bring.

`make test` runs this first. Where it may (root, and apt), it installs what is missing. Elsewhere it names the
command, and the tests that need the part are left out, loudly. With PODIUM_REQUIRE=all a missing part is a failure.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A part of the system.

    Attributes:
        name: What tests call it: `@pytest.mark.part("strace")`.
        package: The Debian package that brings it.
        probe: A command that succeeds only where the part works, not merely where it is installed.
        purpose: What is left out without it.
    """

    name: str
    package: str
    probe: tuple[str, ...]
    purpose: str


_MOUNT = "mount -t tmpfs -o size=1m none /mnt"

PARTS = {
    part.name: part
    for part in (
        Part(
            "strace", "strace", ("strace", "-o", os.devnull, "true"), "counting the fsyncs of a run, and failing them"
        ),
        Part(
            "mount",
            "util-linux",
            ("unshare", "--map-root-user", "--mount", "sh", "-c", _MOUNT),
            "filling a small disk, in a mount namespace of its own",
        ),
        Part(
            "chromium",
            "chromium",
            ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--dump-dom", "about:blank"),
            "looking at the dashboard as people do",
        ),
    )
}


def is_required() -> bool:
    """Return whether a missing part is a failure here."""
    return os.environ.get("PODIUM_REQUIRE") == "all"


def works(part: Part) -> bool:
    """Return whether the part does its work on this machine."""
    if shutil.which(part.probe[0]) is None:
        return False
    return subprocess.run(part.probe, capture_output=True, check=False).returncode == 0


def remedy(part: Part) -> str:
    """Return the sentence that says how to get the part."""
    return f"{part.name} is missing or does not work ({part.purpose}); get it with: apt-get install {part.package}"


def main() -> int:
    """Install what is missing where that is allowed, and say what stays missing."""
    missing = [part for part in PARTS.values() if not works(part)]
    if missing and _may_install():
        _install([part.package for part in missing])
        missing = [part for part in missing if not works(part)]
    for part in missing:
        print(f"*** LEFT OUT: {remedy(part)}", file=sys.stderr)
    return 1 if missing and is_required() else 0


def _may_install() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        # A failure shows in what is still missing afterwards; the client has said why.
        subprocess.run(["apt-get", "--quiet", "--quiet", *command], env=quiet, check=False)


if __name__ == "__main__":
    sys.exit(main())
