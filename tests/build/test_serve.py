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
