"""A transport on Python's own HTTP, which a host replaces by the library that it uses."""

import asyncio
import concurrent.futures
import http.client
import socket
import ssl
import urllib.parse

from digital_key import HttpRequest, HttpResponse, HttpTransport, HttpTransportError


class PythonTransport(HttpTransport):
    """Sends each request on a thread, with the host's trust and client certificates."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context or ssl.create_default_context()
        self._threads = concurrent.futures.ThreadPoolExecutor(max_workers=64)

    async def send(self, request: HttpRequest) -> HttpResponse:
        exchange = _Exchange(request, self._context)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, exchange.run)
        finally:
            # Also when the core cancels the call: this ends the thread.
            exchange.end()


class _Exchange:
    def __init__(self, request: HttpRequest, context: ssl.SSLContext) -> None:
        self._request = request
        url = urllib.parse.urlsplit(request.url())
        self._path = url.path
        options = {"timeout": request.deadlines().connect.total_seconds()}
        if url.scheme == "https":
            options["context"] = context
            self._connection = http.client.HTTPSConnection(url.hostname, url.port, **options)
        else:
            self._connection = http.client.HTTPConnection(url.hostname, url.port, **options)

    def run(self) -> HttpResponse:
        try:
            return self._run()
        finally:
            self._connection.close()

    def _run(self) -> HttpResponse:
        # The text of an exception may show the URL. Only its type goes to the core.
        try:
            self._connection.connect()
        except ssl.SSLError as error:
            raise HttpTransportError.Tls(type(error).__name__) from None
        except OSError as error:
            raise HttpTransportError.Connect(type(error).__name__) from None
        try:
            return self._exchange()
        except http.client.LineTooLong:
            raise HttpTransportError.TooLarge() from None
        except TimeoutError:
            raise HttpTransportError.TimedOut() from None
        except (OSError, http.client.HTTPException) as error:
            raise HttpTransportError.Broken(type(error).__name__) from None

    def _exchange(self) -> HttpResponse:
        request = self._request
        self._connection.sock.settimeout(request.deadlines().read.total_seconds())
        # It follows no redirect, keeps no cookie and unpacks nothing.
        self._connection.request(request.method(), self._path, headers=request.headers())
        response = self._connection.getresponse()
        headers = dict(response.getheaders())
        if response.status != 200:
            return HttpResponse(response.status, headers, b"")
        limit = request.body_limit()
        body = response.read(limit)
        if len(body) < limit and response.length:
            raise HttpTransportError.Broken("the body is cut off")
        return HttpResponse(response.status, headers, body)

    def end(self) -> None:
        connected = self._connection.sock
        if connected is not None:
            try:
                connected.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # The server has closed it.
