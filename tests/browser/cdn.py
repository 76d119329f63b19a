"""Answers a browser's requests to the CDN from npm's files, after checking what is asked for.

DevTools tells over a WebSocket of every request that leaves for another host, and waits for an answer.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import mimetypes
import re
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket
from chromium import Browser

from neuropath.publish import vendor

ADDRESS = re.compile(
    r"https://cdn\.jsdelivr\.net/npm/(?P<package>[\w.-]+)@(?P<version>[^/]+)/(?P<path>[^?#]+)"
)
OPEN = {"Access-Control-Allow-Origin": "*"}


class Cdn:
    """The CDN as pages see it. `asked` lists what was handed out, `refused` what was not, and why."""

    def __init__(self, chromium: Browser, modules: Path):
        self.modules, self.record = modules, vendor.recorded()
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.spoil = False  # hand out other bytes than npm's, to see whether the browser notices
        self._number = 0
        self._socket = websocket.create_connection(_page_of(chromium), suppress_origin=True, timeout=1)

    def weight(self, path: str) -> int:
        """Bytes that the CDN would send of a file: it compresses what it sends."""
        return len(gzip.compress((self.modules / self.record["package"] / path).read_bytes()))

    def send(self, method: str, **parameters: Any) -> None:
        """Send a command; answers are not waited for."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))

    def listen(self, until: threading.Event) -> None:
        """Answer requests until the event is set."""
        self.send("Fetch.enable", patterns=[{"urlPattern": "https://*"}])
        while not until.is_set():
            with contextlib.suppress(websocket.WebSocketTimeoutException):
                message = json.loads(self._socket.recv())
                if message.get("method") == "Fetch.requestPaused":
                    self._answer(message["params"])
        self._socket.close()

    def _answer(self, paused: dict[str, Any]) -> None:
        url, request = paused["request"]["url"], paused["requestId"]
        try:
            data, kind = self._file(url)
        except ValueError as error:
            self.refused.append(str(error))
            return self.send("Fetch.failRequest", requestId=request, errorReason="AccessDenied")
        headers = [{"name": name, "value": value} for name, value in (OPEN | {"Content-Type": kind}).items()]
        body = base64.b64encode(data).decode()
        return self.send(
            "Fetch.fulfillRequest", requestId=request, responseCode=200, responseHeaders=headers, body=body
        )

    def _file(self, url: str) -> tuple[bytes, str]:
        """npm's file behind an address of the CDN. ValueError if it is not the recorded one."""
        found = ADDRESS.fullmatch(url)
        if found is None:
            raise ValueError(f"{url} is asked for, which is not on the CDN that the book names")
        pinned = (self.record["package"], self.record["version"])
        if (found["package"], found["version"]) != pinned:
            raise ValueError(f"{url} is asked for, pinned is {'@'.join(pinned)}")
        file = self.modules / found["package"] / found["path"]
        if not file.is_file():
            raise ValueError(f"{url} is asked for, which the package from npm does not hold")
        data = file.read_bytes()
        expected = self.record["files"].get(found["path"])
        if expected != vendor.integrity(data):
            raise ValueError(f"{found['path']} has the hash {vendor.integrity(data)}, recorded is {expected}")
        self.asked.append(found["path"])
        return data + b"\n/**/" * self.spoil, mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _page_of(chromium: Browser) -> str:
    """The DevTools address of the browser's page."""
    local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with local.open(f"http://{chromium.debugger}/json", timeout=10) as answer:
        return next(t["webSocketDebuggerUrl"] for t in json.load(answer) if t["type"] == "page")


@contextlib.contextmanager
def answering(chromium: Browser, modules: Path) -> Iterator[Cdn]:
    """Stand in for the CDN while the block runs; `modules` is npm's folder of packages."""
    cdn, stop = Cdn(chromium, modules), threading.Event()
    thread = threading.Thread(target=cdn.listen, args=(stop,), daemon=True)
    thread.start()
    try:
        yield cdn
    finally:
        stop.set()
        thread.join(10)
