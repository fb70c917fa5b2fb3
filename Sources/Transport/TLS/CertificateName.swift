/// The subject of a certificate, as much of it as Kubernetes reads: the common name is the user, the organizations are
/// the groups (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates).
package struct CertificateName: Sendable, Hashable {
    package var commonName: String
    package var organizations: [String]

    package init(commonName: String, organizations: [String] = []) {
        self.commonName = commonName
        self.organizations = organizations
    }

    private static let commonNameType: [UInt] = [2, 5, 4, 3]
    private static let organizationType: [UInt] = [2, 5, 4, 10]

    /// A `Name` (RFC 5280, 4.1.2.4): one attribute in each relative distinguished name.
    var der: [UInt8] {
        let attributes = organizations.map { (Self.organizationType, $0) } + [(Self.commonNameType, commonName)]
        let names = attributes.flatMap { type, text in
            DER.set(DER.sequence(DER.identifier(type), DER.utf8(text)))
        }
        return DER.value(0x30, names)
    }

    /// The subject of a certificate in DER; nil if it has no common name or is no certificate.
    init?(certificate bytes: [UInt8]) {
        var outer = DERReader(bytes[...])
        guard var certificate = outer.next(0x30)?.reader, var fields = certificate.next(0x30)?.reader,
            var field = fields.next()
        else { return nil }
        // The version, [0], is left out by version 1 only.
        if field.tag == 0xa0 {
            guard let serial = fields.next() else { return nil }
            field = serial
        }
        // Behind the serial number: signature algorithm, issuer, validity, subject.
        guard field.tag == 0x02, fields.next() != nil, fields.next() != nil, fields.next() != nil,
            let subject = fields.next(0x30)
        else { return nil }
        self.init(commonName: "")
        read(subject.reader)
        if commonName.isEmpty { return nil }
    }

    private mutating func read(_ subject: DERReader) {
        let (common, organization) = (DER.identifier(Self.commonNameType), DER.identifier(Self.organizationType))
        var names = subject
        while var set = names.next(0x31)?.reader {
            while var attribute = set.next(0x30)?.reader {
                guard let type = attribute.next(0x06), let text = attribute.next(), Self.isText(text.tag) else {
                    continue
                }
                let value = String(decoding: text.contents, as: UTF8.self)
                let identifier = DER.value(0x06, Array(type.contents))
                if identifier == common { commonName = value }
                if identifier == organization { organizations.append(value) }
            }
        }
    }

    /// UTF8String, PrintableString, TeletexString and IA5String.
    private static func isText(_ tag: UInt8) -> Bool { [0x0c, 0x13, 0x14, 0x16].contains(tag) }
}
