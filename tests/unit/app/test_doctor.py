import socket
from pathlib import Path

import pytest

from voldesk.app import doctor
from voldesk.app.doctor import Finding, State
from voldesk.model.clock import ManualClock


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_this_machine_is_fit_for_the_tests() -> None:
    """Nothing fails here, and each finding that is not well says what to do."""
    findings = doctor.examine(None)
    assert doctor.worst(findings) is not State.FAIL, doctor.as_text(findings)
    assert all(finding.fix for finding in findings if finding.state is not State.OK)
    names = [finding.name for finding in findings]
    assert len(set(names)) == len(names)
    assert {"python", "kernels", "port", "page", "calendars", "disk"} <= set(names)


def test_wrong_settings_fail_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    """One bad key does not hide what else is wrong."""
    path = tmp_path / "bad.yaml"
    path.write_text("gatway: {port: 1}")
    findings = doctor.examine(path)
    assert findings[0].state is State.FAIL
    assert "did you mean" in findings[0].found
    assert len(findings) > 5
    assert doctor.worst(findings) is State.FAIL


def test_a_taken_port_is_a_warning() -> None:
    """Another one may be chosen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert doctor.check_port("127.0.0.1", port).state is State.WARN
    assert doctor.check_port("127.0.0.1", 0).state is State.OK


def test_a_page_that_is_not_built_is_a_warning(tmp_path: Path) -> None:
    """The API works without it."""
    assert doctor.check_page(tmp_path).state is State.WARN
    (tmp_path / "index.html").write_text("")
    assert doctor.check_page(tmp_path).state is State.OK


def test_a_token_that_others_may_read_fails(tmp_path: Path) -> None:
    """The server would not start with it."""
    path = tmp_path / "token"
    assert doctor.check_token(path).state is State.OK
    path.write_text("x")
    path.chmod(0o644)
    found = doctor.check_token(path)
    assert (found.state, found.fix) == (State.FAIL, f"chmod 600 {path}")
    path.chmod(0o600)
    assert doctor.check_token(path).state is State.OK


def test_a_disk_that_cannot_be_written_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is not there yet is judged by the one above it; a full one is told."""
    assert doctor.check_disk(tmp_path / "a" / "b").state is State.OK

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    found = doctor.check_disk(tmp_path)
    assert found.state is State.WARN
    assert "No space left" in found.found


def test_an_impossible_date_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock at 1970 makes every expiry wrong; near the calendars' end is a warning."""
    monkeypatch.setattr(doctor, "SystemClock", lambda: ManualClock(0))
    assert doctor.check_clock().state is State.FAIL
    far = 4_000_000_000 * 10**9
    monkeypatch.setattr(doctor, "SystemClock", lambda: ManualClock(far))
    assert doctor.check_calendars().state is State.WARN


def test_findings_as_text_and_as_json() -> None:
    """A line each with its fix below; the worst of all beside them."""
    findings = [Finding("a", State.OK, "well"), Finding("bb", State.WARN, "slow", "do this")]
    assert doctor.as_text(findings).splitlines() == [
        "ok    a   well",
        "warn  bb  slow",
        "          fix: do this",
    ]
    document = doctor.as_document(findings)
    assert document["worst"] == "warn"
    assert document["checks"][1]["fix"] == "do this"
