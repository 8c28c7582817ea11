#!/usr/bin/python3
"""A SPICE client without a window, driven by lines of JSON: the tests' and benches' eyes and hands.

Each line on stdin is a request {"id": N, "do": NAME, ...}; each is answered by one line {"id": N, "value": ...} or
{"id": N, "error": TEXT}. Lines {"event": ...} tell of what happens by itself. It ends when stdin does.
Times are milliseconds, rectangles and places pixels of the primary surface.
"""
import base64
import ctypes
import json
import os
import sys
import time

import gi

gi.require_version("SpiceClientGLib", "2.0")
from gi.repository import GLib, GObject, SpiceClientGLib as Spice  # noqa: E402

SURFACE_XRGB32 = 32
SURFACE_ARGB32 = 96
# The agent's protocol: VD_AGENT_CLIPBOARD_SELECTION_CLIPBOARD, VD_AGENT_CLIPBOARD_UTF8_TEXT.
CLIPBOARD = 0
TEXT = 1
# The client library hands each drawing on in an idle source of its own, and reads on only then: painting must come after
# those, or it would come between any two messages.
PAINT_PRIORITY = GLib.PRIORITY_LOW


class Refused(Exception):
    """The request cannot be done; the text goes back to the driver."""


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def listen(source, signal, handler, *extra):
    # Sessions and channels have a `connect` of their own, which opens them.
    GObject.Object.connect(source, signal, handler, *extra)


def now_ms():
    return time.monotonic() * 1000


