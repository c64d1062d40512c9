#!/usr/bin/python3
"""Through proxies: SOCKS5 with the name left to the proxy, HTTP CONNECT."""

from __future__ import annotations

import shutil
import subprocess

from rig import tap
from rig.base import (HOST, Skip, end_process, free_port, port_answers,
                      wait_until)
from rig.mail import make_message
from rig.proxy import Proxy
from rig.tap import Bench, each
from rig.watcher import Watcher

TINYPROXY = """\
Port {port}
Listen {host}
Timeout 600
Allow {host}
BasicAuth jane s3cret-proxy
PidFile "{pid}"
"""


def start(bench: Bench, *command: str) -> None:
    if shutil.which(command[0]) is None:
        raise Skip(f"{command[0]} is not installed")
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True)
    bench.defer(lambda: end_process(process, group=True))


def ring_through(bench: Bench, proxy: str, **options: object) -> Watcher:
    server = bench.dovecot
    user = server.user()
    w = bench.watcher().account("work", server, user, proxy=proxy, **options)
    w.secret("s3cret-proxy")
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Through"))
        w.wait_rings(1)
    return w


@each("socks5h", "http")
def test_proxy(bench: Bench, scheme: str) -> None:
    """The proxy is asked for the name, with the password."""
    with Proxy("jane", "s3cret-proxy") as proxy:
        ring_through(bench, f"{scheme}://jane:s3cret-proxy@{HOST}:"
                            f"{proxy.port}")
        kind = {"socks5h": "socks name", "http": "http CONNECT"}[scheme]
        assert proxy.requests == [(kind, "localhost", bench.dovecot.imaps)]


@each("socks5h", "http")
def test_starttls_through_proxy(bench: Bench, scheme: str) -> None:
    with Proxy() as proxy:
        ring_through(bench, f"{scheme}://{HOST}:{proxy.port}",
                     tls="starttls", port=bench.dovecot.imap)
        assert len(proxy.requests) == 1


@each("socks5h", "http")
def test_refused(bench: Bench, scheme: str) -> None:
    server = bench.dovecot
    with Proxy("jane", "other") as proxy:
        w = bench.watcher().account(
            "work", server, server.user(),
            proxy=f"{scheme}://jane:s3cret-proxy@{HOST}:{proxy.port}")
        w.secret("s3cret-proxy")
        with w:
            done = w.run("once")
            assert done.returncode == 69, done
            assert len(done.stderr.splitlines()) == 1, done.stderr
            assert "proxy" in done.stderr.lower(), done.stderr
        assert proxy.refused > 0 and proxy.requests == []


def test_proxy_down(bench: Bench) -> None:
    server = bench.dovecot
    w = bench.watcher().account("work", server, server.user(),
                                proxy=f"socks5h://{HOST}:{free_port()}")
    with w:
        done = w.run("once")
        assert done.returncode == 69, done
        assert len(done.stderr.splitlines()) == 1, done.stderr


def test_environment_is_ignored(bench: Bench) -> None:
    """$http_proxy and $all_proxy count only with proxy = env."""
    server = bench.dovecot
    user = server.user()
    with Proxy() as proxy:
        url = f"socks5h://{HOST}:{proxy.port}"
        w = bench.watcher().account("work", server, user)
        w.environment |= {"all_proxy": url, "ALL_PROXY": url,
                          "http_proxy": url}
        with w:
            assert w.run("once").returncode == 0
        assert proxy.requests == []


def test_environment(bench: Bench) -> None:
    server = bench.dovecot
    with Proxy() as proxy:
        w = bench.watcher().account("work", server, server.user(),
                                    proxy="env")
        w.environment["all_proxy"] = f"socks5h://{HOST}:{proxy.port}"
        with w:
            assert w.run("once").returncode == 0, w.log()
        assert len(proxy.requests) == 1


def test_microsocks(bench: Bench) -> None:
    port = free_port()
    start(bench, "microsocks", "-i", HOST, "-p", str(port), "-u", "jane",
          "-P", "s3cret-proxy")
    wait_until(lambda: port_answers(port), "microsocks")
    ring_through(bench, f"socks5h://jane:s3cret-proxy@{HOST}:{port}")


def test_tinyproxy(bench: Bench) -> None:
    port = free_port()
    config = bench.path("tinyproxy.conf")
    config.write_text(TINYPROXY.format(port=port, host=HOST,
                                       pid=bench.path("pid")))
    start(bench, "tinyproxy", "-d", "-c", str(config))
    wait_until(lambda: port_answers(port), "tinyproxy")
    ring_through(bench, f"http://jane:s3cret-proxy@{HOST}:{port}")


if __name__ == "__main__":
    tap.main(globals())
