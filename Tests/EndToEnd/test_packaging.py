"""What is around the programs: quickstart as a newcomer runs it, systemd's opinion of the units, refusals."""

import os
import subprocess

from cluster import BIN, Cluster, ROOT


def test_quickstart_holds_and_leaves_nothing():
    done = subprocess.run(
        [ROOT / "scripts" / "quickstart"], capture_output=True, text=True, timeout=150,
        env={**os.environ, "BERTH_BIN": str(BIN)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything held." in done.stdout
    left = subprocess.run(["sh", "-c", "ls -d /var/tmp/berth-quickstart.* /var/tmp/berth-tutorial"],
                          capture_output=True, text=True).stdout
    assert left == ""


def test_units_are_what_systemd_accepts(tmp_path):
    """`systemd-analyze verify` wants the programs to exist, so the units are read with the built ones in place."""
    for unit in (ROOT / "systemd").iterdir():
        if unit.suffix in (".service", ".socket"):
            (tmp_path / unit.name).write_text(unit.read_text().replace("/usr/libexec/berth", str(BIN)))
    units = sorted(str(p) for p in tmp_path.iterdir())
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True,
                          env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"})
    complaints = [line for line in done.stderr.splitlines() if "berth" in line]
    assert complaints == []
    score = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15",
                            str(tmp_path / "berthd.service")], capture_output=True, text=True)
    assert score.returncode == 0, score.stdout[-400:] + score.stderr


def test_a_second_berthd_is_refused(berthd):
    second = subprocess.run(
        [BIN / "berthd", "--data-dir", berthd.directory / "store", "--api-socket", berthd.run / "second.sock",
         "--etcd-socket", berthd.run / "second-etcd.sock"],
        capture_output=True, text=True, timeout=20)
    assert second.returncode != 0
    assert str(berthd.directory / "store") in second.stderr
    assert berthd.is_ready()


def test_a_clean_stop_is_clean(berthd):
    import signal
    assert berthd.kill_berthd(signal.SIGTERM) == 0
    assert not berthd.api_socket.exists()
    berthd.start_berthd()


def test_unreachable_daemon_is_exit_code_two(tmp_path):
    cluster = Cluster()
    try:
        done = cluster.berth("get", "pods", check=False)
        assert done.returncode == 2
        assert str(cluster.api_socket) in done.stderr
    finally:
        cluster.close()
