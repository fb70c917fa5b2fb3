/// The fields of every type, one line a field:
///
///     NUMBER NAME TYPE FLAG... [=DEFAULT] [-- DESCRIPTION]
///
/// NUMBER is protobuf's; `2.1` is field 1 of an embedded message that is field 2 and that JSON does not show. TYPE is
/// `str bool i32 i64 f64 bytes Quantity IntOrString Time MicroTime raw fields extra` or a type of these tables; `[T]`
/// is a list, `{T}` a map, `?T` can be absent as distinct from empty, `T!` is written even when it is empty. FLAGs:
/// `atomic`, `set`, `map(KEY,...)` say how server-side apply merges; `merge`, `merge(KEY)`, `replace` and `retain` how
/// a strategic merge patch does; `enum(A|B)` what is valid, `req` what must be there. DEFAULT is JSON.
enum SchemaTables {
    static let all = [
        affinityTables, appsTables, claimTables, configTables, containerTables,
        eventTables, metaTables, namespaceTables, nodeTables, persistentSourceTables,
        podStatusTables, podTables, policyTables, reviewTables, serviceTables,
        storageTables, volumeSourceTables,
    ]
}
