"""Holds the imports of every target to the architecture (docs/architecture.md).

SwiftPM lets a target import whatever its dependencies drag in; this does not. It also keeps full Foundation out of
the targets that start with the daemon, because it costs start-up time and memory.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

SYSTEM = {"Glibc", "Synchronization", "_Builtin_intrinsics"}
NIO = {"NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOConcurrencyHelpers", "NIOFoundationCompat"}
HTTP2 = {"NIOHTTP2", "NIOHPACK", "NIOSSL", "NIOTLS"}

# target: (Berth's own modules it may import, other modules it may import)
ALLOWED = {
    "LMDB": ({"CLMDB"}, set()),
    "Store": ({"LMDB", "CStore"}, set()),
    "Objects": (set(), set()),
    "Transport": (set(), NIO | HTTP2 | {"Crypto", "Logging"}),
    "EtcdAPI": ({"Store", "Objects", "Transport"}, NIO | HTTP2 | {"Logging"}),
    "Registry": ({"Store", "Objects"}, set()),
    "Gzip": ({"CZlib"}, {"NIOCore"}),
    "KubeAPI": ({"Registry", "Objects", "Transport", "Gzip"}, NIO | {"Crypto", "Logging"}),
    "Controllers": ({"Registry", "Objects"}, {"Logging"}),
    "DNS": ({"Objects", "Transport"}, NIO | {"Logging"}),
    "Client": ({"Objects"}, NIO),
    "Node": ({"Objects", "Client", "CNode"}, NIO | {"Logging"}),
    "NodeDaemon": ({"Node", "Client", "Objects", "CNode"}, {"ArgumentParser", "Logging"}),
    "Daemon": (
        {"Store", "Objects", "Registry", "Controllers", "KubeAPI", "EtcdAPI", "DNS", "Transport"},
        NIO | {"ArgumentParser", "Logging"},
    ),
    "CLI": ({"Client", "Objects", "Store"}, NIO | {"ArgumentParser", "Yams", "Foundation", "FoundationEssentials"}),
}

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal |fileprivate |private )?import\s+"
    r"(?:struct |class |enum |protocol |func |var |let )?(\w+)"
)


def violations():
    for target in sorted((ROOT / "Sources").iterdir()):
        if not target.is_dir() or not any(target.rglob("*.swift")):
            continue
        if target.name not in ALLOWED:
            yield f"{target.name}: unknown target; say in scripts/check-layers.py what it may import"
            continue
        own, other = ALLOWED[target.name]
        for file in sorted(target.rglob("*.swift")):
            for number, line in enumerate(file.read_text().splitlines(), 1):
                match = IMPORT.match(line)
                if match and match[1] not in own | other | SYSTEM:
                    yield f"{file.relative_to(ROOT)}:{number}: {target.name} may not import {match[1]}"


found = list(violations())
for violation in found:
    print(violation, file=sys.stderr)
sys.exit(1 if found else 0)
