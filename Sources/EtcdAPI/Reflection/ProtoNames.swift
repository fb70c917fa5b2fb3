/// What the messages are called in etcd's .proto files, and which of their fields share a `oneof`: all that reflection
/// needs beside the fields, which each message tells itself.
package enum ProtoNames {
    static func name(of type: any Message.Type) -> String { messageNames[ObjectIdentifier(type)] ?? "\(type)" }
    static func name(of type: any WireEnum.Type) -> String { enumNames[ObjectIdentifier(type)] ?? "\(type)" }

    /// By the name of the message: the name of its `oneof` and the numbers of the members.
    static let oneofs: [String: (name: String, members: ClosedRange<Int>)] = [
        "etcdserverpb.Compare": ("target_union", 4...8),
        "etcdserverpb.RequestOp": ("request", 1...4),
        "etcdserverpb.ResponseOp": ("response", 1...4),
        "etcdserverpb.WatchRequest": ("request_union", 1...3),
        "grpc.reflection.v1.ServerReflectionRequest": ("message_request", 3...7),
        "grpc.reflection.v1.ServerReflectionResponse": ("message_response", 4...7),
    ]

    package static let messages: [any Message.Type] = named.map(\.0)

    private static let messageNames = Dictionary(
        uniqueKeysWithValues: named.map { (ObjectIdentifier($0.0 as Any.Type), $0.1) })
    private static let enumNames = Dictionary(
        uniqueKeysWithValues: namedEnums.map { (ObjectIdentifier($0.0 as Any.Type), $0.1) })

    private static let namedEnums: [(any WireEnum.Type, String)] = [
        (SortOrder.self, "etcdserverpb.RangeRequest.SortOrder"),
        (SortTarget.self, "etcdserverpb.RangeRequest.SortTarget"),
        (CompareResult.self, "etcdserverpb.Compare.CompareResult"),
        (CompareTarget.self, "etcdserverpb.Compare.CompareTarget"),
        (WatchFilter.self, "etcdserverpb.WatchCreateRequest.FilterType"),
        (AlarmType.self, "etcdserverpb.AlarmType"),
        (AlarmAction.self, "etcdserverpb.AlarmRequest.AlarmAction"),
        (EventType.self, "mvccpb.Event.EventType"),
        (ServingStatus.self, "grpc.health.v1.HealthCheckResponse.ServingStatus"),
    ]

    private static let named: [(any Message.Type, String)] =
        keyValue + leases + cluster + maintenance + locks + elections + grpc

    private static let keyValue: [(any Message.Type, String)] = [
        (WireKeyValue.self, "mvccpb.KeyValue"), (WireEvent.self, "mvccpb.Event"),
        (ResponseHeader.self, "etcdserverpb.ResponseHeader"),
        (RangeCall.self, "etcdserverpb.RangeRequest"), (RangeReply.self, "etcdserverpb.RangeResponse"),
        (PutCall.self, "etcdserverpb.PutRequest"), (PutReply.self, "etcdserverpb.PutResponse"),
        (DeleteRangeCall.self, "etcdserverpb.DeleteRangeRequest"),
        (DeleteRangeReply.self, "etcdserverpb.DeleteRangeResponse"),
        (OperationCall.self, "etcdserverpb.RequestOp"), (OperationReply.self, "etcdserverpb.ResponseOp"),
        (CompareCall.self, "etcdserverpb.Compare"),
        (TransactionCall.self, "etcdserverpb.TxnRequest"), (TransactionReply.self, "etcdserverpb.TxnResponse"),
        (CompactionCall.self, "etcdserverpb.CompactionRequest"),
        (CompactionReply.self, "etcdserverpb.CompactionResponse"),
        (WatchCall.self, "etcdserverpb.WatchRequest"), (WatchReply.self, "etcdserverpb.WatchResponse"),
        (WatchCreateCall.self, "etcdserverpb.WatchCreateRequest"),
        (WatchCancelCall.self, "etcdserverpb.WatchCancelRequest"),
        (WatchProgressCall.self, "etcdserverpb.WatchProgressRequest"),
    ]

    private static let leases: [(any Message.Type, String)] = [
        (LeaseGrantCall.self, "etcdserverpb.LeaseGrantRequest"),
        (LeaseGrantReply.self, "etcdserverpb.LeaseGrantResponse"),
        (LeaseRevokeCall.self, "etcdserverpb.LeaseRevokeRequest"),
        (LeaseRevokeReply.self, "etcdserverpb.LeaseRevokeResponse"),
        (LeaseKeepAliveCall.self, "etcdserverpb.LeaseKeepAliveRequest"),
        (LeaseKeepAliveReply.self, "etcdserverpb.LeaseKeepAliveResponse"),
        (LeaseTimeToLiveCall.self, "etcdserverpb.LeaseTimeToLiveRequest"),
        (LeaseTimeToLiveReply.self, "etcdserverpb.LeaseTimeToLiveResponse"),
        (LeaseLeasesCall.self, "etcdserverpb.LeaseLeasesRequest"),
        (LeaseLeasesReply.self, "etcdserverpb.LeaseLeasesResponse"),
        (LeaseStatus.self, "etcdserverpb.LeaseStatus"),
    ]

    private static let cluster: [(any Message.Type, String)] = [
        (Member.self, "etcdserverpb.Member"),
        (MemberListCall.self, "etcdserverpb.MemberListRequest"),
        (MemberListReply.self, "etcdserverpb.MemberListResponse"),
        (AuthStatusCall.self, "etcdserverpb.AuthStatusRequest"),
        (AuthStatusReply.self, "etcdserverpb.AuthStatusResponse"),
    ]

    private static let maintenance: [(any Message.Type, String)] = [
        (StatusCall.self, "etcdserverpb.StatusRequest"), (StatusReply.self, "etcdserverpb.StatusResponse"),
        (AlarmCall.self, "etcdserverpb.AlarmRequest"), (AlarmReply.self, "etcdserverpb.AlarmResponse"),
        (AlarmMember.self, "etcdserverpb.AlarmMember"),
        (DefragmentCall.self, "etcdserverpb.DefragmentRequest"),
        (DefragmentReply.self, "etcdserverpb.DefragmentResponse"),
        (HashCall.self, "etcdserverpb.HashRequest"), (HashReply.self, "etcdserverpb.HashResponse"),
        (HashKVCall.self, "etcdserverpb.HashKVRequest"), (HashKVReply.self, "etcdserverpb.HashKVResponse"),
    ]

    private static let locks: [(any Message.Type, String)] = [
        (LockCall.self, "v3lockpb.LockRequest"), (LockReply.self, "v3lockpb.LockResponse"),
        (UnlockCall.self, "v3lockpb.UnlockRequest"), (UnlockReply.self, "v3lockpb.UnlockResponse"),
    ]

    private static let elections: [(any Message.Type, String)] = [
        (LeaderKey.self, "v3electionpb.LeaderKey"),
        (CampaignCall.self, "v3electionpb.CampaignRequest"), (CampaignReply.self, "v3electionpb.CampaignResponse"),
        (ProclaimCall.self, "v3electionpb.ProclaimRequest"), (ProclaimReply.self, "v3electionpb.ProclaimResponse"),
        (LeaderCall.self, "v3electionpb.LeaderRequest"), (LeaderReply.self, "v3electionpb.LeaderResponse"),
        (ResignCall.self, "v3electionpb.ResignRequest"), (ResignReply.self, "v3electionpb.ResignResponse"),
    ]

    private static let grpc: [(any Message.Type, String)] = [
        (HealthCheckCall.self, "grpc.health.v1.HealthCheckRequest"),
        (HealthCheckReply.self, "grpc.health.v1.HealthCheckResponse"),
        (ReflectionCall.self, "grpc.reflection.v1.ServerReflectionRequest"),
        (ReflectionReply.self, "grpc.reflection.v1.ServerReflectionResponse"),
        (ExtensionCall.self, "grpc.reflection.v1.ExtensionRequest"),
        (FileDescriptorReply.self, "grpc.reflection.v1.FileDescriptorResponse"),
        (ExtensionNumberReply.self, "grpc.reflection.v1.ExtensionNumberResponse"),
        (ListServiceReply.self, "grpc.reflection.v1.ListServiceResponse"),
        (ServiceReply.self, "grpc.reflection.v1.ServiceResponse"),
        (ReflectionErrorReply.self, "grpc.reflection.v1.ErrorResponse"),
    ]
}
