"""The calls between the core and Python, which replace those of UniFFI.

UniFFI's own functions only catch `Exception`, so a call that ends with a `CancelledError` or a
`SystemExit` never has an answer. They print an adapter's exception with its text, which may contain a
token or a whole VIN (GEN-6). Their maps of handles deadlock when the collector runs inside them, and
they have only one event loop for both directions.

The import of the package checks what it replaces: it fails when UniFFI uses another name or other
arguments.
"""

import asyncio
import contextlib
import ctypes
import inspect
import itertools
import logging
import threading

from . import digital_key as _core

_log = logging.getLogger("digital_key")

_Status = _core._UniffiRustCallStatus


def use_event_loop() -> None:
    """Lets adapters in Python run on the running event loop, for the whole process.

    Without it, making an adapter in Python is a `RuntimeError`.
    """
    _core.uniffi_set_event_loop(asyncio.get_running_loop())
    fail_calls_of_closed_loops()


# The objects of Python to which the core refers.


class _HandleMap(_core._UniffiHandleMap):
    """A map that survives a run of the collector inside a call.

    On the same thread, the collector may drop an app, whose adapters then leave the map. So the lock
    is reentrant, and taking a handle is one step.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._handles = itertools.count(
            _core._UNIFFI_HANDLEMAP_INITIAL, _core._UNIFFI_HANDLEMAP_DELTA
        )

    def _insert(self, obj):
        handle = next(self._handles)
        self._map[handle] = obj
        return handle

    def values(self) -> list:
        with self._lock:
            return list(self._map.values())


class _AdapterMap(_HandleMap):
    """The adapters whose calls are coroutines."""

    def insert(self, obj):
        loop = _core._UNIFFI_GLOBAL_EVENT_LOOP
        if loop is None or loop.is_closed():
            raise RuntimeError(
                f"{type(obj).__name__} has no event loop: call use_event_loop() first, in a coroutine "
                "of the loop"
            )
        return super().insert(obj)


# The running calls of adapters, and the calls of the core for which Python waits.
_calls = _HandleMap()
_awaited = _HandleMap()

# For each object in these maps, a thread of the core may call Python.
handle_maps = [_calls, _awaited]


def _replace_handle_maps() -> None:
    prefix = "_UniffiFfiConverterType"
    for name, converter in list(vars(_core).items()):
        if name.startswith(prefix) and hasattr(converter, "_handle_map"):
            port = vars(getattr(_core, name.removeprefix(prefix)))
            has_coroutines = any(map(inspect.iscoroutinefunction, port.values()))
            converter._handle_map = _AdapterMap() if has_coroutines else _HandleMap()
            handle_maps.append(converter._handle_map)
    if "_insert" not in vars(_core._UniffiHandleMap) or len(handle_maps) == 2:
        raise ImportError("UniFFI keeps the handles of adapters in another way")


_replace_handle_maps()


def _replaces(own):
    """Replaces UniFFI's function with the same name and arguments."""
    theirs = getattr(_core, own.__name__, None)
    arguments = list(inspect.signature(own).parameters)
    if theirs is None or list(inspect.signature(theirs).parameters) != arguments:
        raise ImportError(f"UniFFI has no {own.__name__}({', '.join(arguments)})")
    setattr(_core, own.__name__, own)
    return own


# Calls from the core to Python.


def call_name(qualname: str) -> str:
    """Returns port and call, such as `Wallet.presence`, from the name of UniFFI's function."""
    port, _, call = qualname.partition(".")
    port = port.removeprefix("_UniffiTraitImpl").removesuffix("Impl")
    return f"{port}.{call.partition('.')[0]}"


def _where(error: BaseException) -> str:
    """Returns the type and the line of an exception, whose text may contain a secret."""
    traceback = error.__traceback__
    if traceback is None:
        return type(error).__name__
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return f"{type(error).__name__} at {traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}"


def _log_failure(make_call, reason: str) -> None:
    # The core needs its answer, also when logging fails.
    with contextlib.suppress(Exception):
        _log.warning("%s failed: %s", call_name(make_call.__qualname__), reason)


@_replaces
def _uniffi_trait_interface_call_with_error(
    call_status, make_call, write_return_value, error_type, lower_error
) -> None:
    try:
        try:
            write_return_value(make_call())
        except error_type as error:
            call_status.error_buf = lower_error(error)
            call_status.code = _Status.CALL_ERROR
    except BaseException as error:
        call_status.code = _Status.CALL_UNEXPECTED_ERROR
        _log_failure(make_call, _where(error))


@_replaces
def _uniffi_trait_interface_call(call_status, make_call, write_return_value) -> None:
    _uniffi_trait_interface_call_with_error(call_status, make_call, write_return_value, (), None)


