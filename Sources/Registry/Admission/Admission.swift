import Objects

/// Kubernetes' default admission, as far as it concerns the kinds that Berth has
/// (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/).
extension Registry {
    func admitNew(_ object: inout Object, _ request: inout WriteRequest) throws(Status) {
        try admitIntoNamespace(object, &request)
        switch request.resource {
        case .pods:
            try PodAdmission.setPriority(&object)
            try PodAdmission.checkRuntimeClass(object)
            PodAdmission.addDefaultTolerations(&object)
        case .persistentVolumes:
            object.addFinalizer("kubernetes.io/pv-protection")
        case .persistentVolumeClaims:
            object.addFinalizer("kubernetes.io/pvc-protection")
            try setDefaultClass(&object)
        default:
            break
        }
    }

    func admitUpdate(_ new: inout Object, _ request: WriteRequest) {
        if request.resource == .pods { PodAdmission.addDefaultTolerations(&new) }
    }

    /// What is asked only about a change that is valid.
    func admitValidUpdate(_ new: Object, _ old: Object, _ request: WriteRequest) throws(Status) {
        switch (request.resource, request.subresource) {
        case (.persistentVolumeClaims, nil): try admitResize(new, old)
        case (.pods, .resize): try admitPodResize(new, old)
        default: break
        }
    }
}

extension Object {
    fileprivate mutating func addFinalizer(_ finalizer: String) {
        if !finalizers.contains(finalizer) { finalizers += [finalizer] }
    }
}
