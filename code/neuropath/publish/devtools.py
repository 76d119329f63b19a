"""A headless Chromium that prints: started here, spoken to by the DevTools protocol, ended here."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--remote-debugging-port=0", "--remote-allow-origins=*"),
)


def find() -> str:
    """The browser's program; FileNotFoundError, with what to do, where there is none."""
    named = os.environ.get("CHROMIUM", "")
    for candidate in (named,) if named else (*NAMES, *PLACES):
        if found := shutil.which(candidate):
            return found
    what = f"CHROMIUM names {named!r}, which is no program" if named else "no Chromium or Chrome was found"
    raise FileNotFoundError(
        f"{what}. The PDF is printed by one: install it (Debian: apt-get install chromium), or name yours: "
        "CHROMIUM=/path/to/chrome make pdf"
    )


class Tab:
    """One page of the browser; `send` is a DevTools command."""

    def __init__(self, socket: Any):
        self.socket = socket
        self.number = 0

    def send(self, command: str, **parameters: Any) -> dict[str, Any]:
        """The command's result; events in between are dropped. ConnectionError in the browser's words."""
        from websocket import WebSocketException

        self.number += 1
        try:
            self.socket.send(json.dumps({"id": self.number, "method": command, "params": parameters}))
            while (answer := json.loads(self.socket.recv())).get("id") != self.number:
                pass
        except WebSocketException as error:
            raise ConnectionError(f"{command}: the browser broke off ({error}).") from error
        if "error" in answer:
            raise ConnectionError(f"{command}: {answer['error'].get('message')}")
        return answer.get("result", {})

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        answer = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise ConnectionError(f"the page says: {answer['exceptionDetails'].get('text')}")
        return answer["result"].get("value")

    def open(self, url: str) -> None:
        """Go to `url` and wait until everything it asks for has come."""
        self.send("Page.navigate", url=url)
        loaded = "location.href !== 'about:blank' && document.readyState === 'complete'"
        end = time.monotonic() + 120
        while not self.run(loaded):
            if time.monotonic() > end:
                raise TimeoutError(f"{url} did not load within two minutes.")
            time.sleep(0.1)

    def pdf(self, **options: Any) -> bytes:
        """The page on paper."""
        handle = self.send("Page.printToPDF", transferMode="ReturnAsStream", **options)["stream"]
        parts = []
        while True:
            piece = self.send("IO.read", handle=handle, size=1 << 20)
            parts.append(
                base64.b64decode(piece["data"]) if piece.get("base64Encoded") else piece["data"].encode()
            )
            if piece["eof"]:
                self.send("IO.close", handle=handle)
                return b"".join(parts)


@contextlib.contextmanager
def tab(program: str) -> Iterator[Tab]:
    """One tab of a fresh browser, which ends with the block, its profile with it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with contextlib.closing(_connect(browser, Path(profile))) as socket:
                yield Tab(socket)
        finally:
            browser.terminate()
            try:
                browser.wait(10)
            except subprocess.TimeoutExpired:
                browser.kill()
                browser.wait()


def _connect(browser: subprocess.Popen, profile: Path, seconds: float = 60) -> Any:
    import websocket

    end = time.monotonic() + seconds
    told = profile / "DevToolsActivePort"
    while not (told.is_file() and told.read_text().count("\n")):
        if browser.poll() is not None:
            raise ConnectionError(f"the browser ended at once, with status {browser.returncode}.")
        if time.monotonic() > end:
            raise TimeoutError(f"the browser did not answer within {seconds:.0f} seconds.")
        time.sleep(0.1)
    port = told.read_text().split()[0]
    local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    pages: list[str] = []
    while not pages:  # it answers before it has its first page
        if time.monotonic() > end:
            raise TimeoutError(f"the browser opened no page within {seconds:.0f} seconds.")
        with local.open(f"http://127.0.0.1:{port}/json/list", timeout=30) as answer:
            pages = [entry["webSocketDebuggerUrl"] for entry in json.load(answer) if entry["type"] == "page"]
    return websocket.create_connection(
        pages[0], timeout=600, suppress_origin=True, http_no_proxy=["127.0.0.1"]
    )
