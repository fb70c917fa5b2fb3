internal import Crypto

/// An X.509 certificate (RFC 5280) that is about to be signed.
struct CertificateTemplate {
    enum Purpose {
        case authority
        /// Addresses and names that clients reach the server by.
        case server(hosts: [String])
        case client
    }

    var subject: CertificateName
    var purpose: Purpose
    var key: P256.Signing.PublicKey
    /// Seconds since 1970.
    var notBefore: Int64
    var notAfter: Int64

    private static let ecdsaWithSHA256 = DER.sequence(DER.identifier([1, 2, 840, 10045, 4, 3, 2]))

    /// The certificate in DER.
    func signed(by issuer: CertificateName, _ issuerKey: P256.Signing.PrivateKey) throws -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        // Positive and of a length that tells nothing.
        let serial = [0x40] + (0..<15).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let fields = DER.sequence(
            DER.explicit(0, DER.integer([2])), DER.integer(serial), Self.ecdsaWithSHA256, issuer.der,
            DER.sequence(
                DER.time(CivilTime(secondsSince1970: notBefore)), DER.time(CivilTime(secondsSince1970: notAfter))),
            subject.der, Array(key.derRepresentation),
            DER.explicit(3, DER.value(0x30, extensions(issuerKey.publicKey).flatMap { $0 })))
        let signature = try issuerKey.signature(for: fields).derRepresentation
        return DER.sequence(fields, Self.ecdsaWithSHA256, DER.bits(Array(signature)))
    }

    private func extensions(_ issuerKey: P256.Signing.PublicKey) -> [[UInt8]] {
        let identifiers = [
            Self.extension([2, 5, 29, 14], DER.octets(Self.keyIdentifier(key))),
            Self.extension([2, 5, 29, 35], DER.sequence(DER.value(0x80, Self.keyIdentifier(issuerKey)))),
        ]
        switch purpose {
        case .authority:
            // keyCertSign and cRLSign.
            return [
                Self.extension([2, 5, 29, 19], isCritical: true, DER.sequence(DER.yes)),
                Self.extension([2, 5, 29, 15], isCritical: true, DER.bits([0x06], unused: 1)),
            ] + identifiers
        case .server(let hosts):
            let names = DER.value(0x30, hosts.flatMap(Self.alternativeName))
            return leaf(usage: [1, 3, 6, 1, 5, 5, 7, 3, 1]) + identifiers + [Self.extension([2, 5, 29, 17], names)]
        case .client: return leaf(usage: [1, 3, 6, 1, 5, 5, 7, 3, 2]) + identifiers
        }
    }

    /// digitalSignature and one extended usage.
    private func leaf(usage: [UInt]) -> [[UInt8]] {
        [
            Self.extension([2, 5, 29, 19], isCritical: true, DER.sequence()),
            Self.extension([2, 5, 29, 15], isCritical: true, DER.bits([0x80], unused: 7)),
            Self.extension([2, 5, 29, 37], DER.sequence(DER.identifier(usage))),
        ]
    }

    private static func `extension`(_ type: [UInt], isCritical: Bool = false, _ contents: [UInt8]) -> [UInt8] {
        DER.sequence(DER.identifier(type), isCritical ? DER.yes : [], DER.octets(contents))
    }

    /// RFC 7093, method 1.
    private static func keyIdentifier(_ key: P256.Signing.PublicKey) -> [UInt8] {
        Array(SHA256.hash(data: key.x963Representation).prefix(20))
    }

    private static func alternativeName(_ host: String) -> [UInt8] {
        if let address = NetworkAddress(host) { return DER.value(0x87, address.bytes) }
        return DER.value(0x82, Array(host.utf8))
    }
}
