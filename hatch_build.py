"""Puts the built page into the package, and builds it first where it can be built."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("web")
STATIC = Path("src/voldesk/gateways/static")

_SOURCES = ("package.json", "package-lock.json", "vite.config.ts", "index.html", "src", "public")
_HOW = "build it with 'make web' (needs Node 20.19 or newer) and install again"


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # it has no configuration
    """
    Builds the page before a wheel or a source distribution is packed.

    A page newer than its sources is used as it is, and so is the one in a source distribution,
    which carries no sources of it. In a checkout with Node it is built. Without Node, or with
    ``VOLDESK_WEB=skip``, the package is made without a page: its server then says how to build
    it. ``VOLDESK_WEB=require`` makes that an error, for releases. An editable installation reads
    the checkout, where ``make web`` puts the page.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """
        Have the page ready, or say why there is none.

        Raises:
            RuntimeError: There is none though one is required, or half a page would be packed.
        """
        del build_data
        wish = os.environ.get("VOLDESK_WEB", "")
        if version == "editable" or wish == "skip":
            return
        root = Path(self.root)
        problem = "" if is_current(root) else build(root)
        if not (root / STATIC / "index.html").is_file():
            problem = problem or f"there is no page at {STATIC}"
        elif not problem:
            require_whole(root / STATIC)
        if problem and wish == "require":
            raise RuntimeError(f"{problem}: {_HOW}")
        if problem:
            self.app.display_warning(f"voldesk is packed without a fresh page, {problem}: {_HOW}")


def is_current(root: Path) -> bool:
    """Say whether the page there is newer than its sources, or cannot be made anew."""
    page = root / STATIC / "index.html"
    if not (root / WEB / "package.json").is_file():
        return True
    return page.is_file() and page.stat().st_mtime >= newest_source(root)


def newest_source(root: Path) -> float:
    """Return when the last change was made to what the page is built of."""
    places = [root / WEB / name for name in _SOURCES]
    files = [
        file
        for place in places
        for file in (place.rglob("*") if place.is_dir() else (place,))
        if file.is_file()
    ]
    return max(file.stat().st_mtime for file in files)


def build(root: Path) -> str:
    """Install what the page is built with, as locked, and build it; return what went wrong."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not on the PATH"
    for command in ([npm, "ci"], [npm, "run", "build"]):
        done = subprocess.run(command, cwd=root / WEB, check=False)  # noqa: S603  # npm, our folder
        if done.returncode:
            return f"'npm {' '.join(command[1:])}' failed with {done.returncode}"
    return ""


def require_whole(folder: Path) -> None:
    """
    Do nothing if all that the page names is there.

    Raises:
        RuntimeError: A script or style is missing.
    """
    index = (folder / "index.html").read_text()
    names = re.findall(r'(?:src|href)="/([^"]+)"', index)
    missing = [name for name in names if not (folder / name).is_file()]
    if missing or not any(name.endswith(".js") for name in names):
        raise RuntimeError(f"the page at {folder} lacks {', '.join(missing) or 'its script'}")
