"""Serve the built book on this machine only."""

from __future__ import annotations

import functools
import http.server
import threading
import webbrowser
from pathlib import Path


def main(folder: Path, *, port: int = 8000, browser: bool = True) -> int:
    """Serve `folder` on 127.0.0.1:`port` (the next free one if it is taken) until Ctrl-C."""
    if not (folder / "index.html").exists():
        raise FileNotFoundError(f"{folder} holds no built book; run `make book` first.")
    handler = functools.partial(_Quiet, directory=str(folder))
    with _listen(handler, port) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        print(f"The book is at {address} (Ctrl-C stops it).", flush=True)
        if browser:
            # Not here: a browser of the terminal would be waited for, while it waits for the server below.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


class _Quiet(http.server.SimpleHTTPRequestHandler):
    # Some systems map .mjs to text/plain, and browsers refuse to run a module of that type.
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def log_message(self, *args) -> None:
        """Requests are not worth a line each."""


def _listen(handler, port: int) -> http.server.ThreadingHTTPServer:
    for candidate in range(port, port + 20):
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except (OSError, OverflowError):  # taken, or beyond 65535
            continue
    raise ValueError(f"ports {port} to {port + 19} are all taken or no ports; name another with --port.")
