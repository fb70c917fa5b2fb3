import Client
import Logging
import Objects

extension PodLoop {
    /// Writes the status if it differs from what the API has: no change, no write.
    mutating func report() async {
        reportRetryAt = nil
        guard !hasVanished else { return }
        let old = state.pod.object["status"]
        let status = PodStatusReport(state, nodeAddress: context.nodeAddress).status(after: old, now: .now())
        guard let patch = PodStatusReport.patch(from: old, to: status, uid: state.pod.uid) else { return }
        // The server keeps something else than it was sent (an older one may drop fields): once is enough.
        if let reported, reported.status.withoutNulls == status.withoutNulls, reported.resulting == old { return }
        let key = ObjectKey(.pods, namespace: state.pod.namespace, name: state.pod.name)
        do {
            let answer = try await context.client.patch(key, subresource: "status", patch: patch)
            if answer.uid == state.pod.uid { state.pod = PodSpec(answer) }
            reported = (status, answer["status"])
        } catch let answer as Status where answer.code == 404 || answer.code == 409 {
            // Gone, replaced or changed meanwhile: the watch is about to say so.
            reportRetryAt = WallTime.now().adding(1)
        } catch {
            reportRetryAt = WallTime.now().adding(1)
            context.log.debug("status not written", metadata: ["pod": "\(state.pod.fullName)", "error": "\(error)"])
        }
    }
}
