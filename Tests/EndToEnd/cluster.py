"""Starts, kills and asks real Berth processes.

Data is kept below /var/tmp, which is on a disk: durability tested on tmpfs proves nothing.
"""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("BERTH_BIN", ROOT / ".build" / "debug"))


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=30):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Refused(Exception):
    """The API answered with an error."""

    def __init__(self, code, body):
        super().__init__(f"{code} {body.get('message', body) if isinstance(body, dict) else body}")
        self.code, self.body = code, body


class CommandFailed(Exception):
    """`berth` exited with an error."""


class Cluster:
    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="berth-test.", dir="/var/tmp"))
        self.run = self.directory / "run"
        self.run.mkdir()
        self.api_socket = self.run / "api.sock"
        self.berthd = self.node = None
        self.made = [self.directory]

    # --- processes ---

    def start_berthd(self, *more, wait=True):
        log = open(self.directory / "berthd.log", "ab")
        self.berthd = subprocess.Popen(
            [BIN / "berthd", "--data-dir", self.directory / "store", "--api-socket", self.api_socket,
             "--etcd-socket", self.run / "etcd.sock", "--node-socket", self.run / "node.sock",
             "--volume-root", self.directory / "volumes", *more],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if wait:
            self.eventually(self.is_ready, seconds=20, what="berthd is ready")

    def start_node(self, name="node", wait=True):
        log = open(self.directory / "node.log", "ab")
        self.node = subprocess.Popen(
            [BIN / "berth-node", "--node-name", name, "--api-socket", self.api_socket,
             "--node-socket", self.run / "node.sock", "--state-dir", self.directory / "node", "--run-dir", self.run,
             "--volume-root", self.directory / "volumes", "--images", ROOT / "examples" / "images.json"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if wait:
            self.eventually(lambda: self.get(f"/api/v1/nodes/{name}"), seconds=20, what="the node is registered")

    def kill_berthd(self, how=signal.SIGKILL):
        self.berthd.send_signal(how)
        code = self.berthd.wait(timeout=30)
        self.berthd = None
        return code

    def kill_node(self, how=signal.SIGKILL):
        self.node.send_signal(how)
        self.node.wait(timeout=30)
        self.node = None

    def wait_node_listens(self):
        """Returns within a millisecond of the agent's socket being open: what is asked then comes as early as it can."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with socket.socket(socket.AF_UNIX) as connection:
                    return connection.connect(str(self.run / "node.sock"))
            except OSError:
                time.sleep(0.001)
        raise AssertionError(f"node.sock is not open after 60 s: {self.log('node')}")

    def is_ready(self):
        if self.berthd is not None and self.berthd.poll() is not None:
            raise AssertionError(f"berthd ended with {self.berthd.returncode}: {self.log('berthd')}")
        return self.call("GET", "/readyz")[0] == 200

    def log(self, name, lines=30):
        path = self.directory / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def close(self):
        """Stops the pods while there is somebody to stop them, then the daemons, then removes every trace."""
        try:
            if self.node is not None and self.berthd is not None:
                self.delete_everything()
        finally:
            for process in (self.node, self.berthd):
                if process is not None and process.poll() is None:
                    process.terminate()
                    try:
                        process.wait(timeout=20)
                    except subprocess.TimeoutExpired:
                        process.kill()
                        process.wait()
            for path in self.made:
                shutil.rmtree(path, ignore_errors=True)

    def delete_everything(self):
        for collection in ("/apis/apps/v1/statefulsets", "/api/v1/pods"):
            for item in self.get(collection)["items"]:
                meta = item["metadata"]
                self.call("DELETE", f"{collection.rsplit('/', 1)[0]}/namespaces/{meta['namespace']}/"
                                    f"{collection.rsplit('/', 1)[1]}/{meta['name']}")
        self.eventually(lambda: not self.get("/api/v1/pods")["items"], seconds=40, what="all pods are gone")

    # --- the API ---

    def call(self, method, path, body=None, content_type="application/json", timeout=30):
        connection = UnixConnection(self.api_socket, timeout)
        try:
            data = json.dumps(body) if body is not None else None
            headers = {"Content-Type": content_type} if data else {}
            connection.request(method, path, body=data, headers=headers)
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        try:
            return response.status, json.loads(raw)
        except ValueError:
            return response.status, raw.decode(errors="replace")

    def ask(self, method, path, body=None, content_type="application/json"):
        code, answer = self.call(method, path, body, content_type)
        if code >= 400:
            raise Refused(code, answer)
        return answer

    def get(self, path):
        return self.ask("GET", path)

    def named(self, kind, name, namespace="default"):
        """The object, or None if there is none of that name."""
        group = "/apis/apps/v1" if kind == "statefulsets" else "/api/v1"
        scope = "" if kind in ("persistentvolumes", "nodes", "namespaces") else f"/namespaces/{namespace}"
        code, answer = self.call("GET", f"{group}{scope}/{kind}/{name}")
        if code == 404:
            return None
        if code >= 400:
            raise Refused(code, answer)
        return answer

    # --- the client ---

    def berth(self, *words, check=True, stdin=None, timeout=60):
        done = subprocess.run(
            [BIN / "berth", *map(str, words)], input=stdin, capture_output=True, text=True, timeout=timeout,
            env={**os.environ, "BERTH_SOCKET": str(self.api_socket)})
        if check and done.returncode != 0:
            raise CommandFailed(f"berth {' '.join(map(str, words))} exited {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout if check else done

    # --- waiting ---

    def eventually(self, condition, seconds=30, what=None):
        """Waits until the condition is true; a connection or a command that fails counts as false."""
        deadline, problem = time.monotonic() + seconds, None
        while time.monotonic() < deadline:
            try:
                result = condition()
                if result:
                    return result
            except (OSError, http.client.HTTPException, Refused, CommandFailed) as error:
                problem = error
            time.sleep(0.02)
        raise AssertionError(
            f"not within {seconds} s: {what or condition} (last problem: {problem})\n"
            f"--- berthd\n{self.log('berthd')}\n--- berth-node\n{self.log('node')}")


def is_pod_ready(pod):
    conditions = (pod or {}).get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
