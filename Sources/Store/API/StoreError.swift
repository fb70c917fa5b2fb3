/// The one error of this layer. Edges map `code` to gRPC and HTTP; `message` says what, where and what instead.
package struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// Below the compact revision.
        case compacted
        /// Above the current revision.
        case futureRevision
        case duplicateKey
        case tooManyOperations
        case keyTooLong
        case emptyKey
        case requestTooLarge
        case leaseNotFound
        case leaseExists
        /// `ignoresValue` or `ignoresLease` on a missing key.
        case keyNotFound
        case invalidArgument
        /// Quota or disk reserve reached: growth is refused, deletes and compaction go on.
        case noSpace
        /// The outcome of this write is unknown: an I/O error happened while it was being made durable.
        case indeterminate
        /// The store is closed or poisoned by an earlier I/O error.
        case unavailable
        /// Damage that is not a torn tail: the message names file, offset and reason.
        case corrupt
        /// Another process owns the directory.
        case locked
        /// A format version this build does not know.
        case unknownFormat
        /// The directory is not usable (file system, permission, missing).
        case unusableDirectory
        case io
    }

    package var code: Code
    package var message: String
    /// `errno` of the failed call, or an LMDB code; 0 if neither.
    package var cause: Int32

    package init(_ code: Code, _ message: String, cause: Int32 = 0) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { cause == 0 ? message : "\(message) (error \(cause))" }
}
