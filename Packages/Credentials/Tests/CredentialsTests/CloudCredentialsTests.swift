import Credentials
import Testing

@Suite("Cloud credentials")
struct CloudCredentialsTests {
    private static let long = String(repeating: "k", count: 16)

    static let broken: [(String, String, String, String)] = [
        (String(long.dropLast()), long, "com", "access_key must have at least 16 characters"),
        (long, String(long.dropLast()), "com", "secret_key must have at least 16 characters"),
        ("", "", "com", "access_key must have at least 16 characters"),
        (long, long, "", "environment must be 'com' or 'gov'"), (long, long, "COM", "environment must be 'com' or 'gov'"),
        (long, long, "com ", "environment must be 'com' or 'gov'"),
    ]

    @Test("need 16 characters and a known environment", arguments: broken.indices)
    func refused(_ index: Int) {
        let (accessKey, secretKey, environment, message) = Self.broken[index]
        let error = #expect(throws: CredentialsError.self) {
            try CloudCredentials(accessKey: accessKey, secretKey: secretKey, sessionToken: nil, environment: environment)
        }
        #expect(error?.code == .invalidCredentials)
        #expect(error?.message == message)
    }

    @Test("count characters, not bytes")
    func characters() throws {
        let key = String(repeating: "é", count: 16)
        _ = try CloudCredentials(accessKey: key, secretKey: Self.long, sessionToken: nil, environment: "gov")
        #expect(throws: CredentialsError.self) {
            try CloudCredentials(
                accessKey: String(key.dropLast()), secretKey: Self.long, sessionToken: nil, environment: "gov")
        }
    }

    @Test("show nothing of themselves")
    func descriptions() throws {
        let credentials = try CredentialsFixture.credentials("canary")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] { #expect(!text.contains("canary"), "\(text)") }
    }
}
