"""The page's files."""

from pathlib import Path

import pytest
from gateway_world import ask
from starlette.exceptions import HTTPException

from voldesk.gateways.web import Page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a built page."""
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<!doctype html><title>voldesk</title>")
    (web / "assets" / "index-Bx3fK_9a.js").write_text("1")
    (web / "assets" / "plain.js").write_text("2")
    (web / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return web


async def test_without_a_page_the_root_says_how_to_build_it() -> None:
    """One sentence, and the API's addresses."""
    for missing in (None, Path("/nowhere")):
        answer = await ask(Page(missing), "/")
        assert answer.status == 200
        assert b"make web" in answer.body
        assert answer.headers["cache-control"] == "no-store"
    with pytest.raises(HTTPException):
        await ask(Page(None), "/index.html")


@pytest.mark.parametrize("path", ["/", "/index.html", "/chain/NIFTY", "/alerts"])
async def test_the_page_is_served_fresh(folder: Path, path: str) -> None:
    """The root and every place within the page are index.html, never kept."""
    answer = await ask(Page(folder), path)
    assert answer.status == 200
    assert b"<title>voldesk" in answer.body
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/index-Bx3fK_9a.js", "public, max-age=31536000, immutable"),
        ("/assets/plain.js", "no-store"),
        ("/favicon.svg", "no-store"),
    ],
)
async def test_files_named_by_their_content_are_kept_for_ever(
    folder: Path, path: str, kept: str
) -> None:
    """A hashed name never means other bytes; every other file is asked for anew."""
    answer = await ask(Page(folder), path)
    assert answer.headers["cache-control"] == kept


@pytest.mark.parametrize(
    "path",
    [
        "/missing.js",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "//etc/a.b",
    ],
)
async def test_what_is_not_there_is_not_found(folder: Path, path: str) -> None:
    """Nothing outside the folder is reachable, whatever the path."""
    with pytest.raises(HTTPException) as caught:
        await ask(Page(folder), path)
    assert caught.value.status_code == 404


async def test_only_reading_is_answered(folder: Path) -> None:
    """POST is not allowed."""
    with pytest.raises(HTTPException) as caught:
        await ask(Page(folder), "/", method="POST")
    assert caught.value.status_code == 405


async def test_there_are_no_streams_here(folder: Path) -> None:
    """A WebSocket to a path that is none is refused."""
    answer = await ask(Page(folder), "/ws/nope", kind="websocket")
    assert answer.status == 404
