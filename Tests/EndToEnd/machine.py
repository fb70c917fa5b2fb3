"""A machine of its own under a real systemd: Debian's systemd-nspawn boots this system's files, with Berth installed as
docs/node.md and the units say, on an overlay that is thrown away."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from cluster import BIN, ROOT

UNITS = ("berthd-api.socket", "berthd-etcd.socket", "berthd-dns.socket", "berthd.service", "berth-node.service")


class Machine:
    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="berth-machine.", dir="/var/tmp"))
        for name in ("upper", "work", "root", "lib"):
            (self.directory / name).mkdir()
        self.root = self.directory / "root"
        subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o",
             f"lowerdir=/,upperdir={self.directory}/upper,workdir={self.directory}/work", self.root], check=True)
        self.nspawn = self.leader = None
        self.install()

    def install(self):
        """What a package would do."""
        (self.root / "etc/machine-id").write_text("")
        for name in ("usr/libexec/berth", "etc/berth", "opt/examples"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for program in ("berthd", "berth-node"):
            shutil.copy(BIN / program, self.root / "usr/libexec/berth")
        shutil.copy(BIN / "berth", self.root / "usr/bin")
        for unit in UNITS:
            shutil.copy(ROOT / "systemd" / unit, self.root / "usr/lib/systemd/system")
        shutil.copy(ROOT / "systemd" / "berth.sysusers", self.root / "usr/lib/sysusers.d/berth.conf")
        shutil.copy(ROOT / "examples" / "images.json", self.root / "etc/berth/images.json")
        shutil.copytree(ROOT / "examples" / "tutorial", self.root / "opt/examples/tutorial", dirs_exist_ok=True)
        subprocess.run(["systemctl", f"--root={self.root}", "enable", *UNITS], check=True, capture_output=True)

    # --- power ---

    def boot(self):
        log = open(self.directory / "console.log", "ab")
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--boot", "--quiet", "--register=no", "--keep-unit", "--private-network",
             "--capability=all", "--console=pipe", f"--directory={self.root}", "--machine=berth-test",
             f"--bind={self.directory}/lib:/var/lib/berth", "systemd.unit=multi-user.target"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.leader = self.eventually(self.find_leader, what="systemd runs")
        self.eventually(
            lambda: self.run("systemctl", "is-system-running", check=False).strip() in ("running", "degraded"),
            seconds=90, what="the machine has booted")

    def find_leader(self):
        assert self.nspawn.poll() is None, (self.directory / "console.log").read_text()[-2000:]
        try:
            for process in descendants(self.nspawn.pid):
                if pathlib.Path(f"/proc/{process}/comm").read_text().strip() == "systemd":
                    return process
        except (FileNotFoundError, ProcessLookupError):
            pass  # one of them ended while it was looked at: look again
        return None

    def cut_power(self):
        """No process gets to say goodbye."""
        os.kill(self.leader, signal.SIGKILL)
        self.nspawn.kill()
        self.nspawn.wait(timeout=30)
        self.eventually(lambda: not pathlib.Path(f"/proc/{self.leader}").exists(), what="the machine is off")
        self.nspawn = self.leader = None

    def close(self):
        if self.nspawn is not None:
            self.cut_power()
        self.eventually(lambda: subprocess.run(["umount", self.root], capture_output=True).returncode == 0,
                        what="the machine's root is let go")
        shutil.rmtree(self.directory)

    # --- commands on the machine ---

    def run(self, *words, check=True, timeout=60):
        done = subprocess.run(["nsenter", "-t", str(self.leader), "-a", *words], capture_output=True, text=True,
                              timeout=timeout, stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}\n{self.journal()}"
        return done.stdout

    def journal(self):
        return self.run("journalctl", "--no-pager", "-b", "-u", "berthd", "-u", "berth-node", "-n", "60", check=False)

    def eventually(self, condition, seconds=30, what=""):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if result := condition():
                return result
            time.sleep(0.1)
        raise AssertionError(f"not within {seconds} s: {what}\n{self.journal() if self.leader else ''}")


def descendants(pid):
    """Children first."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found
