import ArgumentParser
import Client
import Objects

struct VolumeRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Make a Released or Failed volume free again, with the data that is on it.",
        discussion: """
            The next claim that it fits gets the volume and all that the claim before left on it, so this asks first.
            """)

    @Argument(help: "The volume's name.")
    var name: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let client = connection.connect().client
        let key = ObjectKey(.persistentVolumes, namespace: "", name: name)
        let volume = try await client.get(key)
        let phase = volume.text("status", "phase") ?? ""
        guard phase == "Released" || phase == "Failed" else {
            throw CommandFailure("error: \(name) is \(phase), not Released: there is nothing to release")
        }
        let owner =
            "\(volume.text("spec", "claimRef", "namespace") ?? "")/\(volume.text("spec", "claimRef", "name") ?? "")"
        guard try yes || confirmed(owner) else { throw CommandFailure("error: nothing was changed") }
        // On the version that the question was about: what happened since is not overwritten.
        let patch: JSON = [
            "metadata": [
                "uid": .string(volume.uid), "resourceVersion": .string(volume.resourceVersion),
                "annotations": ["pv.kubernetes.io/bound-by-controller": nil],
            ],
            "spec": ["claimRef": nil],
        ]
        _ = try await client.patch(key, patch: patch)
        Console.line("persistentvolume/\(name) released")
    }

    private func confirmed(_ owner: String) throws -> Bool {
        guard Console.inputIsTerminal else {
            throw CommandFailure(
                "error: \(name) holds the data of \(owner); say --yes to hand it to the next claim that it fits")
        }
        Console.out("\(name) holds the data of \(owner). The next claim that it fits gets it. Release it? [y/N] ")
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }
}
