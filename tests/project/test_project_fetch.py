"""Images from web addresses: which are asked at all, and what is done with what they answer."""

import contextlib
import http.server
import threading
import time

import pytest

from neuropath.project import fetch as fetching
from neuropath.project.fetch import fetch, is_public
from neuropath.project.images import ImageProblem

DATA = bytes(range(256)) * 40


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        getattr(self, self.path.strip("/").split("/")[0].partition("?")[0], self.missing)()

    def send(self, body=b"", status=200, **headers):
        self.send_response(status)
        for name, value in ({"Content_Length": len(body)} | headers).items():
            if value is not None:
                self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def image(self):
        self.send(DATA)

    def unsized(self):
        self.send(DATA, Content_Length=None)

    def large(self):
        self.send(DATA * 9, Content_Length=None)

    def cut(self):
        self.send(DATA[:100], Content_Length=len(DATA))

    def moved(self):
        self.send(status=302, Location="/image")

    def around(self):
        self.send(status=302, Location="/around")

    def inward(self):
        self.send(status=302, Location="http://10.0.0.1/")

    def out_of_http(self):
        self.send(status=302, Location="file:///etc/passwd")

    def slow(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(40):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def missing(self):
        self.send(b"no", 404)

    def log_message(self, *args):
        pass

    def handle(self):
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # we hang up on it, as we should
            super().handle()


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as it:
        it.asked = []
        thread = threading.Thread(target=it.serve_forever, args=(0.05,))
        thread.start()
        yield it
        it.shutdown()
        thread.join()


@pytest.fixture
def get(server):
    """path -> what is fetched from the server of this test, which is allowed as if it were public."""

    def get_(path, **options):
        url = f"http://127.0.0.1:{server.server_port}/{path}"
        return fetch(url, allowed=lambda address: address == "127.0.0.1", **options)

    return get_


@pytest.mark.parametrize("path", ["image", "unsized", "moved", "image/ä b?q=1 2"])
def test_images_come_whole(get, path):
    assert get(path) == DATA


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("absent", "answers 404"),
        ("cut", "in the middle"),
        ("around", "redirects"),
        ("inward", "10.0.0.1 is not a public address"),
        ("out_of_http", "expected https"),
    ],
)
def test_what_goes_wrong_is_said(get, path, reason):
    with pytest.raises(ImageProblem, match=reason) as caught:
        get(path)
    assert "upload the file" in str(caught.value)


def test_limits_of_size_and_time(get, monkeypatch):
    with pytest.raises(ImageProblem, match="file too large"):
        get("large", limit=len(DATA) * 2)
    monkeypatch.setattr(fetching, "SECONDS", 0.4)
    start = time.monotonic()
    with pytest.raises(ImageProblem, match="no answer within"):
        get("slow")
    assert time.monotonic() - start < 1.9  # the server would go on for 2 seconds


def test_nothing_listens(get, server):
    with pytest.raises(ImageProblem, match="could not be fetched"):
        fetch("http://127.0.0.1:9/x.png", allowed=lambda address: True)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x.png",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        "http://example.org:port/",
        "x.png",
        "",
        "http://user:secret@127.0.0.1/",
    ],
)
def test_what_is_no_web_address_is_refused_unasked(url, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: pytest.fail("looked up"))
    with pytest.raises(ImageProblem):
        fetch(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "127.1"])
def test_this_machine_is_not_asked(server, host):
    before = len(server.asked)
    with pytest.raises(ImageProblem):
        fetch(f"http://{host}:{server.server_port}/image")
    assert len(server.asked) == before


def test_the_checked_address_is_connected_to_and_no_name_looked_up_again(server, monkeypatch):
    looked = []

    def once(host, port, **options):
        looked.append(host)
        assert len(looked) == 1, "looked up twice: the second answer could be another address"
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("socket.getaddrinfo", once)
    connect = fetching.socket.create_connection

    def plain(to, timeout):
        assert to[0] == "127.0.0.1"
        monkeypatch.undo()  # the real one for the connection itself
        return connect(to, timeout=timeout)

    monkeypatch.setattr(fetching.socket, "create_connection", plain)
    assert fetch(f"http://example.org:{server.server_port}/image", allowed=lambda a: True) == DATA
    assert server.asked[-1] == ("/image", f"example.org:{server.server_port}")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d70e", True),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public
