"""A headless Chromium, driven through chromedriver's own HTTP protocol (W3C WebDriver): no package needed."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--hide-scrollbars", "--no-proxy-server"),
    # Nothing outside this machine is reachable: whatever a page asks for elsewhere fails, and is logged.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
TALLEST = 24_000  # pixels of a page in one picture: half of it must fit into the browser's largest surface
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Left": "\ue012",
    "Up": "\ue013",
    "Right": "\ue014",
    "Down": "\ue015",
    "Space": " ",
}


def absent() -> str:
    """Which of the two programs is not installed; empty when both are."""
    names = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(names)} not installed" if names else ""


class Browser:
    """One browser session. Elements are plain WebDriver references; scripts see them as DOM nodes."""

    def __init__(self, address: str, session: str, debugger: str = ""):
        self.base = f"{address}/session/{session}"
        self.debugger = debugger  # host and port of the browser's DevTools

    def get(self, url: str) -> None:
        """Open `url` and wait until it has loaded."""
        _call("POST", f"{self.base}/url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of the function body `script`; a promise is waited for."""
        return _call("POST", f"{self.base}/execute/sync", {"script": script, "args": list(arguments)})

    def until(self, script: str, seconds: float = 10) -> Any:
        """Wait until `script` gives something true, and return it."""
        end = time.monotonic() + seconds
        while not (value := self.run(script)):
            if time.monotonic() > end:
                raise AssertionError(f"not true within {seconds} s: {script}")
            time.sleep(0.05)
        return value

    def settle(self) -> None:
        """Wait for two frames: what was asked for is drawn."""
        self.run("return new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")

    def find(self, selector: str) -> dict[str, str]:
        """The first element that matches."""
        return _call("POST", f"{self.base}/element", {"using": "css selector", "value": selector})

    def press(self, *keys: str) -> None:
        """Type keys, named as in KEYS or letters, into whatever has the focus."""
        strokes = [{"type": kind, "value": KEYS.get(k, k)} for k in keys for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": strokes})

    def press_on(self, selector: str, *keys: str) -> None:
        """Give an element the focus, then type keys."""
        self.run("arguments[0].focus()", self.find(selector))
        self.press(*keys)
        self.settle()

    def choose_file(self, selector: str, path: Path) -> None:
        """Give a file to `<input type=file>`, as its dialog would."""
        where = f"/element/{self.find(selector)[ELEMENT]}/value"
        _call("POST", self.base + where, {"text": str(path)})

    def drag(self, selector: str, dx: int, dy: int, pointer: str = "mouse") -> None:
        """Press on the middle of an element, move by (dx, dy) pixels, and let go; mouse, touch or pen."""
        self.run("arguments[0].scrollIntoView({block: 'center'})", self.find(selector))
        x, y = self.run(
            "const b = arguments[0].getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]",
            self.find(selector),
        )
        move = {"type": "pointerMove", "duration": 50, "origin": "viewport"}
        path = [{"x": round(x + t * dx), "y": round(y + t * dy)} for t in (0, 0.5, 1)]
        first, *rest = [move | point for point in path]
        steps = [first, {"type": "pointerDown", "button": 0}, *rest, {"type": "pointerUp", "button": 0}]
        hand = {"type": "pointer", "id": pointer, "parameters": {"pointerType": pointer}, "actions": steps}
        self._act(hand)
        self.settle()

    def emulate(self, width: int, height: int = 800, scale: float = 1, **media: str) -> None:
        """A viewport of `width` pixels, and media: `medium="print"`, `prefers_color_scheme="dark"` …"""
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self.devtools("Emulation.setDeviceMetricsOverride", size)
        medium = media.pop("medium", "")
        features = [{"name": k.replace("_", "-"), "value": v} for k, v in media.items()]
        self.devtools("Emulation.setEmulatedMedia", {"media": medium, "features": features})

    def script_off(self, off: bool) -> None:
        """Forbid pages their scripts, or allow them again; scripts of `run` are not touched."""
        self.devtools("Emulation.setScriptExecutionDisabled", {"value": off})

    def screenshot(self, path: Path, selector: str | None = None) -> None:
        """Save a picture of the viewport, or of one element."""
        where = f"/element/{self.find(selector)[ELEMENT]}/screenshot" if selector else "/screenshot"
        path.write_bytes(base64.b64decode(_call("GET", self.base + where)))

    def pictures(self, folder: Path, name: str, until: int = 10**6, **media: str) -> list[Path]:
        """The page, or its upper `until` pixels, at half their size: `name`-1.jpg, -2.jpg …

        Each is a viewport as tall: a picture beyond the viewport lays out the page two more times.
        """
        for old in folder.glob(f"{name}-[0-9]*.jpg"):
            old.unlink()
        width, height = self.run("const e = document.documentElement; return [innerWidth, e.scrollHeight]")
        self.emulate(width, min(height, until, TALLEST), 0.5, **media)
        made = []
        for piece in range(-(-min(height, until) // TALLEST)):
            self.run("scrollTo({ top: arguments[0], behavior: 'instant' })", piece * TALLEST)
            self.settle()
            made.append(folder / f"{name}-{piece + 1}.jpg")
            answer = self.devtools("Page.captureScreenshot", {"format": "jpeg", "quality": 40})
            made[-1].write_bytes(base64.b64decode(answer["data"]))
        return made

    def complaints(self, grave: bool = False) -> list[str]:
        """What the page's console was told since the last call; if `grave`, errors and warnings only."""
        entries = _call("POST", f"{self.base}/se/log", {"type": "browser"})
        return [e["message"] for e in entries if not grave or e["level"] in ("SEVERE", "WARNING")]

    def devtools(self, command: str, parameters: dict) -> Any:
        """What a command of the DevTools protocol answers."""
        return _call("POST", f"{self.base}/goog/cdp/execute", {"cmd": command, "params": parameters})

    def _act(self, source: dict) -> None:
        _call("POST", f"{self.base}/actions", {"actions": [source]})
        _call("DELETE", f"{self.base}/actions")


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start chromedriver and one browser with a fresh profile in `profile`; both end with the block."""
    port = _free_port()
    log = (profile / "chromedriver.log").open("wb")
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        options = {
            "args": [*FLAGS, f"--user-data-dir={profile / 'profile'}"],
            "binary": shutil.which("chromium"),
        }
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        made = _call("POST", f"{address}/session", {"capabilities": {"alwaysMatch": wanted}})
        session, debugger = made["sessionId"], made["capabilities"]["goog:chromeOptions"]["debuggerAddress"]
        try:
            yield Browser(address, session, debugger)
        finally:  # or the browser would outlive its driver
            _call("DELETE", f"{address}/session/{session}")
    finally:
        driver.terminate()
        driver.wait(10)
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            _call("GET", f"{address}/status")
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _call(method: str, url: str, body: dict | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with local.open(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        with error:
            raise AssertionError(json.load(error)["value"]["message"].splitlines()[0]) from None
