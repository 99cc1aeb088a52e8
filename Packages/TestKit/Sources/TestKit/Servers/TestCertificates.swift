#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A certificate authority of its own and a server certificate for `localhost`, `127.0.0.1` and `::1`, valid for two days.
public struct TestCertificates: Sendable {
    /// The authority's certificate, PEM.
    public let caFile: String
    /// The server's certificate, PEM.
    public let certificateFile: String
    /// The server's private key, PEM, without a password.
    public let keyFile: String

    /// Makes both with the `openssl` program.
    ///
    /// - Parameter folder: Where the files are written; it must exist.
    /// - Throws: ``TestKitError`` with code `systemCall` when `openssl` is missing or refuses.
    public static func make(in folder: String) async throws -> TestCertificates {
        let made = TestCertificates(
            caFile: "\(folder)/ca.pem", certificateFile: "\(folder)/server.pem", keyFile: "\(folder)/server.key")
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try await Self.openssl(
            ["req", "-x509"] + key
                + ["-days", "2", "-subj", "/CN=Test authority", "-keyout", "\(folder)/ca.key", "-out", made.caFile])
        try await Self.openssl(
            ["req"] + key + ["-subj", "/CN=localhost", "-keyout", made.keyFile, "-out", "\(folder)/server.csr"])
        let names = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n"
        try Data(names.utf8).write(to: URL(fileURLWithPath: "\(folder)/server.ext"))
        try await Self.openssl([
            "x509", "-req", "-days", "2", "-in", "\(folder)/server.csr", "-CA", made.caFile, "-CAkey", "\(folder)/ca.key",
            "-CAcreateserial", "-extfile", "\(folder)/server.ext", "-out", made.certificateFile,
        ])
        return made
    }

    private static func openssl(_ arguments: [String]) async throws {
        let result = try await runProcess("openssl", arguments: arguments)
        guard result.termination == .exited(0) else {
            throw TestKitError(
                .systemCall, message: "openssl \(arguments[0]) failed:\n\(result.standardError.text.suffix(2_000))")
        }
    }
}
