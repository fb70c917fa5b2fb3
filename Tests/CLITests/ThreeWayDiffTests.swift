import Objects
import Testing

@testable import CLI

@Suite struct ThreeWayDiffTests {
    private let pod = PatchShape.builtin(APIResourceName(apiVersion: "v1", kind: "Pod")) ?? .untyped

    private func diff(_ last: JSON?, _ wanted: JSON, _ current: JSON, _ shape: PatchShape? = nil) -> JSON {
        ThreeWayDiff.patch(lastApplied: last, wanted: wanted, current: current, shape: shape ?? pod)
    }

    @Test func whatOthersSetStays() {
        let wanted: JSON = ["metadata": ["labels": ["a": "1"]]]
        let current: JSON = [
            "metadata": ["labels": ["a": "1", "b": "2"], "uid": "x"], "status": ["phase": "Running"],
        ]
        #expect(diff(wanted, wanted, current) == [:])
    }

    @Test func whatIsNoLongerWantedIsRemoved() {
        let last: JSON = ["metadata": ["labels": ["a": "1", "b": "2"]], "spec": ["hostname": "h", "gone": 1]]
        let wanted: JSON = ["metadata": ["labels": ["a": "1"]], "spec": [:]]
        let current: JSON = ["metadata": ["labels": ["a": "1", "b": "2", "c": "3"]], "spec": ["hostname": "h"]]
        #expect(diff(last, wanted, current) == ["metadata": ["labels": ["b": nil]], "spec": ["hostname": nil]])
    }

    @Test func whatIsWantedIsSet() {
        let current: JSON = ["spec": ["a": 1, "b": [1, 2], "c": "x"]]
        #expect(
            diff(nil, ["spec": ["a": 2, "b": [1], "c": ["d": 1], "e": true]], current, .untyped)
                == ["spec": ["a": 2, "b": [1], "c": ["d": 1], "e": true]])
    }

    @Test func listsOfObjectsAreMergedByTheirKey() {
        let last: JSON = ["spec": ["containers": [["name": "a", "image": "x:1"], ["name": "old", "image": "z"]]]]
        let wanted: JSON = ["spec": ["containers": [["name": "a", "image": "x:2"], ["name": "b", "image": "y"]]]]
        let current: JSON = [
            "spec": [
                "containers": [
                    ["name": "a", "image": "x:1", "imagePullPolicy": "Always"], ["name": "old", "image": "z"],
                    ["name": "injected", "image": "side"],
                ]
            ]
        ]
        #expect(
            diff(last, wanted, current) == [
                "spec": [
                    "$setElementOrder/containers": [["name": "a"], ["name": "b"]],
                    "containers": [
                        ["image": "x:2", "name": "a"], ["name": "b", "image": "y"],
                        ["$patch": "delete", "name": "old"],
                    ],
                ]
            ])
    }

    @Test func defaultsInsideOfListsAreNoChange() {
        let wanted: JSON = ["spec": ["containers": [["name": "a", "ports": [["containerPort": 80]]]]]]
        let current: JSON = [
            "spec": ["containers": [["name": "a", "ports": [["containerPort": 80, "protocol": "TCP"]], "image": ""]]]
        ]
        #expect(diff(wanted, wanted, current) == [:])
    }

    @Test func elementsThatTheKeyDoesNotTellApartAreReplaced() {
        let ports: JSON = [["containerPort": 53, "protocol": "TCP"], ["containerPort": 53, "protocol": "UDP"]]
        let wanted: JSON = ["spec": ["containers": [["name": "a", "ports": ports]]]]
        let current: JSON = [
            "spec": ["containers": [["name": "a", "ports": [["containerPort": 53, "protocol": "TCP"]]]]]
        ]
        let patch = diff(wanted, wanted, current)
        let list = patch.at("spec", "containers")?.array?.first?["ports"]?.array
        #expect(list?.last == ["$patch": "replace"])
        #expect(list?.count == 3)
    }

    @Test func setsOfScalarsAreMerged() {
        let patch = diff(
            ["metadata": ["finalizers": ["a", "b"]]], ["metadata": ["finalizers": ["b", "c"]]],
            ["metadata": ["finalizers": ["a", "b", "other"]]])
        #expect(
            patch == [
                "metadata": [
                    "$deleteFromPrimitiveList/finalizers": ["a"], "$setElementOrder/finalizers": ["b", "c"],
                    "finalizers": ["c"],
                ]
            ])
    }

    @Test func nullOfSomethingMissingIsNoChange() {
        #expect(diff(nil, ["metadata": ["labels": nil]], ["metadata": [:]]) == [:])
    }
}
