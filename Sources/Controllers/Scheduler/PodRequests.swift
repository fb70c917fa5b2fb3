package import Objects

/// Amounts of node resources by name: `cpu` in thousandths, everything else in whole units.
package struct ResourceAmounts: Sendable, Equatable {
    package var amounts: [String: Int64] = [:]

    package init() {}

    /// A ResourceList.
    package init(_ json: JSON?) {
        for (name, value) in json?.object ?? JSONObject() {
            let text = value.string ?? value.integer.map(String.init) ?? ""
            guard let quantity = Quantity(text) else { continue }
            amounts[name] = name == "cpu" ? quantity.milliValue : quantity.value
        }
    }

    package subscript(name: String) -> Int64 { amounts[name] ?? 0 }

    package static func + (left: ResourceAmounts, right: ResourceAmounts) -> ResourceAmounts {
        var sum = left
        for (name, amount) in right.amounts { sum.amounts[name] = added(sum[name], amount) }
        return sum
    }

    /// More than anything can hold stays more than anything can hold.
    private static func added(_ left: Int64, _ right: Int64) -> Int64 { Int64(clamping: Int128(left) + Int128(right)) }

    package static func larger(_ left: ResourceAmounts, _ right: ResourceAmounts) -> ResourceAmounts {
        var result = left
        for (name, amount) in right.amounts { result.amounts[name] = max(result[name], amount) }
        return result
    }
}

/// What a pod asks of its node
/// (https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/): its containers together with the
/// sidecars, or the largest init container with the sidecars started before it, whichever is more; and the overhead.
package enum PodRequests {
    package static func of(_ pod: Object) -> ResourceAmounts {
        let spec = pod["spec"]
        var total = ResourceAmounts()
        for container in spec?["containers"]?.array ?? [] { total = total + requests(container) }
        var sidecars = ResourceAmounts()
        var largestInit = ResourceAmounts()
        for container in spec?["initContainers"]?.array ?? [] {
            if container["restartPolicy"]?.string == "Always" {
                sidecars = sidecars + requests(container)
                largestInit = .larger(largestInit, sidecars)
            } else {
                largestInit = .larger(largestInit, sidecars + requests(container))
            }
        }
        total = .larger(total + sidecars, largestInit)
        // Requests of the pod as a whole replace what its containers add up to.
        for (name, amount) in ResourceAmounts(spec?.at("resources", "requests")).amounts {
            total.amounts[name] = amount
        }
        return total + ResourceAmounts(spec?["overhead"])
    }

    private static func requests(_ container: JSON) -> ResourceAmounts {
        ResourceAmounts(container.at("resources", "requests"))
    }
}
