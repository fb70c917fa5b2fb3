internal import Store

/// Every method that is served, by its path.
struct Router: Sendable {
    let methods: [String: Method]
    let mails = LoopMails()

    init(
        engine: any Engine, identity: Identity, guardian: WriteGuard, alarms: AlarmBook,
        facts: @escaping @Sendable () -> StorageFacts
    ) {
        let replies = KVReplies(identity: identity)
        let encoder = SharedWatchEncoder(identity: identity)
        let mails = mails
        let engine = AlarmedEngine(engine, alarms)
        var services: [String: [String: Method]] = [
            "etcdserverpb.KV": KVService(engine: engine, replies: replies, guardian: guardian).methods,
            "etcdserverpb.Watch": [
                "Watch": .streaming(WatchCall.self, WatchReply.self) {
                    WatchStream(
                        engine: engine, replies: replies, encoder: encoder, mail: mails.mail(of: $0.eventLoop),
                        stream: $0)
                }
            ],
            "etcdserverpb.Lease": LeaseService(engine: engine, replies: replies).methods,
            "etcdserverpb.Cluster": ClusterService(engine: engine, replies: replies).methods,
            "etcdserverpb.Maintenance":
                MaintenanceService(engine: engine, replies: replies, alarms: alarms, facts: facts).methods,
            "etcdserverpb.Auth": AuthService(engine: engine, replies: replies).methods,
            "v3lockpb.Lock": LockService(engine: engine, replies: replies).methods,
            "v3electionpb.Election": ElectionService(engine: engine, replies: replies).methods,
        ]
        let names = Set(services.keys)
        services["grpc.health.v1.Health"] = Self.health(of: names)
        let reflection = ReflectionService.methods(describing: services)
        services[ReflectionService.name] = reflection
        services[ReflectionService.oldName] = reflection
        var methods: [String: Method] = [:]
        for (service, served) in services {
            for (name, method) in served { methods["/\(service)/\(name)"] = method }
        }
        self.methods = methods
    }

    private static func health(of services: Set<String>) -> [String: Method] {
        [
            "Check": .immediate(HealthCheckCall.self) { (call) throws(GRPCStatus) in
                guard call.service.isEmpty || services.contains(call.service) else {
                    throw GRPCStatus(.notFound, "unknown service")
                }
                return HealthCheckReply(.serving)
            },
            // Serving for as long as the stream lasts: the process ends with its store.
            "Watch": .task(HealthCheckCall.self, HealthCheckReply.self, serverStreams: true) {
                (call, stream) throws(GRPCStatus) in
                let isKnown = call.service.isEmpty || services.contains(call.service)
                stream.send(HealthCheckReply(isKnown ? .serving : .serviceUnknown))
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
            },
        ]
    }
}
