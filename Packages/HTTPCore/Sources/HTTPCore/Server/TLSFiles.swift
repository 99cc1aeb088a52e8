public import NIOSSL

extension TLSConfiguration {
    /// The server's TLS from two PEM files: TLS 1.2 and later.
    ///
    /// - Parameters:
    ///   - certificates: The chain, the server's own certificate first.
    ///   - privateKey: The key of the first certificate.
    /// - Throws: `NIOSSLError` or an I/O error when a file cannot be read or holds something else.
    public static func server(certificates: String, privateKey: String) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMFile(certificates).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: privateKey, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }
}
