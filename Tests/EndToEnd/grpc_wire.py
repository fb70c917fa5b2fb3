"""gRPC by hand over HTTP/2 (PyPI's h2): what a proper client never sends has to be sent by somebody."""

import socket
import struct
import time

import etcd_tools  # noqa: F401  (finds h2)
import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)


def frame(kind, flags, stream, payload=b"", length=None):
    length = len(payload) if length is None else length
    return struct.pack(">I", length)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def message(payload, length=None, compressed=0):
    return bytes([compressed]) + struct.pack(">I", len(payload) if length is None else length) + payload


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """A protobuf field: bytes, text or a number."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


class Answer:
    def __init__(self):
        self.headers, self.data, self.ended, self.reset = {}, b"", False, None

    @property
    def status(self):
        """gRPC's, or HTTP's if there is none."""
        if "grpc-status" in self.headers:
            return int(self.headers["grpc-status"])
        return "HTTP " + self.headers[":status"] if ":status" in self.headers else None

    @property
    def text(self):
        return self.headers.get("grpc-message", "")

    @property
    def messages(self):
        rest, found = self.data, []
        while len(rest) >= 5 and len(rest) >= 5 + (size := struct.unpack(">I", rest[1:5])[0]):
            found.append(rest[5:5 + size])
            rest = rest[5 + size:]
        return found


class Client:
    """One connection. `window` is what the server may send on a stream without being allowed more; `table` what this
    side remembers of the server's header fields."""

    def __init__(self, path, window=1 << 20, table=4096):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(path))
        config = h2.config.H2Configuration(client_side=True, validate_outbound_headers=False,
                                           normalize_outbound_headers=False)
        self.h2 = h2.connection.H2Connection(config)
        self.h2.local_settings = h2.settings.Settings(
            client=True, initial_values={h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window,
                                         h2.settings.SettingCodes.HEADER_TABLE_SIZE: table})
        self.h2.initiate_connection()
        self.answers, self.goaway, self.closed = {}, None, False
        self.gives_window = window > 0
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flush(self):
        self.raw(self.h2.data_to_send())

    def raw(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self.closed = True

    def open(self, path, *more, method="POST", content_type="application/grpc", ends=False):
        stream = self.h2.get_next_available_stream_id()
        self.answers[stream] = Answer()
        headers = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost")]
        if content_type:
            headers.append(("content-type", content_type))
        self.h2.send_headers(stream, headers + [("te", "trailers"), *more], end_stream=ends)
        self.flush()
        return stream

    def send(self, stream, data, ends=False):
        """Waits for the server's window, as often as it takes."""
        while (data or ends) and not self.answers[stream].ended:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(data))
            if data and room == 0:
                if not self.receive():
                    return
                continue
            self.h2.send_data(stream, data[:room], end_stream=ends and room == len(data))
            self.flush()
            if room == len(data):
                return
            data = data[room:]

    def call(self, path, payload=b"", *more, seconds=20):
        """A proper unary call."""
        stream = self.open(path, *more)
        self.send(stream, message(payload), ends=True)
        return self.wait(stream, seconds)

    def wait(self, stream, seconds=20):
        self.wait_for(lambda: self.answers[stream].ended or self.closed, seconds)
        return self.answers[stream]

    def wait_for(self, condition, seconds=20):
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            assert left > 0, "no answer in time"
            self.socket.settimeout(left)
            if not self.receive():
                return

    def receive(self):
        try:
            data = self.socket.recv(1 << 16)
        except TimeoutError:
            raise AssertionError("no answer in time") from None
        except ConnectionResetError:
            data = b""
        if not data:
            self.closed = True
            return False
        for event in self.h2.receive_data(data):
            answer = self.answers.get(getattr(event, "stream_id", None), Answer())
            if isinstance(event, (h2.events.ResponseReceived, h2.events.TrailersReceived)):
                pairs = [(k.decode() if isinstance(k, bytes) else k, v.decode() if isinstance(v, bytes) else v)
                         for k, v in event.headers]
                answer.headers.update(pairs)
            elif isinstance(event, h2.events.DataReceived):
                answer.data += event.data
                if self.gives_window:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                answer.ended = True
            elif isinstance(event, h2.events.StreamReset):
                answer.ended, answer.reset = True, event.error_code
            elif isinstance(event, h2.events.ConnectionTerminated):
                self.goaway = event.error_code
        self.flush()
        return True


def is_cut_off(path, data, seconds=20):
    """Sends raw bytes after a proper beginning; True once the server has closed the connection."""
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(seconds)
        raw.connect(str(path))
        try:
            raw.sendall(PREFACE + frame(SETTINGS, 0, 0) + data)
            while raw.recv(1 << 16):
                pass
        except (ConnectionResetError, BrokenPipeError):
            return True
        except TimeoutError:
            return False
    return True
