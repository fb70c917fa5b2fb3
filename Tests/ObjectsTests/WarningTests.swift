import Objects
import Testing

/// What kube-apiserver 1.36 warned of when it was given the same objects.
@Suite struct WarningTests {
    private func warnings(_ resource: ResourceName, _ json: String, isNew: Bool = true) throws -> [String] {
        let kind = try #require(SchemaCatalog.builtin.kind(for: resource))
        let object = try SchemaCatalog.builtin.decode(try JSONParser.parse(json), as: kind).object
        return Warnings.of(object, kind, isNew: isNew)
    }

    private static func pod(_ name: String, _ spec: String) -> String {
        #"{"metadata":{"name":"\#(name)"},"spec":{"containers":[{"name":"c","image":"i"}],\#(spec)}}"#
    }
    private static func container(_ fields: String) -> String {
        #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i",\#(fields)}]}}"#
    }

    @Test(arguments: [
        (pod("p", #""nodeName":"n""#), []),
        (
            pod("a.b", #""nodeName":"n""#),
            [
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label "
                    + "is recommended: [must not contain dots]"
            ]
        ),
        (
            container(#""env":[{"name":"A","value":"1"},{"name":"A","value":"$(A)2"},{"name":"A","value":"3"}]"#),
            [#"spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply"#]
        ),
        (
            container(#""ports":[{"containerPort":80},{"containerPort":80}]"#),
            ["spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]"]
        ),
        (
            container(#""ports":[{"containerPort":80},{"containerPort":80,"hostPort":8080}]"#),
            ["spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]"]
        ),
        (
            container(#""resources":{"requests":{"memory":"1.5"}}"#),
            [
                #"spec.containers[0].resources.requests[memory]: fractional byte value "1500m" is invalid, must be an "#
                    + "integer"
            ]
        ),
        (
            pod("p", #""volumes":[{"name":"v","rbd":{"monitors":["a"],"image":"i"}}]"#),
            ["spec.volumes[0].rbd: deprecated in v1.28, non-functional in v1.31+"]
        ),
        (
            pod("p", #""imagePullSecrets":[{"name":"a"},{"name":"a"}]"#),
            [#"spec.imagePullSecrets[1].name: duplicate name "a""#]
        ),
        (
            pod(
                "p",
                #""affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"z"}]}}"#),
            [
                "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null "
                    + "labelSelector results in matching no pod"
            ]
        ),
    ])
    func pods(_ json: String, _ expected: [String]) throws {
        #expect(try warnings(.pods, json) == expected)
        #expect(try warnings(.pods, json, isNew: false).isEmpty)
    }

    @Test func others() throws {
        let service = #"{"metadata":{"name":"s"},"spec":{"clusterIP":"None","sessionAffinity":"ClientIP"}}"#
        #expect(try warnings(.services, service) == ["spec.SessionAffinity is ignored for headless services"])
        let claim = #"{"metadata":{"name":"c"},"spec":{"resources":{"requests":{"storage":"1500m"}}}}"#
        #expect(
            try warnings(.persistentVolumeClaims, claim, isNew: false) == [
                #"spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer"#
            ])
        let volume = #"{"metadata":{"name":"v"},"spec":{"persistentVolumeReclaimPolicy":"Recycle"}}"#
        #expect(try warnings(.persistentVolumes, volume).count == 1)
        let set =
            #"{"metadata":{"name":"w","generation":2},"spec":{"revisionHistoryLimit":-1},"status":{"observedGeneration":2}}"#
        #expect(try warnings(.statefulSets, set, isNew: false).count == 1)
    }
}
