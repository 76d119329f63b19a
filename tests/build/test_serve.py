"""Serving: this machine only, modules with a type browsers accept, a clear word when there is no book."""

import threading
import urllib.request

import pytest

from neuropath.publish import serve


def test_no_book_yet(tmp_path):
    with pytest.raises(FileNotFoundError, match="make book"):
        serve.main(tmp_path)


def test_serves_modules_as_javascript_and_takes_the_next_free_port(tmp_path):
    import functools

    (tmp_path / "a.mjs").write_text("export const a = 1;")
    handler = functools.partial(serve._Quiet, directory=str(tmp_path))
    with serve._listen(handler, 8765) as first, serve._listen(handler, first.server_address[1]) as second:
        assert second.server_address != first.server_address
        assert second.server_address[0] == "127.0.0.1"
        threading.Thread(target=second.serve_forever, daemon=True).start()
        with urllib.request.urlopen(f"http://127.0.0.1:{second.server_address[1]}/a.mjs") as reply:
            assert reply.headers["Content-Type"] == "text/javascript"
        second.shutdown()


def test_a_port_that_is_none_is_refused():
    with pytest.raises(ValueError, match="70000 to 70019 are all taken or no ports"):
        serve._listen(serve._Quiet, 70000)


def test_a_browser_in_the_terminal_is_not_waited_for(tmp_path, monkeypatch):
    """It would wait for the server, and the server for it."""
    (tmp_path / "index.html").write_text("book")
    read, served = [], threading.Event()

    def browser(address):
        with urllib.request.urlopen(address, timeout=10) as reply:
            read.append(reply.read())
        served.set()

    def forever(server):
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert served.wait(10)

    monkeypatch.setattr(serve.webbrowser, "open", browser)
    monkeypatch.setattr(serve.http.server.ThreadingHTTPServer, "serve_forever", forever)
    assert serve.main(tmp_path, port=8790) == 0
    assert read == [b"book"]
