import DocumentText
import Testing

@Suite("Configuration")
struct ConfigurationTests {
    static let refused: [@Sendable (inout DocumentProcessConfiguration) -> Void] = [
        { $0.executable = "reader" }, { $0.executable = "" }, { $0.deadline = .zero }, { $0.concurrency = 0 },
        { $0.concurrency = 65 }, { $0.maximumWaiters = -1 }, { $0.arguments = ["\0"] }, { $0.searchPath = "/bin\0" },
    ]

    @Test("refuses what is out of range", arguments: refused.indices)
    func refuses(_ index: Int) {
        var configuration = DocumentProcessConfiguration()
        Self.refused[index](&configuration)
        let error = #expect(throws: DocumentTextError.self) { try DocumentProcess(configuration: configuration) }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test("reads with the running program by default")
    func hasDefaults() throws {
        #expect(throws: Never.self) { try DocumentProcess() }
    }
}
