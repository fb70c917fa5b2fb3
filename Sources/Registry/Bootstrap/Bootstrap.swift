package import Objects

extension Registry {
    /// Creates what every cluster has from the start, if it is missing: the four namespaces, the Service
    /// `default/kubernetes` and the two storage classes. Leaves alone what is there. A storage class that somebody
    /// deleted stays away as long as the namespaces tell that this is not the first start.
    package func bootstrap() async throws(Status) {
        let isFirstStart = try find(ObjectKey(.namespaces, name: "kube-system")) == nil
        let namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"]
        try await ensureAll(namespaces.map { (BootstrapObjects.namespace($0), .namespaces) })
        let address = options.apiServiceAddress ?? ""
        var rest: [(Object, ResourceName)] = [(BootstrapObjects.kubernetesService(address), .services)]
        if isFirstStart {
            let bindings = [("berth-local", "Immediate"), ("berth-local-wait", "WaitForFirstConsumer")]
            rest += bindings.map { (BootstrapObjects.storageClass($0.0, binding: $0.1), .storageClasses) }
        }
        try await ensureAll(rest)
    }

    /// At the same time, so that the store makes them durable together: the start waits for two syncs, not seven.
    private func ensureAll(_ wanted: [(Object, ResourceName)]) async throws(Status) {
        let failure = await withTaskGroup(of: Status?.self) { group in
            for (object, resource) in wanted {
                group.addTask {
                    do throws(Status) { try await self.ensure(object, resource) } catch { return error }
                    return nil
                }
            }
            return await group.reduce(nil) { $0 ?? $1 }
        }
        if let failure { throw failure }
    }

    private func ensure(_ object: Object, _ resource: ResourceName) async throws(Status) {
        let key = ObjectKey(resource, namespace: object.namespace, name: object.name)
        guard try find(key) == nil else { return }
        do {
            _ = try await create(object, resource, namespace: object.namespace, by: .daemon)
        } catch  where error.reason == "AlreadyExists" {
            return
        }
    }
}

enum BootstrapObjects {
    static func namespace(_ name: String) -> Object {
        Object(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
    }

    static func kubernetesService(_ address: String) -> Object {
        Object([
            "apiVersion": "v1", "kind": "Service",
            "metadata": [
                "name": "kubernetes", "namespace": "default",
                "labels": ["component": "apiserver", "provider": "kubernetes"],
            ],
            "spec": [
                "type": "ClusterIP", "sessionAffinity": "None", "clusterIP": .string(address),
                "ports": [["name": "https", "protocol": "TCP", "port": 443, "targetPort": 6443]],
            ],
        ])
    }

    static func storageClass(_ name: String, binding: String) -> Object {
        Object([
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": ["name": .string(name)],
            "provisioner": "berth/local", "reclaimPolicy": "Delete", "allowVolumeExpansion": true,
            "volumeBindingMode": .string(binding),
        ])
    }
}
