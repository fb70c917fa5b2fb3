import Crypto
import Objects
import Transport

/// Signs and verifies the server's tokens: JSON Web Tokens (RFC 7519) with ES256. The key is made when the first token
/// is asked for and kept beside the store.
final class TokenSigner: Sendable {
    private static let file = "token.pem"

    private let key: P256.Signing.PrivateKey
    private let keyID: String

    static func load(_ directory: KeyDirectory) throws(KeyFileError) -> TokenSigner {
        if let text = try directory.read(file) {
            guard let key = try? P256.Signing.PrivateKey(pemRepresentation: text) else {
                throw KeyFileError(
                    text: "\(directory.path)/\(file) holds no key; restore it, or remove it to make a new one "
                        + "(tokens that were given out are void then)")
            }
            return TokenSigner(key)
        }
        let key = P256.Signing.PrivateKey()
        try directory.write(file, key.pemRepresentation + "\n")
        return TokenSigner(key)
    }

    private init(_ key: P256.Signing.PrivateKey) {
        self.key = key
        keyID = Base64.encodeURL(Array(SHA256.hash(data: key.publicKey.x963Representation)))
    }

    func sign(_ claims: JSON) throws(Status) -> String {
        let head: JSON = ["alg": "ES256", "kid": .string(keyID), "typ": "JWT"]
        let text = [head, claims].map { Base64.encodeURL(JSONEncoder.encode($0)) }.joined(separator: ".")
        do {
            let signature = try key.signature(for: Array(text.utf8))
            return text + "." + Base64.encodeURL(Array(signature.rawRepresentation))
        } catch {
            throw .internalError("cannot sign a token: \(error)")
        }
    }

    /// The claims of a token that this key signed; nil for every other text. Whether they hold now is not looked at.
    func claims(_ token: String) -> JSON? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64.decodeURL(String(parts[2])),
            let ecdsa = try? P256.Signing.ECDSASignature(rawRepresentation: signature),
            key.publicKey.isValidSignature(ecdsa, for: Array("\(parts[0]).\(parts[1])".utf8)),
            let head = Base64.decodeURL(String(parts[0])).flatMap({ try? JSONParser.parse($0) }),
            head["alg"]?.string == "ES256",
            let claims = Base64.decodeURL(String(parts[1])).flatMap({ try? JSONParser.parse($0) })
        else { return nil }
        return claims
    }
}
