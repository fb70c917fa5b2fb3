extension SchemaTables {
    /// Event, in the core group and in events.k8s.io.
    static let eventTables = #"""
        package io.k8s.api.core.v1
        type Event kind -- Something that happened to an object.
          1 metadata ObjectMeta! req
          2 involvedObject ObjectReference! req
          3 reason str
          4 message str
          5 source EventSource
          6 firstTimestamp Time
          7 lastTimestamp Time
          8 count i32
          9 type str
          10 eventTime MicroTime
          11 series ?EventSeries
          12 action str
          13 related ?ObjectReference
          14 reportingComponent str!
          15 reportingInstance str!
        package io.k8s.api.events.v1
        type events.Event kind -- Something that happened to an object.
          1 metadata ObjectMeta!
          2 eventTime MicroTime! req
          3 series ?events.EventSeries
          4 reportingController str
          5 reportingInstance str
          6 action str
          7 reason str
          8 regarding ObjectReference
          9 related ?ObjectReference
          10 note str
          11 type str
          12 deprecatedSource EventSource
          13 deprecatedFirstTimestamp Time
          14 deprecatedLastTimestamp Time
          15 deprecatedCount i32
        package io.k8s.api.core.v1
        type EventSource
          1 component str
          2 host str
        type EventSeries
          1 count i32
          2 lastObservedTime MicroTime
        package io.k8s.api.events.v1
        type events.EventSeries
          1 count i32! req
          2 lastObservedTime MicroTime! req
        """#
}
