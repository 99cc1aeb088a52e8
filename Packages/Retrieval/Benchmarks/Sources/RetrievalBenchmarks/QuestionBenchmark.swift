import Cryptography
import Identity
import Logging
import Persistence
import Retrieval
import ServiceLifecycle
import TestKit

/// How long a quoted answer takes over few passages and over many.
enum QuestionBenchmark {
    private static let readers = 4
    private static let questions = 250
    private static let passagesPerDocument = 100
    private static let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }

    static func printRows(_ kind: BenchmarkStore.Kind, sizes: [Int]) async throws {
        var smallest: Double?
        for size in sizes {
            try await BenchmarkStore.with(kind) { database, folder in
                let caller = Caller(id: CallerID(unchecked: "reader"), kind: .user)
                guard let owner = DocumentOwner(caller) else { preconditionFailure("a user owns documents") }
                let questions = try await self.load(size, into: database, folder, of: owner)
                try await BenchmarkStore.analyze(database)
                let answerer = Answerer(search: PassageSearch(database: database), logger: self.logger)
                let asker = Answerer.Asker(owner: owner, caller: caller, address: nil)
                _ = try await self.run(questions, answerer, asker, each: 30)
                let (times, found) = try await self.run(questions, answerer, asker, each: self.questions)
                let sorted = times.sorted()
                let p99 = sorted[sorted.count * 99 / 100]
                let ratio = p99 / (smallest ?? p99)
                if smallest == nil { smallest = p99 }
                let cells = [sorted[sorted.count / 2], p99, ratio, Double(found) / Double(times.count)].map(self.rounded)
                print("| \(kind.rawValue) | \(size) | \(cells.joined(separator: " | ")) |")
            }
        }
    }

    /// Uploads documents of about 100 passages, has them processed, and makes questions that find something.
    private static func load(
        _ passages: Int, into database: any Database, _ folder: String, of owner: DocumentOwner
    ) async throws -> [String] {
        var random = SeededGenerator(seed: 17)
        var configuration = RetrievalConfiguration()
        configuration.maximumDocuments = 10_000
        let queue = DocumentQueue()
        let store = try DocumentStore(
            database: database, folder: try await DocumentFolder.open(path: folder), queue: queue,
            keyring: SecretKeyring(current: try ServerSecret.random()), configuration: configuration)
        let receiver = DocumentReceiver(store: store)
        var questions: [String] = []
        for _ in 0..<max(1, passages / self.passagesPerDocument) {
            let text = DocumentText(passages: self.passagesPerDocument, &random)
            questions += text.questions
            let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
            continuation.yield(Array(text.text.utf8))
            continuation.finish()
            _ = try await receiver.receive(chunks, name: "book.txt", contentType: "text/plain", for: owner)
        }
        let group = ServiceGroup(
            services: [DocumentWorker(store: store, extraction: TextFiles(), logger: self.logger)], gracefulShutdownSignals: [],
            logger: self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            while try await self.waiting(in: database) > 0 { try await Task.sleep(for: .milliseconds(100)) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        return questions
    }

    private static func waiting(in database: any Database) async throws -> Int {
        try await database.queryOne("SELECT count(*) AS n FROM documents WHERE status <> 'ready'")?.decode("n") ?? 0
    }

    /// Milliseconds of each answer, and how many citations there were.
    private static func run(
        _ questions: [String], _ answerer: Answerer, _ asker: Answerer.Asker, each count: Int
    ) async throws -> ([Double], Int) {
        try await withThrowingTaskGroup(of: ([Double], Int).self) { group in
            for reader in 0..<self.readers {
                group.addTask {
                    var times: [Double] = []
                    var found = 0
                    for number in 0..<count {
                        let text = questions[(reader * count + number) % questions.count]
                        let start = ContinuousClock.now
                        found += try await answerer.answer(AnswerQuestion(text), for: asker).citations.count
                        times.append((ContinuousClock.now - start) / .milliseconds(1))
                    }
                    return (times, found)
                }
            }
            return try await group.reduce(into: ([], 0)) { sum, part in
                sum.0 += part.0
                sum.1 += part.1
            }
        }
    }

    private static func rounded(_ value: Double) -> String { String((value * 100).rounded() / 100) }
}