class _Call:
    """A call of an adapter's coroutine, which has exactly one answer, however it ends."""

    def __init__(self, make_call, handle_success, handle_error, error_type, lower_error) -> None:
        self._make_call = make_call
        self._handle_success = handle_success
        self._handle_error = handle_error
        self._error_type = error_type
        self._lower_error = lower_error
        self._answered = threading.Lock()
        self._task: asyncio.Task | None = None

    def begin(self) -> None:
        """Starts the coroutine on the running loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._task.add_done_callback(self._ended)

    def cancel(self) -> None:
        """Cancels the coroutine, since the core waits no longer."""
        self._task.cancel()

    def fail(self, reason: str) -> None:
        """Answers with a failure, unless there is an answer."""
        if not self._answered.acquire(blocking=False):
            return
        self._handle_error(_Status.CALL_UNEXPECTED_ERROR, _core._UniffiRustBuffer.default())
        # A call that the core or the end of the loop cancels is no failure of the adapter.
        if self._task is None or not self._task.cancelling():
            _log_failure(self._make_call, reason)

    async def _run(self) -> None:
        try:
            try:
                answer = await self._make_call()
            except self._error_type as error:
                self._handle_error(_Status.CALL_ERROR, self._lower_error(error))
            else:
                self._handle_success(answer)
            self._answered.acquire(blocking=False)
        except BaseException as error:
            self.fail(_where(error))
            # asyncio needs these as well.
            if isinstance(error, (asyncio.CancelledError, KeyboardInterrupt, SystemExit)):
                raise

    def _ended(self, task: asyncio.Task) -> None:
        # The task may be cancelled before it starts.
        self.fail(asyncio.CancelledError.__name__)
        if not task.cancelled():
            # Otherwise asyncio logs the exception with its text.
            task.exception()


_LOOP_IS_CLOSED = "the event loop of use_event_loop() is closed"


def fail_calls_of_closed_loops() -> None:
    """Answers the calls that a closed loop did not start or did not finish."""
    for loop, call in _calls.values():
        if loop.is_closed():
            call.fail(_LOOP_IS_CLOSED)


@_core._UNIFFI_FOREIGN_FUTURE_DROPPED_CALLBACK
def _core_dropped_call(handle) -> None:
    loop, call = _calls.remove(handle)
    # On a closed loop, the call has ended.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call.cancel)


@_replaces
def _uniffi_trait_interface_call_async_with_error(
    make_call, uniffi_out_dropped_callback, handle_success, handle_error, error_type, lower_error
) -> None:
    call = _Call(make_call, handle_success, handle_error, error_type, lower_error)
    try:
        loop = _core._uniffi_get_event_loop()
        uniffi_out_dropped_callback[0] = _core._UniffiForeignFutureDroppedCallbackStruct(
            _calls.insert((loop, call)), _core_dropped_call
        )
        loop.call_soon_threadsafe(call.begin)
    except RuntimeError:
        call.fail(_LOOP_IS_CLOSED)
        fail_calls_of_closed_loops()


@_replaces
def _uniffi_trait_interface_call_async(
    make_call, uniffi_out_dropped_callback, handle_success, handle_error
) -> None:
    _uniffi_trait_interface_call_async_with_error(
        make_call, uniffi_out_dropped_callback, handle_success, handle_error, (), None
    )


# Calls from Python to the core.


@_replaces
def _uniffi_rust_call_with_error(error_ffi_converter, fn, *args):
    status = _Status()
    result = fn(*args, ctypes.byref(status))
    if status.code != _Status.CALL_SUCCESS:
        _core._uniffi_check_call_status(error_ffi_converter, status)
    return result


@_core._UNIFFI_RUST_FUTURE_CONTINUATION_CALLBACK
def _core_goes_on(handle, poll_code) -> None:
    loop, future = _awaited.remove(handle)
    if asyncio._get_running_loop() is loop:
        # The core answers inside the poll, or cancels a call that is freed.
        _core._uniffi_set_future_result(future, poll_code)
        return
    # On a closed loop, no coroutine waits.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(_core._uniffi_set_future_result, future, poll_code)


@_replaces
async def _uniffi_rust_call_async(
    rust_future, ffi_poll, ffi_complete, ffi_free, lift_func, error_ffi_converter
):
    try:
        loop = asyncio.get_running_loop()
        poll_code = None
        while poll_code != _core._UNIFFI_RUST_FUTURE_POLL_READY:
            future = loop.create_future()
            ffi_poll(rust_future, _core_goes_on, _awaited.insert((loop, future)))
            poll_code = await future
        return lift_func(
            _core._uniffi_rust_call_with_error(error_ffi_converter, ffi_complete, rust_future)
        )
    finally:
        ffi_free(rust_future)


def _check_for_others() -> None:
    prefix = "_uniffi_trait_interface_call"
    for name, function in vars(_core).items():
        if name.startswith(prefix) and function.__module__ == _core.__name__:
            raise ImportError(f"UniFFI has {name}, which this module does not replace")


_check_for_others()
