import Objects
import Testing

@testable import Controllers

@Suite struct BestMatchTests {
    private func match(_ claim: Object, among volumes: Object...) -> String? {
        Make.view(volumes + [claim]).bestMatch(for: PersistentVolumeClaim(claim))?.name
    }

    @Test func theSmallestThatFitsWins() {
        #expect(
            match(
                Make.claim("c", size: "4Gi"), among: Make.volume("a", size: "10Gi"), Make.volume("b", size: "5Gi"),
                Make.volume("c", size: "1Gi")) == "b")
    }

    @Test func sizesAreComparedAsQuantities() {
        #expect(
            match(
                Make.claim("c", size: "1024Mi"), among: Make.volume("decimal", size: "1G"),
                Make.volume("binary", size: "1.5Gi"), Make.volume("bytes", size: "1073741824")) == "bytes")
    }

    @Test func volumesWithTheFewestModesComeFirstThoughLarger() {
        #expect(
            match(
                Make.claim("c"), among: Make.volume("wide", modes: ["ReadWriteOnce", "ReadWriteMany"]),
                Make.volume("narrow", size: "100Gi")) == "narrow")
    }

    @Test func modesMustBeASuperset() {
        let claim = Make.claim("c", modes: ["ReadWriteOnce", "ReadOnlyMany"])
        #expect(match(claim, among: Make.volume("a")) == nil)
        let all = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"]
        #expect(match(claim, among: Make.volume("a"), Make.volume("b", modes: all)) == "b")
    }

    @Test func oncePodIsAModeOfItsOwn() {
        let claim = Make.claim("c", modes: ["ReadWriteOncePod"])
        #expect(match(claim, among: Make.volume("a")) == nil)
        #expect(match(claim, among: Make.volume("a", modes: ["ReadWriteOncePod"])) == "a")
        #expect(match(Make.claim("c"), among: Make.volume("a", modes: ["ReadWriteOncePod"])) == nil)
    }

    @Test(
        arguments: [
            (Make.volume("a", className: "fast"), "slow"), (Make.volume("a", className: "fast"), nil),
            (Make.volume("a"), "slow"), (Make.volume("a", className: "fast"), ""),
        ] as [(Object, String?)])
    func classesMustBeEqual(_ volume: Object, _ className: String?) {
        #expect(match(Make.claim("c", className: className), among: volume) == nil)
    }

    @Test func absentAndEmptyClassAreEqualHere() {
        #expect(match(Make.claim("c", className: ""), among: Make.volume("a")) == "a")
        #expect(match(Make.claim("c"), among: Make.volume("a", className: "")) == "a")
    }

    @Test func theOldClassAnnotationCounts() {
        let annotations = [VolumeAnnotation.betaStorageClass: "gold"]
        #expect(
            match(
                Make.claim("c", annotations: annotations), among: Make.volume("a"),
                Make.volume("b", size: "9Gi", annotations: annotations)) == "b")
    }

    @Test func volumeModesMustBeEqual() {
        #expect(match(Make.claim("c", mode: "Block"), among: Make.volume("a")) == nil)
        #expect(match(Make.claim("c", mode: "Block"), among: Make.volume("a", mode: "Block")) == "a")
    }

    @Test(
        arguments: [
            (["matchLabels": ["disk": "ssd"]], "ssd"),
            (["matchExpressions": [["key": "disk", "operator": "In", "values": ["hdd", "tape"]]]], "hdd"),
            (["matchExpressions": [["key": "disk", "operator": "NotIn", "values": ["hdd"]]]], "bare"),
            (["matchExpressions": [["key": "disk", "operator": "Exists"]]], "hdd"),
            (["matchExpressions": [["key": "disk", "operator": "DoesNotExist"]]], "bare"),
            (["matchLabels": ["disk": "floppy"]], nil),
        ] as [(JSON, String?)])
    func aSelectorNarrowsTheChoice(_ selector: JSON, _ expected: String?) {
        #expect(
            match(
                Make.claim("c", selector: selector), among: Make.volume("hdd", labels: ["disk": "hdd"]),
                Make.volume("bare", size: "5Gi"), Make.volume("ssd", size: "9Gi", labels: ["disk": "ssd"])) == expected)
    }

    @Test(arguments: [
        Make.volume("a", deleted: true), Make.volume("a", phase: "Released"), Make.volume("a", phase: "Pending"),
        Make.volume("a", claim: Make.claimRef("other")), Make.volume("a", claim: Make.claimRef("c", uid: "old")),
    ])
    func volumesThatAreNotToBeHad(_ volume: Object) {
        #expect(match(Make.claim("c"), among: volume) == nil)
    }

    @Test func aVolumeThatNamesTheClaimComesFirst() {
        let named = Make.volume("named", size: "9Gi", className: "x", claim: Make.claimRef("c"))
        #expect(match(Make.claim("c"), among: Make.volume("a"), named) == "named")
        let small = Make.volume("named", size: "1Mi", claim: Make.claimRef("c"))
        #expect(match(Make.claim("c"), among: Make.volume("a"), small) == "a")
    }

    @Test func aFreeVolumeWithFewerModesComesBeforeOneThatNamesTheClaim() {
        let named = Make.volume("named", modes: ["ReadWriteOnce", "ReadOnlyMany"], claim: Make.claimRef("c"))
        #expect(match(Make.claim("c"), among: Make.volume("a"), named) == "a")
    }

    @Test func theAttributesClassMustBeEqual() {
        var volume = Make.volume("a")
        volume["spec", "volumeAttributesClassName"] = "gold"
        #expect(match(Make.claim("c"), among: volume) == nil)
    }

    @Test func aVolumeInUseByAWriteIsNotChosenUntilItIsGivenBack() {
        var view = Make.view(Make.volume("a"), Make.claim("c"))
        let claim = PersistentVolumeClaim(Make.claim("c"))
        view.setBusy(volume: "a", claim: nil)
        #expect(view.bestMatch(for: claim) == nil)
        view.put(PersistentVolume(Make.volume("a", size: "2Gi")))
        #expect(view.bestMatch(for: claim) == nil)
        view.setIdle(volume: "a", claim: nil)
        #expect(view.bestMatch(for: claim)?.name == "a")
    }

    @Test func aVolumeIsOfferedToTheOldestClaimThatItFits() {
        let view = Make.view(
            Make.volume("v", size: "2Gi"), Make.claim("a", size: "3Gi", created: "2026-01-01T00:00:00Z"),
            Make.claim("z", created: "2026-01-02T00:00:00Z"), Make.claim("b", created: "2026-01-03T00:00:00Z"))
        #expect(view.volumes["v"].flatMap(view.firstClaim)?.key.name == "z")
    }
}