class Surface:
    """The primary surface: 4 bytes a pixel in memory that belongs to the client library."""

    def __init__(self, width, height, stride, data):
        self.width, self.height, self.stride = width, height, stride
        self.bytes = memoryview((ctypes.c_ubyte * (stride * height)).from_address(data)).cast("B")

    def number(self, block):
        """The number of a block of 16 cells; None when it is outside or not black and white."""
        x, y, width, height = block["x"], block["y"], block["cellWidth"], block["cellHeight"]
        columns = block["columns"]
        if x < 0 or y < 0 or x + columns * width > self.width or y + 16 // columns * height > self.height:
            return None
        start = (y + height // 2) * self.stride + (x + width // 2) * 4
        value = 0
        data = self.bytes
        for cell in range(16):
            at = start + cell // columns * height * self.stride + cell % columns * width * 4
            level = data[at] + data[at + 1] + data[at + 2]
            if 192 <= level < 576:
                return None
            value = value * 2 + (level >= 576)
        return value

    def copy(self, x, y, width, height):
        """Rows of the rectangle without gaps; the fourth byte of a pixel is as the server left it."""
        if x < 0 or y < 0 or width < 1 or height < 1 or x + width > self.width or y + height > self.height:
            raise Refused(f"{width}x{height}+{x}+{y} is not inside {self.width}x{self.height}")
        if width * 4 == self.stride:
            return bytes(self.bytes[y * self.stride : (y + height) * self.stride])
        start = x * 4
        rows = (self.bytes[r * self.stride + start : r * self.stride + start + width * 4] for r in range(y, y + height))
        return b"".join(rows)


class FrameCount:
    """Counts pictures as a viewer would show them: painted when the input is drained, at most 120 times a second.

    While input never drains it paints all the same, every 33 ms. A picture is whole when its first and last block
    and every checked line that can be read agree; it is new when its number is not that of the last whole one. `numbers` counts the frames of
    which at least the first block was seen.
    """

    INTERVAL_MS = 1000 / 120
    STARVED_MS = 33

    def __init__(self, blocks, lines):
        self.blocks, self.lines = blocks, lines
        self.paints = self.whole = self.torn = self.unreadable = self.draws = 0
        self.torn_examples = []
        self.numbers = set()
        self.first = self.last = self.last_whole = None
        self.dirty_since = None
        self.painted_at = 0.0
        self.source = 0
        self.stopped = False

    def invalidated(self, client):
        self.draws += 1
        if self.source == 0:
            self.dirty_since = now_ms()
            self.source = GLib.idle_add(self.drained, client, priority=PAINT_PRIORITY)
            return
        if now_ms() - self.dirty_since > self.STARVED_MS:
            GLib.source_remove(self.source)
            self.paint(client)

    def drained(self, client):
        wait = self.painted_at + self.INTERVAL_MS - now_ms()
        if wait > 0.5:
            self.source = GLib.timeout_add(max(1, round(wait)), self.paint, client, priority=PAINT_PRIORITY)
        else:
            self.paint(client)
        return GLib.SOURCE_REMOVE

    def paint(self, client):
        self.source = 0
        self.painted_at = now_ms()
        if not self.stopped and client.surface is not None:
            self.look(client.surface)
        return GLib.SOURCE_REMOVE

    def look(self, surface):
        self.paints += 1
        top, bottom = (surface.number(block) for block in self.blocks)
        # Frames count from 1: 0 is a screen on which nothing was drawn yet.
        if not top or not bottom:
            self.unreadable += 1
            return
        self.numbers.add(top)
        self.first = top if self.first is None else self.first
        self.last = top
        if top == self.last_whole:
            return
        lines = [surface.number(line["block"]) for line in self.lines]
        wanted = [(top + line["offset"]) & 0xFFFF for line in self.lines]
        lines_agree = all(number is None or number == want for number, want in zip(lines, wanted))
        if top != bottom or not lines_agree:
            self.torn += 1
            if len(self.torn_examples) < 8:
                frames = [n and (n - line["offset"]) & 0xFFFF for n, line in zip(lines, self.lines)]
                self.torn_examples.append({"first": top, "last": bottom, "lines": frames})
            return
        self.whole += 1
        self.last_whole = top


class Client:
    def __init__(self):
        self.session = None
        self.channels = []
        self.main = self.inputs = None
        self.surface = None
        self.buttons = 0
        self.waiting = []
        self.frames = None
        self.expected = None
        self.connected_at = 0.0
        self.times = {}
        self.latency = None
        self.offered = self.copied = None

    # Connecting

    def do_connect(self, request):
        if self.session is not None:
            raise Refused("already connected")
        session = self.session = Spice.Session()
        session.set_property("enable-audio", False)
        session.set_property("enable-usbredir", False)
        session.set_property("enable-smartcard", False)
        names = {"unix": "unix-path", "host": "host", "port": "port", "tlsPort": "tls-port", "caFile": "ca-file"}
        names |= {"password": "password", "certSubject": "cert-subject"}
        for key, name in names.items():
            if key in request:
                session.set_property(name, str(request[key]))
        if request.get("readOnly"):
            session.set_property("read-only", True)
        if "expect" in request:
            self.expected = base64.b64decode(request["expect"])
        listen(session, "channel-new", self.on_channel)
        listen(session, "disconnected", lambda _: say({"event": "disconnected"}))
        self.connected_at = now_ms()
        if not session.connect():
            raise Refused("the session would not start")
        return {}

    def on_channel(self, _session, channel):
        kind = type(channel).__name__.removesuffix("Channel").lower()
        if kind not in ("main", "display", "inputs", "cursor"):
            return
        self.channels.append(channel)
        listen(channel, "channel-event", self.on_channel_event, kind)
        if kind == "main":
            self.main = channel
            listen(channel, "main-mouse-update", lambda c: say({"event": "mouse", "mode": c.props.mouse_mode}))
            listen(channel, "main-agent-update", lambda c: say({"event": "agent", "on": c.props.agent_connected}))
            listen(channel, "main-clipboard-selection-grab", self.on_guest_copied)
            listen(channel, "main-clipboard-selection", self.on_guest_text)
            listen(channel, "main-clipboard-selection-request", self.on_guest_pastes)
        if kind == "inputs":
            self.inputs = channel
        if kind == "display":
            if channel.props.channel_id != 0:
                return
            listen(channel, "display-primary-create", self.on_primary)
            listen(channel, "display-primary-destroy", self.on_primary_gone)
            listen(channel, "display-invalidate", self.on_invalidate)
            listen(channel, "display-mark", lambda *_: self.mark("mark"))
        if kind != "main":
            channel.connect()

    def on_channel_event(self, channel, event, kind):
        error = channel.get_error()
        name = event.value_nick
        if name == "opened":
            self.mark(kind)
        say({"event": "channel", "channel": kind, "what": name, "error": error.message if error else None})

    def mark(self, what):
        self.times.setdefault(what, now_ms() - self.connected_at)

    # The picture

    def on_primary(self, channel, form, width, height, stride, _shmid, data):
        if form not in (SURFACE_XRGB32, SURFACE_ARGB32):
            say({"event": "surface", "error": f"format {form} is not handled"})
            return
        if not data:
            primary = Spice.DisplayPrimary()
            channel.get_primary(0, primary)
            data = primary.data
        self.surface = Surface(width, height, stride, data)
        self.mark("surface")
        say({"event": "surface", "width": width, "height": height})
        self.look_at_waiting()

    def on_primary_gone(self, _channel):
        self.surface = None
        say({"event": "surface", "width": 0, "height": 0})

    def on_invalidate(self, _channel, _x, _y, _w, _h):
        if self.latency is not None:
            self.latency.invalidated(self.surface)
        if self.frames is not None:
            self.frames.invalidated(self)
        if self.expected is not None:
            self.compare_expected()
        if self.waiting:
            self.look_at_waiting()

    def compare_expected(self):
        """Notes when the whole picture is first as expected. A few far points are looked at before all of it."""
        surface, want = self.surface, self.expected
        if surface is None or surface.width * surface.height * 4 != len(want):
            return
        row = surface.width * 4
        for y in range(surface.height - 1, -1, -97):
            for x in range(3, surface.width, 211):
                at, wanted = y * surface.stride + x * 4, y * row + x * 4
                if surface.bytes[at : at + 3] != want[wanted : wanted + 3]:
                    return
        have = surface.copy(0, 0, surface.width, surface.height)
        if all(have[plane::4] == want[plane::4] for plane in range(3)):
            self.expected = None
            self.mark("picture")
            self.look_at_waiting()

    def look_at_waiting(self):
        still = []
        for request, condition in self.waiting:
            value = condition()
            if value is None:
                still.append((request, condition))
            else:
                self.answer(request, value)
        self.waiting = still

    def wait_for(self, request, what, condition):
        value = condition()
        if value is not None:
            return value
        entry = (request, condition)
        self.waiting.append(entry)

        def expire():
            if entry in self.waiting:
                self.waiting.remove(entry)
                say({"id": request["id"], "error": f"waited {request['timeoutMs']} ms for {what()}"})
            return GLib.SOURCE_REMOVE

        GLib.timeout_add(request["timeoutMs"], expire)
        return None

    def need_surface(self):
        if self.surface is None:
            raise Refused("there is no surface")
        return self.surface

    def size(self):
        return {"width": self.surface.width, "height": self.surface.height} if self.surface else None

    def do_surface(self, request):
        def condition():
            size = self.size()
            if size is None or size["width"] != request.get("width", size["width"]):
                return None
            return size if size["height"] == request.get("height", size["height"]) else None

        return self.wait_for(request, lambda: f"the surface; it is {self.size()}", condition)

    def do_picture(self, request):
        return self.wait_for(
            request, lambda: f"the picture; reached {self.times}", lambda: self.times if "picture" in self.times else None
        )

    def do_expect(self, request):
        self.times.pop("picture", None)
        self.expected = base64.b64decode(request["data"])
        if self.surface is not None:
            self.compare_expected()
        return {}

    def do_pixels(self, request):
        surface = self.need_surface()
        data = surface.copy(request["x"], request["y"], request["width"], request["height"])
        return {"width": request["width"], "height": request["height"], "data": base64.b64encode(data).decode()}

    def do_numbers(self, request):
        surface = self.surface
        return {"values": [surface and surface.number(block) for block in request["blocks"]]}

    def do_await_number(self, request):
        block, want, within = request["block"], request["value"], request["within"]

        def condition():
            shown = self.surface.number(block) if self.surface is not None else None
            return {} if shown is not None and abs(shown - want) <= within else None

        def told():
            return f"number {want}; it is {self.surface.number(block) if self.surface else 'not there'}"

        return self.wait_for(request, told, condition)

    # Measuring

    def bytes_read(self):
        return sum(channel.props.total_read_bytes for channel in self.channels)

    def do_count(self, request):
        if self.frames is not None:
            raise Refused("already counting")
        frames = self.frames = FrameCount(request["blocks"], request.get("lines", []))
        began, bytes_before = now_ms(), self.bytes_read()

        def done():
            self.frames = None
            frames.stopped = True
            ms = now_ms() - began
            names = ("paints", "whole", "torn", "unreadable", "draws", "first", "last")
            value = {name: getattr(frames, name) for name in names}
            value |= {"tornExamples": frames.torn_examples}
            value |= {"ms": ms, "numbers": len(frames.numbers), "bytes": self.bytes_read() - bytes_before}
            self.answer(request, value)
            return GLib.SOURCE_REMOVE

        GLib.timeout_add(request["ms"], done)
        return None

    def do_latency(self, request):
        if self.latency is not None:
            raise Refused("already measuring")
        if self.inputs is None:
            raise Refused("there is no inputs channel")
        self.latency = Latency(self, request)
        self.latency.press()
        return None

    # Input

    def need_inputs(self):
        if self.inputs is None:
            raise Refused("there is no inputs channel")
        return self.inputs

    def do_key(self, request):
        inputs = self.need_inputs()
        if request["down"]:
            inputs.key_press(request["scancode"])
        else:
            inputs.key_release(request["scancode"])
        return {}

    def do_pointer(self, request):
        self.need_inputs().position(request["x"], request["y"], 0, self.buttons)
        return {}

    def do_motion(self, request):
        self.need_inputs().motion(request["x"], request["y"], self.buttons)
        return {}

    def do_button(self, request):
        button, bit = request["button"], 1 << (request["button"] - 1)
        if request["down"]:
            self.buttons |= bit
            self.need_inputs().button_press(button, self.buttons)
        else:
            self.buttons &= ~bit
            self.need_inputs().button_release(button, self.buttons)
        return {}

    def do_mouse_mode(self, request):
        mode = request["mode"]
        if self.main is None:
            raise Refused("there is no main channel")
        if self.main.props.mouse_mode != mode:
            self.main.request_mouse_mode(mode)

        def condition():
            return {"mode": mode} if self.main.props.mouse_mode == mode else None

        GLib.timeout_add(20, self.poll_while, condition)
        return self.wait_for(request, lambda: f"mouse mode {mode}; it is {self.main.props.mouse_mode}", condition)

    def poll_while(self, condition):
        self.look_at_waiting()
        return any(c is condition for _, c in self.waiting)

    def do_resize(self, request):
        if self.main is None:
            raise Refused("there is no main channel")
        self.main.update_display_enabled(0, True, False)
        self.main.update_display(0, 0, 0, request["width"], request["height"], False)
        if not self.main.send_monitor_config():
            raise Refused("the server takes no monitor configuration: the agent is not connected")
        return {}

    # The clipboard

    def do_copy(self, request):
        if self.main is None or not self.main.props.agent_connected:
            raise Refused("there is no agent")
        self.offered = request["text"].encode()
        self.main.clipboard_selection_grab(CLIPBOARD, [TEXT])
        return {}

    def on_guest_pastes(self, main, selection, kind):
        if selection != CLIPBOARD or kind != TEXT or self.offered is None:
            return False
        main.clipboard_selection_notify(selection, kind, self.offered)
        return True

    def do_copied(self, request):
        return self.wait_for(request, lambda: "text that the guest copies", lambda: self.copied)

    def on_guest_copied(self, main, selection, _kinds, _count):
        if selection == CLIPBOARD:
            main.clipboard_selection_request(CLIPBOARD, TEXT)
        return True

    def on_guest_text(self, _main, selection, kind, data, size):
        if selection == CLIPBOARD and kind == TEXT:
            self.copied = {"text": ctypes.string_at(data, size).decode()}
            self.look_at_waiting()

    def do_state(self, _request):
        props = self.main.props if self.main else None
        return {
            "mouseMode": props.mouse_mode if props else None,
            "agent": bool(props and props.agent_connected),
            "surface": self.size(),
            "bytes": self.bytes_read(),
            "times": self.times,
            "channels": [type(channel).__name__ for channel in self.channels],
            "name": self.session.props.name if self.session else None,
            "uuid": self.session.props.uuid.hex() if self.session and isinstance(self.session.props.uuid, bytes) else None,
        }

    def do_disconnect(self, _request):
        if self.session is not None:
            self.session.disconnect()
        return {}

    # Requests

    def answer(self, request, value):
        say({"id": request["id"], "value": value})

    def handle(self, line):
        request = json.loads(line)
        method = getattr(self, "do_" + request["do"].replace("-", "_"), None)
        try:
            if method is None:
                raise Refused("unknown request " + request["do"])
            value = method(request)
        except Refused as refusal:
            say({"id": request["id"], "error": str(refusal)})
            return
        if value is not None:
            self.answer(request, value)


class Latency:
    """Presses a key, waits until the guest's count of presses goes up on the surface, releases, and again."""

    def __init__(self, client, request):
        self.client, self.request = client, request
        self.block, self.left = request["block"], request["presses"]
        self.results = []
        self.pressed_at = None
        self.want = None

    def press(self):
        surface = self.client.surface
        count = surface.number(self.block) if surface is not None else None
        if count is None:
            return self.fail("the guest does not show its count")
        self.want = (count + 1) & 0xFFFF
        self.timer = GLib.timeout_add(self.request["timeoutMs"], self.late)
        self.pressed_at = now_ms()
        self.client.inputs.key_press(self.request["scancode"])
        return GLib.SOURCE_REMOVE

    def invalidated(self, surface):
        if self.pressed_at is None or surface is None or surface.number(self.block) != self.want:
            return
        self.results.append(now_ms() - self.pressed_at)
        self.pressed_at = None
        GLib.source_remove(self.timer)
        self.client.inputs.key_release(self.request["scancode"])
        self.left -= 1
        if self.left > 0:
            # Uneven gaps, so that presses do not fall into step with a server's refresh timer.
            gap = self.request["gapMs"]
            GLib.timeout_add(gap + len(self.results) * 7 % max(1, gap), self.press)
            return
        self.client.latency = None
        self.client.answer(self.request, {"ms": self.results})

    def late(self):
        self.fail(f"press {len(self.results) + 1} was not seen in {self.request['timeoutMs']} ms")
        return GLib.SOURCE_REMOVE

    def fail(self, text):
        self.client.latency = None
        self.pressed_at = None
        say({"id": self.request["id"], "error": text})
        return GLib.SOURCE_REMOVE


def main():
    loop = GLib.MainLoop()
    client = Client()
    pending = bytearray()

    def on_input(descriptor, _condition):
        data = os.read(descriptor, 1 << 20)
        if not data:
            loop.quit()
            return GLib.SOURCE_REMOVE
        pending.extend(data)
        while (end := pending.find(b"\n")) >= 0:
            line = bytes(pending[:end])
            del pending[: end + 1]
            client.handle(line)
        return GLib.SOURCE_CONTINUE

    GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, on_input)
    say({"event": "ready"})
    loop.run()
    client.do_disconnect({})


main()
