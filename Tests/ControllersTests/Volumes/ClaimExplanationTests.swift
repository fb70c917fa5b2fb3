import Objects
import Testing

@testable import Controllers

@Suite struct ClaimExplanationTests {
    private func explain(_ claim: Object, _ volumes: Object..., classes: [Object] = []) -> ClaimExplanation {
        ClaimExplanation(claim: claim, volumes: volumes, classes: classes)
    }

    @Test func everyVolumeHasItsLine() {
        let explanation = explain(
            Make.claim("c", size: "2Gi"), Make.volume("small"), Make.volume("best", size: "2Gi"),
            Make.volume("large", size: "9Gi"),
            Make.volume("wide", size: "2Gi", modes: ["ReadWriteOnce", "ReadOnlyMany"]),
            Make.volume("classy", size: "2Gi", className: "fast"), Make.volume("block", size: "2Gi", mode: "Block"),
            Make.volume("taken", size: "2Gi", claim: Make.claimRef("d", uid: "x"), phase: "Bound"),
            Make.volume("kept", size: "2Gi", claim: Make.claimRef("c", uid: "old"), phase: "Released"),
            Make.volume("bad", size: "1Mi", modes: ["ReadOnlyMany"]))
        let lines = Dictionary(uniqueKeysWithValues: explanation.lines.map { ($0.volume, $0.text) })
        #expect(explanation.lines.first?.volume == "best")
        #expect(lines["best"] == "chosen: the smallest of those with the fewest modes that fits (2Gi for 2Gi)")
        #expect(lines["large"] == "fits, but best is smaller")
        #expect(lines["wide"] == "fits, but best has fewer modes")
        #expect(lines["small"] == "is too small: 1Gi, not 2Gi")
        #expect(lines["classy"] == "has class fast, not no class")
        #expect(lines["block"] == "is Block, not Filesystem")
        #expect(lines["taken"] == "is bound to default/d")
        #expect(lines["kept"] == "is Released: it keeps the data of an earlier claim of this name")
        #expect(lines["bad"] == "lacks RWO (it offers ROX); is too small: 1Mi, not 2Gi")
        #expect(explanation.lines.last?.volume == "bad")
    }

    @Test func adviceNamesWhatIsMissing() {
        let explanation = explain(
            Make.claim("c", size: "20Gi", className: "fast"), Make.volume("pv-3", size: "10Gi", className: "fast"),
            Make.volume("pv-1", size: "1Gi", className: "fast"),
            Make.volume(
                "kept", size: "30Gi", className: "fast", claim: Make.claimRef("d", uid: "x"), phase: "Released"),
            classes: [Make.storageClass("fast", provisioner: Provisioner.none)])
        #expect(explanation.advice.first == "no free volume of class fast has 20Gi: the largest is pv-3 with 10Gi")
        #expect(explanation.advice.contains { $0.contains("berth volume release kept") })
    }

    @Test func aBoundClaimNeedsNoAdvice() throws {
        let decision = Make.view(Make.volume("v"), Make.claim("c")).decide(claim: .default("c"))
        let explanation = explain(try #require(decision.claimWritten), try #require(decision.volumeWritten))
        #expect(explanation.summary == "default/c is Bound to v")
        #expect(explanation.lines == [.init(volume: "v", isChosen: true, text: "bound to this claim")])
        #expect(explanation.advice.isEmpty)
    }

    @Test func aClaimThatNamesAVolumeThatIsNotThere() {
        #expect(explain(Make.claim("c", volume: "v")).summary.contains("asks for the volume v, which does not exist"))
    }

    @Test func aWaitingClassSaysSo() {
        let explanation = explain(
            Make.claim("c", className: "w"), Make.volume("v", className: "w"),
            classes: [Make.storageClass("w", waits: true)])
        #expect(explanation.lines.first?.text == "fits, and waits for a consumer")
        #expect(explanation.advice == ["class w waits for the first pod that uses the claim and has a node"])
    }
}
