"""An image from a web address, fetched with little trust in the address, the server, or what it sends.

The program that fetches may stand in a network that the person who typed the address cannot see. So: only
http and https, only addresses that are public for the whole internet, connected to exactly as they were
checked (a second look-up could give another), every redirect checked anew, and limits on size and time.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from .images import ImageProblem

__all__ = ["MAX_DOWNLOAD", "fetch", "is_public"]

MAX_DOWNLOAD = 20_000_000  # bytes
SECONDS = 15  # for connecting and the body together; a name's look-up has the system's own limit
REDIRECTS = 3
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
CHUNK = 65_536
ADVICE = "save the image yourself and upload the file"
PLAIN = "/%:@!$&'()*+,;=~-._?"  # characters of an address that stay as they are
MOVED = (301, 302, 303, 307, 308)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet: not to this machine, its network, or a reserve."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6 and ip in NAT64:  # an IPv4 address in IPv6 clothes
        return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if ip.version == 6 and (ip.ipv4_mapped or ip.sixtofour or ip.teredo):
        return False  # more clothes, of which no server for images has need
    return ip.is_global and not ip.is_multicast


def fetch(url: str, *, allowed: Callable[[str], bool] = is_public, limit: int = MAX_DOWNLOAD) -> bytes:
    """The bytes behind an http(s) address, at most `limit`; ImageProblem says why not and what to do.

    allowed: whether an IP address may be connected to.
    """
    end, here = time.monotonic() + SECONDS, url.strip()
    for _ in range(REDIRECTS + 1):
        parts = _check(here)
        try:
            body, target = _get(parts, _address(parts, allowed), end, limit)
        except (OSError, http.client.HTTPException) as error:
            raise _problem("could not be fetched", _reason(error, parts)) from None
        if target is None:
            return body
        here = urljoin(here, target)
    raise _problem("could not be fetched", f"more than {REDIRECTS} redirects")


def _check(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port  # a ValueError if it is none
        name = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        raise _problem("not an address", f"{url[:80]!r} cannot be read as one") from None
    if parts.scheme not in ("http", "https") or not name:
        raise _problem("not an address", f"expected https://… or http://…, received {url[:80]!r}")
    if parts.username or parts.password:
        raise _problem("not fetched", "the address holds a user name or password")
    host = f"[{name}]" if ":" in name else name
    return parts._replace(netloc=host if port is None else f"{host}:{port}")


def _address(parts: SplitResult, allowed: Callable[[str], bool]) -> tuple[str, int]:
    """(IP, port) to connect to. Refused if any of the name's addresses is not allowed."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    assert parts.hostname is not None
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(allowed, addresses)):
        raise _problem("not fetched", f"{parts.hostname} is not a public address of the internet")
    return addresses[0], port


def _get(parts: SplitResult, to: tuple[str, int], end: float, limit: int) -> tuple[bytes, str | None]:
    """(body, None), or (b"", where it has moved to)."""
    connection = http.client.HTTPConnection(*to)
    connection.sock = sock = _socket(parts, to, end)  # to the address that was checked, not to the name
    try:
        path = quote(parts.path or "/", safe=PLAIN) + (
            f"?{quote(parts.query, safe=PLAIN)}" if parts.query else ""
        )
        headers = {"Host": parts.netloc, "Accept": "image/*", "User-Agent": "neuropath"}
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as answer:
            if answer.status in MOVED and (target := answer.getheader("Location")):
                return b"", target
            if answer.status != 200:
                raise _problem("could not be fetched", f"the server answers {answer.status} {answer.reason}")
            return _body(answer, sock, end, limit), None
    finally:
        connection.close()
        sock.close()  # a response that ends with the connection takes the socket out of `connection`


def _socket(parts: SplitResult, to: tuple[str, int], end: float) -> socket.socket:
    plain = socket.create_connection(to, timeout=_left(end))
    if parts.scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)
    except BaseException:
        plain.close()
        raise


def _body(answer: http.client.HTTPResponse, sock: socket.socket, end: float, limit: int) -> bytes:
    """All of it, or a refusal as soon as the limit of size or time is passed."""
    received = bytearray()
    while not answer.isclosed():
        sock.settimeout(_left(end))  # a server may send one byte a second for ever
        if not (chunk := answer.read1(CHUNK)):
            break
        received += chunk
        if len(received) > limit:
            raise _problem("file too large", f"more than {limit / 1e6:,.0f} MB")
    if answer.length:
        raise _problem("could not be fetched", "the connection ended in the middle")
    return bytes(received)


def _left(end: float) -> float:
    if (left := end - time.monotonic()) <= 0:
        raise TimeoutError
    return left


def _problem(kind: str, detail: str) -> ImageProblem:
    return ImageProblem(kind, f"{detail}; {ADVICE}")


def _reason(error: Exception, parts: SplitResult) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS} seconds"
    if isinstance(error, socket.gaierror):
        return f"there is no {parts.hostname}, or no network"
    if isinstance(error, ssl.SSLError):
        return f"{parts.hostname} has no valid certificate"
    return getattr(error, "strerror", None) or type(error).__name__
