"""The container files say what is true: nothing runs them here, so they are read closely."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from voldesk import __version__
from voldesk.app.cli import app
from voldesk.app.settings import LEAVES, load_settings
from voldesk.store.trades.database import checked_url

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if "build" in one}
PINNED = re.compile(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?")
BUILD_ONLY = {"VOLDESK_WEB"}  # of hatch_build.py, no setting


def instructions(word: str) -> list[str]:
    """Return what follows each instruction of a kind, its continued lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line[len(word) + 1 :] for line in joined.splitlines() if line.startswith(f"{word} ")]


def variables() -> dict[str, str]:
    """Return every variable that the image or a service of ours sets."""
    found: dict[str, str] = {}
    for line in instructions("ENV"):
        found |= dict(pair.split("=", 1) for pair in line.split())
    for service in OURS.values():
        found |= {name: str(value) for name, value in service["environment"].items()}
    return found


def test_hadolint_finds_nothing() -> None:
    """The Dockerfile keeps the rules of hadolint, all of them."""
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [linter, "--failure-threshold", "style", DEPLOY / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_profiles_are_those_that_are_told() -> None:
    """core, redis, postgres: each has a voldesk, and the README explains it."""
    profiles = {profile for one in SERVICES.values() for profile in one["profiles"]}
    assert profiles == {"core", "redis", "postgres"}
    for profile in profiles:
        assert [name for name, one in OURS.items() if profile in one["profiles"]], profile
        assert f"| `{profile}` |" in (DEPLOY / "README.md").read_text()


def test_every_image_is_pinned() -> None:
    """By a whole version; ours by the version of this checkout."""
    stages = [line.split(" AS ") for line in instructions("FROM")]
    images = [stage[0] for stage in stages] + [one["image"] for one in SERVICES.values()]
    for image in images:
        assert PINNED.fullmatch(image), image
    assert {one["image"] for one in OURS.values()} == {f"voldesk:{__version__}"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_looked_after_and_confined(name: str) -> None:
    """A health check, a restart, no privilege, no host's network or files, no port for others."""
    service = SERVICES[name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"
    assert "no-new-privileges:true" in service["security_opt"]
    for wish in ("privileged", "cap_add", "network_mode", "pid", "ipc", "devices", "userns_mode"):
        assert wish not in service, wish
    for mount in service.get("volumes", []):
        assert mount.split(":")[0] in COMPOSE["volumes"], mount
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:"), port


def test_nothing_secret_is_written_down() -> None:
    """Passwords come from outside and have no default; no other value looks like one."""
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"PASS|SECRET|TOKEN|KEY", name):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), name
            else:
                assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), name
    assert not re.search(
        r"PASS|SECRET|TOKEN|KEY", " ".join(instructions("ENV") + instructions("ARG"))
    )


def test_everything_that_is_copied_is_there() -> None:
    """Sources of COPY exist and are not ignored; those of other stages name a stage."""
    stages = {line.split(" AS ")[1] for line in instructions("FROM") if " AS " in line}
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    for line in instructions("COPY"):
        words = line.split()
        if words[0].startswith("--from="):
            assert words[0].removeprefix("--from=") in stages
            continue
        for source in words[:-1]:
            assert (ROOT / source).exists(), source
            assert f"!{source.split('/')[0]}" in ignored, source
    for service in OURS.values():
        folder = (DEPLOY / service["build"]["context"]).resolve()
        assert folder == ROOT
        assert (folder / service["build"]["dockerfile"]).is_file()


def test_the_page_is_copied_from_where_it_is_built() -> None:
    """The stage of the page builds where vite.config.ts says, and the hook finds it there."""
    static = "src/voldesk/gateways/static"
    assert f"OUT_DIR = '../{static}'" in (ROOT / "web" / "vite.config.ts").read_text()
    assert f"--from=page /build/{static} {static}" in instructions("COPY")


def test_every_command_and_option_exists() -> None:
    """What the containers run is a command of the CLI, with options that it has."""
    commands = getattr(typer.main.get_command(app), "commands", {})
    asked = [yaml.safe_load(line) for line in instructions("CMD")]
    asked += [service["command"] for service in OURS.values()]
    assert asked
    for command, *arguments in asked:
        options = {name for one in commands[command].params for name in one.opts}
        assert {word for word in arguments if word.startswith("--")} <= options
    assert instructions("ENTRYPOINT") == ['["voldesk"]']


def test_every_setting_exists() -> None:
    """A variable that begins with VOLDESK_ is a setting, or the process would not start."""
    names = {name for name in variables() if name.startswith("VOLDESK_")} - BUILD_ONLY
    settings = {name.removeprefix("VOLDESK_").lower().replace("__", ".") for name in names}
    assert settings
    assert settings <= set(LEAVES)


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_settings_of_a_service_go_together(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process with them starts: no combination is refused."""
    for variable in [one for one in os.environ if one.startswith("VOLDESK_")]:
        monkeypatch.delenv(variable)
    for variable, value in OURS[name]["environment"].items():
        monkeypatch.setenv(variable, value)
    settings = load_settings(config=ROOT / "examples" / "voldesk.yaml").settings
    settings.gateway.require_safe()
    settings.trading.require_possible()
    if settings.trading.database.url is not None:
        assert checked_url(settings.trading.database.url).host in SERVICES


def test_paper_is_the_default() -> None:
    """In the image and in every service, in so many words."""
    places = [" ".join(instructions("ENV"))]
    places += [
        " ".join(f"{name}={value}" for name, value in one["environment"].items())
        for one in OURS.values()
    ]
    for place in places:
        assert "VOLDESK_TRADING__BROKER=paper" in place
        assert "VOLDESK_TRADING__IS_PAPER=true" in place


def test_the_image_does_not_run_as_root_or_listen_outside() -> None:
    """A numbered user, and loopback; a service that binds more has its port on loopback."""
    assert re.fullmatch(r"(?!0:)\d+:\d+", instructions("USER")[-1])
    assert "VOLDESK_GATEWAY__HOST=127.0.0.1" in " ".join(instructions("ENV"))
    gateway = COMPOSE["networks"]["desk"]["ipam"]["config"][0]["gateway"]
    for service in OURS.values():
        assert service["environment"]["VOLDESK_GATEWAY__TRUSTED_PROXIES"] == gateway
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_health_is_asked_where_it_is_answered() -> None:
    """The image and the services ask /api/v1/ready, which needs no token."""
    asked = [instructions("HEALTHCHECK")[0]]
    asked += [" ".join(one["healthcheck"]["test"]) for one in OURS.values()]
    assert all("http://127.0.0.1:8000/api/v1/ready" in line for line in asked)


def test_the_extras_exist() -> None:
    """What is installed beside voldesk is named in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (extras,) = re.findall(r'pip install "\.\[([a-z,]+)\]"', DOCKERFILE)
    assert set(extras.split(",")) <= set(project["optional-dependencies"])


def test_it_is_said_that_nobody_ran_them() -> None:
    """Linted and not run: the README begins with it."""
    assert "linted and not run" in (DEPLOY / "README.md").read_text()[:200]
