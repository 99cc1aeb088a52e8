import Logging
import Outbound
import Staleness
import Testing

@testable import StalenessIndex

extension ScriptedIndex {
    /// A client of another index.
    func another(_ configuration: PackageIndexConfiguration) throws -> PackageIndexClient {
        let logger = Logger(label: "index.tests", factory: { _ in SwiftLogNoOpLogHandler() })
        let outbound = try OutboundClient(
            policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: logger)
        return try PackageIndexClient(configuration, client: outbound, logger: logger)
    }
}

@Suite("Settings of an index")
struct ConfigurationTests {
    @Test(
        "refuse URLs that are none, and say why",
        arguments: [
            "", "pypi.org/simple", "ftp://pypi.org", "https://user@pypi.org/", "https://pypi.org/?a", "https://pypi.org/#a",
            "https://pypi.org/" + String(repeating: "a", count: 1_025),
        ])
    func urls(_ url: String) {
        let error = #expect(throws: PackageIndexError.self) { try PackageIndexConfiguration(baseURL: url) }
        #expect(error?.message.contains("base URL") == true)
    }

    @Test("refuse values out of their range, and name the property")
    func ranges() throws {
        let changes: [(String, @Sendable (inout PackageIndexConfiguration) -> Void)] = [
            ("timeout", { $0.timeout = .zero }), ("timeout", { $0.timeout = .seconds(61) }),
            ("cacheAge", { $0.cacheAge = .seconds(-1) }), ("failureAge", { $0.failureAge = .seconds(3_601) }),
            ("packageLimit", { $0.packageLimit = -1 }), ("versionLimit", { $0.versionLimit = -1 }),
            ("bodyLimit", { $0.bodyLimit = 1 << 30 }),
        ]
        for (name, change) in changes {
            var configuration = try PackageIndexConfiguration(baseURL: "https://pypi.org/simple")
            change(&configuration)
            let error = #expect(throws: PackageIndexError.self) { try configuration.validate() }
            #expect(error?.message.hasPrefix(name) == true)
        }
    }

    @Test("let questions through to the index and to nowhere else")
    func policy() throws {
        let near = try PackageIndexConfiguration(baseURL: "http://127.0.0.1:3141/root/").addressPolicy
        try near.check("http://127.0.0.1:3141/root/a/")
        #expect(throws: OutboundError.self) { try near.check("http://127.0.0.1:3142/") }
        let far = try PackageIndexConfiguration(baseURL: "https://pypi.org/simple").addressPolicy
        #expect(throws: OutboundError.self) { try far.check("http://pypi.org/") }
    }
}
