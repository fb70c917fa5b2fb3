import Objects
import Testing

@testable import Node

@Suite("Container setup") struct ContainerAssemblyTests {
    private static let nginx = ImageTable.Entry(
        pattern: "nginx", root: "/", command: ["httpd"], args: ["-f"], environment: ["LANG=C"], workingDirectory: nil,
        user: nil)

    private func setup(
        _ container: JSON, image: ImageTable.Entry? = nil, objects: [ObjectKey: Object] = [:],
        _ change: (inout Object) -> Void = { _ in }
    ) throws -> ContainerSetup {
        var json = container
        json["name"] = "main"
        json["image"] = json["image"] ?? "nginx"
        let spec = pod { object in
            object["spec", "containers"] = [json]
            object["spec", "nodeName"] = "n1"
            object["metadata", "labels"] = ["app": "nginx"]
            change(&object)
        }
        var inputs = PodInputs(
            objects: objects, node: Object(["status": ["allocatable": ["cpu": "2", "memory": "4Gi"]]]),
            nodeAddress: "192.0.2.1")
        inputs.addresses = ["10.89.0.2"]
        return try ContainerAssembly(
            pod: spec, container: spec.containers[0], inputs: inputs, image: image, sources: ["data": "/srv/data"],
            planned: ["data": .host("/srv/data", .directory, readOnly: false)], ownFiles: []
        ).setup()
    }

    @Test(arguments: [
        ("$(A)", "1"), ("$$(A)", "$(A)"), ("$(NONE)", "$(NONE)"), ("a$b", "a$b"), ("$(A", "$(A"), ("$$", "$"),
        ("$(A)$(A)", "11"), ("€$(A)", "€1"),
    ])
    func expansion(_ text: String, _ expected: String) { #expect(Expansion.expand(text, ["A": "1"]) == expected) }

    @Test func commandAndArguments() throws {
        #expect(try setup(["command": ["a"], "args": ["b"]], image: Self.nginx).arguments == ["a", "b"])
        #expect(try setup(["command": ["a"]], image: Self.nginx).arguments == ["a"])
        #expect(try setup(["args": ["b"]], image: Self.nginx).arguments == ["httpd", "b"])
        #expect(try setup([:], image: Self.nginx).arguments == ["httpd", "-f"])
    }

    @Test func anUnknownImageSaysWhatToAdd() throws {
        let error = #expect(throws: NodeError.self) { try setup(["image": "postgres:17"]) }
        #expect(error?.code == .image)
        #expect(error?.message.contains("{\"pattern\": \"postgres:17\", \"command\": [...]}") == true)
    }

    @Test func variables() throws {
        let map = ObjectKey(.configMaps, namespace: "default", name: "m")
        let secret = ObjectKey(.secrets, namespace: "default", name: "s")
        let objects = [map: Object(["data": ["K": "v", "L": "w"]]), secret: Object(["data": ["P": "c2VjcmV0"]])]
        let container: JSON = [
            "command": ["echo", "$(NAME)"],
            "envFrom": [["prefix": "M_", "configMapRef": ["name": "m"]]],
            "env": [
                ["name": "NAME", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                ["name": "IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]],
                ["name": "APP", "valueFrom": ["fieldRef": ["fieldPath": "metadata.labels['app']"]]],
                ["name": "P", "valueFrom": ["secretKeyRef": ["name": "s", "key": "P"]]],
                ["name": "GONE", "valueFrom": ["secretKeyRef": ["name": "s", "key": "Q", "optional": true]]],
                ["name": "CPU", "valueFrom": ["resourceFieldRef": ["resource": "limits.cpu"]]],
                ["name": "MEM", "valueFrom": ["resourceFieldRef": ["resource": "limits.memory", "divisor": "1Mi"]]],
                ["name": "BOTH", "value": "$(NAME):$(M_K)"],
            ],
        ]
        let setup = try setup(container, objects: objects)
        #expect(setup.arguments == ["echo", "web-0"])
        #expect(
            setup.environment.suffix(9) == [
                "M_K=v", "M_L=w", "NAME=web-0", "IP=10.89.0.2", "APP=nginx", "P=secret", "CPU=2", "MEM=4096",
                "BOTH=web-0:v",
            ])
        #expect(setup.environment.contains("HOSTNAME=web-0"))
    }

    @Test func aMissingKeyIsNamed() throws {
        let container: JSON = [
            "command": ["x"], "env": [["name": "A", "valueFrom": ["configMapKeyRef": ["name": "m", "key": "k"]]]],
        ]
        #expect(throws: NodeError(.configuration, "configmap \"m\" not found")) { try setup(container) }
        let empty = [ObjectKey(.configMaps, namespace: "default", name: "m"): Object([:])]
        #expect(throws: NodeError(.configuration, "couldn't find key k in ConfigMap default/m")) {
            try setup(container, objects: empty)
        }
    }

    @Test func securityContext() throws {
        let setup = try setup([
            "command": ["x"],
            "securityContext": [
                "runAsGroup": 7, "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                "capabilities": ["drop": ["ALL"], "add": ["NET_BIND_SERVICE"]],
            ],
        ]) { $0["spec", "securityContext"] = ["runAsUser": 1000, "fsGroup": 9, "supplementalGroups": [8]] }
        #expect(setup.identity.user == 1000)
        #expect(setup.identity.group == 7)
        #expect(setup.identity.groups == [8, 9])
        #expect(setup.identity.capabilities == 1 << 10)
        #expect(setup.identity.noNewPrivileges)
        #expect(setup.readOnlyRoot)
        #expect(throws: NodeError.self) {
            try self.setup(["command": ["x"], "securityContext": ["runAsNonRoot": true]])
        }
    }

    @Test func mounts() throws {
        let setup = try setup([
            "command": ["x"], "env": [["name": "POD", "value": "web-0"]],
            "volumeMounts": [
                ["name": "data", "mountPath": "/a/b/c", "readOnly": true],
                ["name": "data", "mountPath": "/a", "subPathExpr": "x/$(POD)"],
            ],
        ])
        #expect(
            setup.binds == [
                Bind(source: "/srv/data", subPath: "x/web-0", target: "/a"),
                Bind(source: "/srv/data", target: "/a/b/c", readOnly: true),
            ])
        for bad in ["../x", "/x", "a/../../x"] {
            #expect(throws: NodeError.self) {
                try self.setup([
                    "command": ["x"], "volumeMounts": [["name": "data", "mountPath": "/a", "subPath": .string(bad)]],
                ])
            }
        }
    }

    @Test(arguments: [
        ("nginx", "nginx", true), ("nginx", "nginx:1.9.1", true), ("nginx", "docker.io/library/nginx:1", true),
        ("nginx", "nginx@sha256:00", true), ("nginx:1.*", "nginx:1.9.1", true), ("nginx:1.*", "nginx:2", false),
        ("nginx", "nginxx", false), ("*/busybox:*", "localhost:5000/busybox:1", true), ("a*b*c", "aXbYc", true),
        ("a*b*c", "ac", false), ("registry:5000/x", "registry:5000/x:7", true),
    ])
    func imagePatterns(_ pattern: String, _ image: String, _ matches: Bool) throws {
        let table = try ImageTable(["images": [["pattern": .string(pattern), "command": ["x"]]]], file: "t")
        #expect((table.entry(for: image) != nil) == matches)
    }
}
