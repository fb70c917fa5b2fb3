import Client
import Objects

/// What a description shows besides the object.
struct DescribeContext: Sendable {
    /// Nil: not asked for.
    var events: [Object]?
    /// The pods that use a claim, belong to a set or run on a node.
    var pods: [Object] = []
    /// Of a service.
    var slices: [Object] = []

    static func fetch(_ object: Object, _ client: APIClient, events: Bool) async throws -> DescribeContext {
        var context = DescribeContext()
        if events { context.events = try await DescribeEvents.fetch(object, client) }
        switch object.kind {
        case "PersistentVolumeClaim":
            context.pods = try await client.list(.pods, namespace: object.namespace).items.filter {
                DescribeClaim.uses($0, claim: object.name)
            }
        case "StatefulSet":
            let selector = LabelText.list(DescribeStatefulSet.matchLabels(object))
            context.pods = try await client.list(
                .pods, namespace: object.namespace, query: ListQuery(labelSelector: selector)
            ).items.filter { $0.controller == "StatefulSet/\(object.name)" }
        case "Service":
            context.slices = try await client.list(
                .endpointSlices, namespace: object.namespace,
                query: ListQuery(labelSelector: "kubernetes.io/service-name=\(object.name)")
            ).items
        case "Node":
            context.pods = try await client.list(
                .pods, query: ListQuery(fieldSelector: "spec.nodeName=\(object.name)")
            ).items
        default: break
        }
        return context
    }
}

enum Describer {
    static func describe(_ object: Object, _ resource: APIResource, _ context: DescribeContext) -> String {
        var text = DescribeText()
        switch (resource.group, object.kind) {
        case ("", "Pod"): DescribePod.append(object, to: &text)
        case ("", "PersistentVolumeClaim"): DescribeClaim.append(object, context.pods, to: &text)
        case ("", "PersistentVolume"): DescribeVolume.append(object, to: &text)
        case ("apps", "StatefulSet"): DescribeStatefulSet.append(object, context.pods, to: &text)
        case ("storage.k8s.io", "StorageClass"): DescribeStorageClass.append(object, to: &text)
        case ("", "Service"): DescribeService.append(object, context.slices, to: &text)
        case ("", "Namespace"):
            DescribeNamespace.append(object, to: &text)
            // Events belong to what is in a namespace.
            return text.aligned
        case ("", "Node"): DescribeNode.append(object, context.pods, to: &text)
        default: DescribeGeneric.append(object, namespaced: resource.namespaced, to: &text)
        }
        if let events = context.events { DescribeEvents.append(events, to: &text) }
        return text.aligned
    }
}
