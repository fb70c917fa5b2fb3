import Objects
import Testing
import Transport
import TransportTestSupport

@testable import KubeAPI

@Suite struct CredentialsTests {
    private static let path = "/berth/v1/credentials"

    /// With tokens, a TLS listener to give credentials for, and a service account that may do everything.
    private func server() async throws -> APITestServer {
        try await APITestServer { options, folder in
            let keys = KeyDirectory(folder["keys"])
            options.keys = keys
            options.grants = try Grants(parsing: "system:serviceaccount:default:default=admin")
            let authority = try CertificateAuthority.load(keys) { 1_800_000_000 }
            options.endpoint = TLSEndpoint(server: "https://127.0.0.1:6443", authority: authority)
        }
    }

    /// What is good for ten minutes must not become what is good for ten years.
    @Test(arguments: ["{}", #"{"token":true}"#, #"{"expirationSeconds":315360000}"#])
    func aTokensBearerGetsNoneOnTheSocket(_ body: String) async throws {
        let server = try await server()
        let account = "/api/v1/namespaces/default/serviceaccounts/default"
        let request = try await server.call("POST", account + "/token", #"{"spec":{"expirationSeconds":600}}"#)
        let token = try #require(request["status", "token"]?.string, "\(request.body)")
        #expect(try await server.call("GET", account, bearer: token).status == 200)
        let refused = try await server.call("POST", Self.path, body, bearer: token)
        #expect(refused.status == 403, "\(refused.body)")
        #expect(refused["message"]?.string?.contains("ask without a token") == true)
        await server.stop()
    }

    @Test func theUserOfTheSocketGetsThem() async throws {
        let server = try await server()
        let certificate = try await server.call("POST", Self.path, "{}")
        #expect(certificate.status == 201, "\(certificate.body)")
        #expect(certificate["clientCertificate"] != nil)
        let answer = try await server.call("POST", Self.path, #"{"token":true}"#)
        let token = try #require(answer["token"]?.string, "\(answer.body)")
        // With a token of their own it is still them.
        #expect(try await server.call("POST", Self.path, "{}", bearer: token).status == 201)
        await server.stop()
    }
}
