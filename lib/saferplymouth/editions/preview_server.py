"""Serves a preview to this machine's browser, and shows each change there by itself."""

import asyncio
import errno
import hmac
import json
import mimetypes
import secrets
import signal
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path

import click
from jinja2.environment import TemplateModule
from tornado import httpserver, netutil, web, websocket

from saferplymouth.editions import listing
from saferplymouth.editions.preview import Preview
from saferplymouth.store import temporary
from saferplymouth.store.edition_names import EditionName, NotPlanned
from saferplymouth.store.manifest import FRONT_PAGE
from saferplymouth.store.published import sha256

HERE = "127.0.0.1"
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; font-src data:; "
    "script-src 'nonce-{nonce}'; connect-src 'self' ws://127.0.0.1:{port} ws://localhost:{port}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
HEADERS |= {"Referrer-Policy": "no-referrer", "Server": "saferplymouth"}
STOPS = (signal.SIGINT, signal.SIGTERM)
BODY = '<header id="top">'  # of a page; what is added goes before it


class Guarded(web.RequestHandler):
    """Answers only the browser that has shown the token, and only by this machine's own names."""

    def set_default_headers(self) -> None:
        self.nonce = secrets.token_urlsafe()
        policy = POLICY.format(nonce=self.nonce, port=self.settings["port"])
        for name, value in (HEADERS | {"Content-Security-Policy": policy}).items():
            self.set_header(name, value)

    @property
    def preview(self) -> Preview:
        return self.settings["preview"]

    @property
    def front(self) -> str:
        return f"/{self.preview.edition.name}/{FRONT_PAGE}"

    def prepare(self) -> None:
        cookie = self.get_cookie(f"preview-{self.settings['port']}", "")
        self.admit(cookie)

    def admit(self, token: str) -> None:
        names = [f"{name}:{self.settings['port']}" for name in (HERE, "localhost")]
        if self.request.host not in names or not hmac.compare_digest(
            token.encode(), self.settings["token"].encode()
        ):
            raise web.HTTPError(403)

    def write_error(self, status: int, **_) -> None:
        words = {403: "Open the address that `saferplymouth preview` printed."}
        words |= {404: "The preview has the pages, tables and charts of one edition only."}
        link = self.front if status == 404 else ""
        said = words.get(status, "The preview can only be read.")
        self.finish(_template().page("Not in the preview", said, link=link))


class Door(Guarded):
    """Takes the token from the address into a cookie that scripts and other sites do not get."""

    def prepare(self) -> None:
        if token := self.get_query_argument("token", ""):
            self.admit(token)
            name = f"preview-{self.settings['port']}"
            self.set_cookie(name, token, httponly=True, samesite="Strict")
        else:
            super().prepare()

    def get(self) -> None:
        # a redirect from another site would come without the cookie
        self.write(_template().page("Preview", "The preview opens by itself.", to=self.front))

    head = get


class File(Guarded):
    """A file of the edition, from memory; a page with what tells of problems and shows changes."""

    async def get(self, edition: str, name: str) -> None:
        content = await self.preview.file(name)
        title = self.preview.title(name)
        waits = title and name.endswith(".html")
        if edition != self.preview.edition.name or not (content or waits):
            raise web.HTTPError(404)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        text = kind.startswith("text/") or kind == "application/json"
        self.set_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.write(self._with_bar(name, title, content) if name.endswith(".html") else content)

    head = get

    def _with_bar(self, name: str, title: str, content: bytes | None) -> str:
        template, digest = _template(), sha256(content) if content else ""
        waits = "It is shown here as soon as it has been built."
        page = content.decode() if content else str(template.page(title, waits))
        bar = template.bar(name, digest, _status(self.preview))
        page = page.replace("</head>", f"{template.head(self.nonce)}</head>", 1)
        return page.replace(BODY, f"{bar}{BODY}", 1)


class Live(Guarded, websocket.WebSocketHandler):
    """Tells an open page of what is being built, of problems, and of its own changes."""

    def open(self) -> None:
        self.page = self.get_query_argument("page", "")
        self.settings["open"].add(self)
        self.tell()

    def on_close(self) -> None:
        self.settings["open"].discard(self)

    def on_message(self, message: str) -> None:
        """Nothing is asked of the preview."""

    def tell(self) -> None:
        state = {"doing": _status(self.preview), "problems": self.preview.problems}
        self.preview.looked_at = {live.page for live in self.settings["open"]}
        self.write_message(json.dumps(state | {"digest": self.preview.digest(self.page)}))


def _template() -> TemplateModule:
    return listing.environment().get_template("preview.html.j2").module


def _status(preview: Preview) -> str:
    return f"Preview of {preview.edition.words}, not published. {preview.doing}"


def serve(root: Path, edition: EditionName, jobs: int, port: int, browse: bool) -> None:
    """Preview an edition until Ctrl+C or SIGTERM. Raises `NotPlanned` if the port cannot be had."""
    temporary.sweep()
    try:
        sockets = netutil.bind_sockets(port, HERE)
    except OSError as error:
        taken = (
            "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        )
        raise NotPlanned(
            f"port {port} {taken}; choose another with --port, or leave it out for any free one"
        ) from None
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(root, edition, jobs, sockets, browse))
    for number in STOPS:  # it is ending already
        signal.signal(number, signal.SIG_IGN)
    click.echo("The preview has ended. Nothing was published.")


async def _serve(root: Path, edition: EditionName, jobs: int, sockets: list, browse: bool) -> None:
    ending, pages = asyncio.Event(), set()
    for number in STOPS:
        with suppress(NotImplementedError):  # on Windows Ctrl+C comes as an exception
            asyncio.get_running_loop().add_signal_handler(number, ending.set)

    def told() -> None:
        for page in [*pages]:
            page.tell()

    port, token = sockets[0].getsockname()[1], secrets.token_urlsafe()
    preview = Preview(root, edition, jobs, told)
    routes = [("/", Door), ("/-/live", Live), ("/([^/]*)/?(.*)", File)]
    settings = {"preview": preview, "token": token, "port": port, "open": pages}
    settings["log_function"] = lambda _: None  # a page that is not there is no news
    server = httpserver.HTTPServer(web.Application(routes, **settings))
    server.add_sockets(sockets)
    address = f"http://{HERE}:{port}/?token={token}"
    click.echo(f"Preview of {edition.words}: {address}\nTo end it, press Ctrl+C")
    if browse:
        threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
    following, ended = asyncio.create_task(preview.follow()), asyncio.create_task(ending.wait())
    await asyncio.wait([following, ended], return_when=asyncio.FIRST_COMPLETED)
    server.stop()
    if following.done():
        following.result()
