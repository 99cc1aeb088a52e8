import Outbound
import Policy
import StrictJSON
import Testing
import ToolGateway

@Suite("Tool servers")
struct ToolServersTests {
    @Test("are read from the two settings, and are the only destinations")
    func read() throws {
        let servers = try ToolServers(
            baseURLs: ["files": "http://localhost:9000/", "db": "https://[fd00::7]:8443/tools", "mail": "https://mail.internal"],
            secrets: ["files": "one", "db": "two"], timeout: .seconds(30))
        #expect(servers.names == ["db", "files", "mail"])
        #expect(servers["files"]?.secret != nil && servers["mail"]?.secret == nil && servers["other"] == nil)
        let policy = AddressPolicy(allowsPlainHTTP: true, allowed: servers.destinations)
        for name in servers.names {
            let url = try #require(servers[name]?.baseURL)
            #expect(throws: Never.self) { try policy.check(url) }
        }
        #expect(throws: OutboundError.self) { try policy.check("http://localhost:9001/") }
        #expect(!"\(servers)".contains("one"))
    }

    static let faults: [(JSONValue, JSONValue, String)] = [
        ([], [:], "the base URLs must be an object"), ([:], "x", "the shared secrets must be an object"),
        (["a": 5], [:], "'a' must be a string"), (["a": "ftp://x"], [:], "'a': the scheme"),
        (["a": "http://u:p@x"], [:], "'a': this is no URL"), (["a": "http://x/?q=1"], [:], "'a' must have no query"),
        (["a": "http://x"], ["a": ""], "'a' must be a string, not empty"),
        (["a": "http://x"], ["b": "s"], "'b' has a shared secret"),
        (["": "http://x"], [:], "1 to 255 bytes"),
    ]

    @Test("that break a rule are named with it, and never with a secret", arguments: 0..<9)
    func refused(_ index: Int) throws {
        let (urls, secrets, message) = Self.faults[index]
        let error = try #require(throws: ToolGatewayError.self) {
            try ToolServers(baseURLs: urls, secrets: secrets, timeout: .seconds(1))
        }
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test(
        "have tools with plain names only",
        arguments: [
            "", "fs read", "fs.read ", "ｆs.read", "fs.rеad", "fs.read\u{200B}", "fs.read/../../admin/exec", "fs.read%2f..", "a\n",
            String(repeating: "a", count: 129), "fs/read", "fs\0",
        ])
    func names(_ text: String) {
        #expect(ToolName(text) == nil)
        #expect(ToolName("FS.read_1-x") != nil && ToolName(String(repeating: "a", count: 128)) != nil)
    }
}
