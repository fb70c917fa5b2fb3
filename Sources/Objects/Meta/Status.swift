/// A Kubernetes `Status` as an error: what the API answers when something did not work
/// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/).
package struct Status: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Cause: Sendable, Hashable {
        /// `FieldValueInvalid`, `FieldValueRequired`, ...
        package var reason: String
        package var message: String
        /// `spec.accessModes[0]`
        package var field: String
        package init(reason: String, message: String, field: String) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    /// The HTTP status code.
    package var code: Int
    /// `NotFound`, `Conflict`, `Invalid`, ...
    package var reason: String
    package var message: String
    /// What it is about: details.name, details.group, details.kind (upstream puts the resource's name there, and the
    /// kind for `Invalid`), details.uid.
    package var name = ""
    package var group = ""
    package var resource = ""
    package var uid = ""
    package var causes: [Cause] = []
    package var retryAfterSeconds = 0
    /// metadata.continue: with 410 of a list, where it goes on, inconsistently.
    package var continueToken = ""

    package init(code: Int, reason: String, message: String) {
        self.code = code
        self.reason = reason
        self.message = message
    }

    package var description: String { message }
}
