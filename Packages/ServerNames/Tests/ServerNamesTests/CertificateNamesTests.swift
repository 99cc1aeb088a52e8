import Testing

@testable import ServerNames

@Suite("Names in certificates")
struct CertificateNamesTests {
    @Test(
        "stand for a host",
        arguments: [
            ("example.com", "example.com"), ("example.com", "EXAMPLE.com"), ("a.example.com", "*.example.com"),
            ("localhost", "localhost"),
            ("xn--bcher-kva.example.com", "*.Example.com"),
        ])
    func match(_ host: String, _ name: String) {
        #expect(CertificateNames.match(host, [Array("other.org".utf8), Array(name.utf8)]))
    }

    @Test(
        "do not stand for another",
        arguments: [
            ("example.com", "example.org"), ("example.com", "*.example.com"), ("a.b.example.com", "*.example.com"),
            ("example.com", "*.com"),
            ("example.com", "*"), ("example.com", "*.*"), ("a.example.com", "a*.example.com"),
            ("a.example.com", "*a.example.com"),
            ("a.example.com", "a.*.com"), ("a.example.com", "*.*.com"), ("example.com", "example.com."), ("example.com", ""),
            ("example.com", "example.com\u{0}.evil.org"), ("example.com", "xexample.com"), ("localhost", "*.localhost"),
            ("localhost", "*"),
            ("example.com", ".example.com"), ("a.example.com", "*example.com"),
        ])
    func doNotMatch(_ host: String, _ name: String) {
        #expect(!CertificateNames.match(host, [Array(name.utf8)]))
        #expect(!CertificateNames.match(host, []))
    }
}
