import Logging
import Policy
import Synchronization
import TestKit
import Testing

@Suite("Policy store")
struct StoreTests {
    /// Files that change under the store's hands.
    final class Files: PolicySource {
        struct Unreadable: Error {}
        let texts: Mutex<[String: String]>
        let isBroken = Mutex(false)

        init(_ texts: [String: String]) {
            self.texts = Mutex(texts)
        }

        func read(_ name: String) throws -> [UInt8]? {
            if self.isBroken.withLock({ $0 }) { throw Unreadable() }
            return self.texts.withLock { $0[name].map { Array($0.utf8) } }
        }

        func set(_ name: String, _ text: String?) { self.texts.withLock { $0[name] = text } }
    }

    /// Keeps what is logged.
    struct Log: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let problems = event.metadata?["policy.problems"].map { "\($0)" } ?? ""
            self.lines.append("\(event.level): \(event.message) \(problems)")
        }
    }

    final class Lines: Sendable {
        let all = Mutex<[String]>([])
        let added: AsyncStream<String>
        private let continuation: AsyncStream<String>.Continuation

        init() {
            (self.added, self.continuation) = AsyncStream.makeStream()
        }

        func append(_ line: String) {
            self.all.withLock { $0.append(line) }
            self.continuation.yield(line)
        }

        /// Waits for a line that begins so.
        func wait(for start: String) async -> Bool {
            for await line in self.added where line.hasPrefix(start) { return true }
            return false
        }
    }

    static let good = "name: p\nrules: [{name: go, tools: [t], decision: ALLOW}]"
    static let stricter = "name: p\nrules: [{name: stop, tools: [t], decision: DENY}]"

    @Test("takes up a change, keeps the last good revision before a fault, and says so")
    func reload() throws {
        let files = Files(["default.yaml": Self.good])
        let lines = Lines()
        let store = try PolicyStore(files, environment: "prod", logger: Logger(label: "t") { _ in Log(lines: lines) })
        let first = store.state.revision
        #expect(!store.reload())
        files.set("default.yaml", Self.stricter)
        #expect(store.reload())
        #expect(store.engine.decide(call("t")).rule == "stop")
        let second = store.state.revision
        #expect(first != second)
        #expect(store.state.reloads == 1)

        files.set("default.yaml", "name: p\nrules: [{name: x, tools: [t], effct: ALLOW}]")
        #expect(!store.reload())
        #expect(!store.reload())
        #expect(store.engine.decide(call("t")).rule == "stop")
        #expect(store.state.revision == second)
        #expect(store.state.failure?.problems.first?.line == 2)
        #expect(store.state.refusals == 1)
        let logged = lines.all.withLock { $0 }
        #expect(logged.count { $0.contains("error: policy not taken up") && $0.contains("default.yaml:2:") } == 1)

        files.set("default.yaml", Self.stricter)
        #expect(!store.reload())
        #expect(store.state.failure == nil)
        #expect(lines.all.withLock { $0 }.last?.hasPrefix("notice: policy files are right again") == true)
        files.set("default.yaml", Self.good)
        #expect(store.reload())
        #expect(store.state.revision == first)
        #expect(store.state.reloads == 2)
    }

    @Test("sees extended files, a new file for its environment, and a file that is gone or cannot be read")
    func files() throws {
        let files = Files(["default.yaml": "name: d\nextends: base.yaml", "base.yaml": Self.good])
        let store = try PolicyStore(files, environment: "prod", logger: Logger(label: "t") { _ in Log(lines: Lines()) })
        files.set("base.yaml", Self.stricter)
        #expect(store.reload())
        files.set("prod.yaml", Self.good)
        #expect(store.reload())
        #expect(store.engine.definition.files == ["prod.yaml"])
        files.set("prod.yaml", nil)
        #expect(store.reload())
        files.set("base.yaml", nil)
        #expect(!store.reload())
        #expect(store.state.failure?.code == .unreadable)
        files.set("base.yaml", Self.stricter)
        #expect(!store.reload())
        #expect(store.state.failure == nil)
        files.isBroken.withLock { $0 = true }
        #expect(!store.reload())
        #expect(store.state.failure?.code == .unreadable)
        files.isBroken.withLock { $0 = false }
        #expect(!store.reload())
        #expect(store.state.failure == nil)
    }

    @Test("does not start without a policy that is right")
    func start() {
        let logger = Logger(label: "t") { _ in Log(lines: Lines()) }
        #expect(throws: PolicyError.self) { try PolicyStore(Files([:]), environment: "prod", logger: logger) }
        #expect(throws: PolicyError.self) {
            try PolicyStore(Files(["default.yaml": "rules: no"]), environment: "prod", logger: logger)
        }
    }

    /// A file that is being written: each look finds more of it, until it is whole.
    final class Growing: PolicySource {
        static let rules = (1...30).map { "  - {name: r\($0), tools: [t\($0)], decision: ALLOW}\n" }
        let looks = Mutex(Int.max)

        func read(_ name: String) -> [UInt8]? {
            guard name == "default.yaml" else { return nil }
            let count = self.looks.withLock { looks in
                if looks < Int.max { looks += 1 }
                return looks
            }
            return Array(("name: p\nrules:\n" + Self.rules.prefix(count == Int.max ? 1 : count).joined()).utf8)
        }
    }

    @Test("takes up a file that is being written only when it is whole", .timeLimit(.minutes(1)))
    func growing() async throws {
        let source = Growing()
        let lines = Lines()
        let store = try PolicyStore(
            source, environment: "prod", interval: .milliseconds(2), logger: Logger(label: "t") { _ in Log(lines: lines) })
        source.looks.withLock { $0 = 1 }
        let task = Task { try await store.run() }
        #expect(await lines.wait(for: "notice: policy taken up"))
        #expect(store.engine.definition.ruleCount == Growing.rules.count)
        #expect(store.state.reloads == 1)
        task.cancel()
        try await task.value
    }

    @Test("runs until it is cancelled and takes up changes meanwhile")
    func runs() async throws {
        let files = Files(["default.yaml": Self.good])
        let lines = Lines()
        let store = try PolicyStore(
            files, environment: "prod", interval: .milliseconds(1), logger: Logger(label: "t") { _ in Log(lines: lines) })
        let revision = store.state.revision
        let task = Task { try await store.run() }
        files.set("default.yaml", Self.stricter)
        #expect(await lines.wait(for: "notice: policy taken up"))
        #expect(store.state.revision != revision)
        task.cancel()
        try await task.value
    }
}
