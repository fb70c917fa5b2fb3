internal import Crypto

/// Signs the certificates of the TLS listener and of its clients. Its key and certificate are made when they are first
/// needed and stay in one file, so that no crash can part them: `ca.pem`; `ca.crt` is a copy of the certificate for
/// whoever has to trust it.
package struct CertificateAuthority: Sendable {
    /// A key and its certificate, both as PEM.
    package struct Issued: Sendable, Hashable {
        package var certificate: String
        package var key: String
    }

    private static let subject = CertificateName(commonName: "berth-ca")
    private static let file = "ca.pem"
    private static let year: Int64 = 365 * 86_400
    /// 2020-01-01: a machine without a clock starts in 1970, and its certificates must be valid once it knows the time.
    private static let notBefore: Int64 = 1_577_836_800
    private static let earliestNow: Int64 = 1_764_547_200

    private let key: P256.Signing.PrivateKey
    /// PEM.
    package let certificate: String
    private let directory: KeyDirectory
    private let now: @Sendable () -> Int64

    /// - Parameter now: seconds since 1970.
    package static func load(
        _ directory: KeyDirectory, now: @escaping @Sendable () -> Int64
    ) throws(KeyFileError) -> CertificateAuthority {
        if let text = try directory.read(file) { return try CertificateAuthority(text, directory, now) }
        let key = P256.Signing.PrivateKey()
        let template = CertificateTemplate(
            subject: subject, purpose: .authority, key: key.publicKey, notBefore: notBefore,
            notAfter: max(now(), earliestNow) + 20 * year)
        let certificate = try sign(template, key)
        try directory.write(file, text(key, certificate))
        return try CertificateAuthority(text(key, certificate), directory, now)
    }

    private init(_ text: String, _ directory: KeyDirectory, _ now: @escaping @Sendable () -> Int64) throws(KeyFileError)
    {
        guard let certificate = PEM.block("CERTIFICATE", in: text), let pem = PEM.block("PRIVATE KEY", in: text),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: pem)
        else {
            throw KeyFileError(
                text: "\(directory.path)/\(Self.file) holds no certificate with its key; "
                    + "restore it, or remove it to make new ones (clients then need new kubeconfigs)")
        }
        (self.key, self.certificate, self.directory, self.now) = (key, certificate, directory, now)
        if try directory.read("ca.crt") != certificate { try directory.write("ca.crt", certificate, mode: 0o644) }
    }

    /// The listener's own certificate; the one in `server.pem` if it names these hosts and is good for another year.
    package func server(hosts: [String]) throws(KeyFileError) -> Issued {
        let wanted = "hosts: \(hosts.joined(separator: " "))\n"
        if let text = try directory.read("server.pem"), text.hasPrefix(wanted), isFresh(text),
            text.contains("authority: \(fingerprint)\n"),
            let certificate = PEM.block("CERTIFICATE", in: text), let key = PEM.block("PRIVATE KEY", in: text)
        {
            return Issued(certificate: certificate, key: key)
        }
        let until = max(now(), Self.earliestNow) + 10 * Self.year
        let issued = try issue(CertificateName(commonName: "berthd"), .server(hosts: hosts), until: until)
        try directory.write(
            "server.pem", wanted + "until: \(until)\nauthority: \(fingerprint)\n" + issued.key + issued.certificate)
        return issued
    }

    /// For a client: the common name is the user, the organizations are the groups.
    package func client(_ name: CertificateName, seconds: Int64) throws(KeyFileError) -> Issued {
        try issue(name, .client, until: now() + seconds)
    }

    private var fingerprint: String {
        SHA256.hash(data: Array(certificate.utf8)).map { String($0, radix: 16) }.joined()
    }

    private func isFresh(_ text: String) -> Bool {
        let line = text.split(separator: "\n").first { $0.hasPrefix("until: ") }
        guard let until = line.flatMap({ Int64($0.dropFirst("until: ".count)) }) else { return false }
        return until > now() + Self.year
    }

    private func issue(
        _ subject: CertificateName, _ purpose: CertificateTemplate.Purpose, until: Int64
    ) throws(KeyFileError) -> Issued {
        let own = P256.Signing.PrivateKey()
        let template = CertificateTemplate(
            subject: subject, purpose: purpose, key: own.publicKey, notBefore: Self.notBefore, notAfter: until)
        return Issued(certificate: try Self.sign(template, key), key: Self.pem(own))
    }

    private static func sign(
        _ template: CertificateTemplate, _ key: P256.Signing.PrivateKey
    ) throws(KeyFileError) -> String {
        do { return PEM.text("CERTIFICATE", try template.signed(by: subject, key)) } catch {
            throw KeyFileError(text: "cannot sign a certificate: \(error)")
        }
    }

    private static func pem(_ key: P256.Signing.PrivateKey) -> String {
        PEM.text("PRIVATE KEY", Array(key.derRepresentation))
    }

    private static func text(_ key: P256.Signing.PrivateKey, _ certificate: String) -> String { pem(key) + certificate }
}
