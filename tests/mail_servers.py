"""Mail servers on this machine for tests: one that takes mail, one that refuses, one that never answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any


class Server(ThreadingTCPServer):
    """Speaks as much of SMTP as is needed to take a mail; `taken` holds what came."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, manner: str) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.manner, self.taken, self.closing = manner, list[str](), Event()

    @property
    def settings(self) -> dict[str, Any]:
        """What Django is told to reach it."""
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": self.server_address[1]}


class Talk(StreamRequestHandler):
    """One conversation."""

    server: Server

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        if self.server.manner == "silent":
            self.server.closing.wait(30)
            return
        self.say("220 here")
        for line in self.rfile:
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"QUIT":
                self.say("221 bye")
                return
            if verb == b"RCPT" and self.server.manner == "refusing":
                self.say("550 no such user here")
            elif verb == b"DATA":
                self.say("354 go on")
                self.take()
            else:
                self.say("250 yes")

    def take(self) -> None:
        words = []
        for line in self.rfile:
            if line.strip() == b".":
                break
            words.append(line.decode())
        self.server.taken.append("".join(words))
        self.say("250 taken")


@contextmanager
def mail_server(manner: str = "willing") -> Iterator[Server]:
    """A server that runs until the block ends."""
    with Server(manner) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
