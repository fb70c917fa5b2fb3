import Glibc
import Transport

enum PeerIdentity {
    static var own: PeerCredentials { PeerCredentials(pid: getpid(), uid: getuid(), gid: getgid()) }
}
