/// What the node could not do. The message says what, where, and where it can be known, what to do instead; it becomes
/// the text of an event.
package struct NodeError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// A file or directory of the node's own.
        case io
        /// Namespaces could not be made or joined.
        case sandbox
        /// A CNI plugin is missing or refused.
        case network
        /// A volume cannot be mounted (now).
        case volume
        /// No entry of the image table matches.
        case image
        /// The pod asks for something that does not exist (a key of a ConfigMap) or is malformed.
        case configuration
        /// The container's command did not start.
        case start
        /// There is no such pod, container or log.
        case notFound
        /// Right now this is not possible: the container is not running.
        case unavailable
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
