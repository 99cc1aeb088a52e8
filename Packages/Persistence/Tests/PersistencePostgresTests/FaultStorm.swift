import Foundation
import Persistence
import PersistencePostgres
import Synchronization
import TestKit
import Testing

#if os(Linux)
    /// Writers who never stop, one fault after the other, and the books at the end: whatever was answered has to be true.
    final class FaultStorm: Sendable {
        private enum Fault: CaseIterable {
            case cut, terminate, before, after, insteadOfAnswer, silence, cancel, halt, restart, stop
        }

        /// What a writer was told about each of its numbers.
        private struct Books {
            var kept: Set<Int> = []
            var lost: Set<Int> = []
            var unknown: Set<Int> = []
            var next = 0
        }

        private let server: PostgresServer
        private let proxy: WireProxy
        private let database: PostgresDatabase
        private let observer: PostgresDatabase
        private let seed: UInt64
        private let books = Mutex(Books())
        private let isOver = Atomic<Bool>(false)
        /// One of whom only looks.
        private static let writers = 7
        private static let connections = 4

        init(server: PostgresServer, seed: UInt64) async throws {
            self.server = server
            self.seed = seed
            self.proxy = try WireProxy(port: server.port)
            self.database = try await PostgresDatabase.open(
                url: DatabaseURL(self.proxy.url()),
                configuration: PostgresConfiguration(
                    maximumConnections: Self.connections, minimumConnections: 0, waitDeadline: .seconds(2),
                    connectTimeout: .seconds(1), statementTimeout: .milliseconds(400), applicationName: "storm"))
            self.observer = try await PostgresDatabase.open(
                url: DatabaseURL(server.url()), configuration: PostgresConfiguration(maximumConnections: 1))
        }

        func run(warmUp: Int, faults: Int) async throws {
            try await self.database.write { connection in
                try connection.execute("CREATE TABLE firsts (id int8 PRIMARY KEY)")
                try connection.execute("CREATE TABLE seconds (id int8 PRIMARY KEY)")
            }
            var generator = SeededGenerator(seed: self.seed)
            try await self.weather(warmUp, &generator)
            try await self.recover()
            let before = ProcessCensus.now
            try await self.weather(faults, &generator)
            try await self.recover()
            try await ProcessCensus.expect(atMost: before)
            try await self.audit()
        }

        func close() async {
            await self.database.close()
            await self.observer.close()
            self.proxy.stop()
        }

        /// Lets the writers write while faults happen.
        private func weather(_ count: Int, _ generator: inout SeededGenerator) async throws {
            self.isOver.store(false, ordering: .releasing)
            let writers = (0..<Self.writers).map { number in
                Task { number == 0 ? await self.look() : await self.write() }
            }
            do {
                for _ in 0..<count {
                    let kept = self.books.withLock { $0.kept.count }
                    let fault = Fault.allCases.randomElement(using: &generator) ?? .cut
                    try await self.happen(fault, &generator)
                    // The next one comes when work goes on, which nobody had to help with.
                    try await eventually("work goes on after \(fault), seed \(self.seed)", within: .seconds(20)) {
                        self.books.withLock { $0.kept.count } > kept + 3
                    }
                }
            } catch {
                self.isOver.store(true, ordering: .releasing)
                for writer in writers { await writer.value }
                throw error
            }
            self.isOver.store(true, ordering: .releasing)
            for writer in writers { await writer.value }
        }

        private func happen(_ fault: Fault, _ generator: inout SeededGenerator) async throws {
            let words = ["BEGIN", "INSERT", "COMMIT", "ROLLBACK", "set_config"].randomElement(using: &generator) ?? "COMMIT"
            switch fault {
            case .cut: self.proxy.cut()
            case .terminate:
                _ = try? await self.observer.write {
                    try $0.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'storm'")
                }
            case .before: self.proxy.fail(.before, at: words)
            case .after: self.proxy.fail(.after, at: words)
            case .insteadOfAnswer: self.proxy.fail(.insteadOfAnswer, at: words)
            case .silence: self.proxy.fail(.silence, at: words)
            case .cancel:
                let tasks = (0..<8).map { _ in Task { await self.writeOnce() } }
                try await Task.sleep(for: .microseconds(Int.random(in: 0...3000, using: &generator)))
                for task in tasks { task.cancel() }
                for task in tasks { await task.value }
            case .halt:
                self.server.suspend()
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...700, using: &generator)))
                self.server.resume()
            case .restart: try await self.server.restart()
            case .stop:
                try await self.server.stop()
                try await self.server.start()
            }
        }

        private func write() async {
            while !self.isOver.load(ordering: .acquiring) { await self.writeOnce() }
        }

        /// Asks for what was confirmed, and hears nothing else.
        private func look() async {
            while !self.isOver.load(ordering: .acquiring) {
                guard let id = self.books.withLock({ $0.kept.randomElement() }) else {
                    await Task.yield()
                    continue
                }
                do {
                    let row = try await self.database.queryOne("SELECT id FROM firsts WHERE id = \(id)")
                    #expect(row?["id"] == .integer(Int64(id)), "seed \(self.seed)")
                } catch let error as PersistenceError where [.unavailable, .timedOut].contains(error.code) {
                    // As it should.
                } catch {
                    Issue.record("a reader got \(String(reflecting: error)), seed \(self.seed)")
                }
            }
        }

        private func writeOnce() async {
            let id = self.books.withLock { books in
                books.next += 1
                return books.next
            }
            do {
                try await self.database.transaction(isolation: .readCommitted) { connection in
                    try connection.execute("INSERT INTO firsts (id) VALUES (\(id))")
                    try connection.execute("INSERT INTO seconds (id) VALUES (\(id))")
                }
                _ = self.books.withLock { $0.kept.insert(id) }
            } catch let error as PersistenceError where error.code == .outcomeUnknown {
                _ = self.books.withLock { $0.unknown.insert(id) }
            } catch let error as PersistenceError where [.unavailable, .timedOut, .transactionFailed].contains(error.code) {
                _ = self.books.withLock { $0.lost.insert(id) }
            } catch is CancellationError {
                _ = self.books.withLock { $0.lost.insert(id) }
            } catch {
                Issue.record("a writer got \(String(reflecting: error)), seed \(self.seed)")
                _ = self.books.withLock { $0.lost.insert(id) }
            }
        }

        /// The whole pool works, and the server has no more connections than that.
        private func recover() async throws {
            self.proxy.calm()
            let meeting = DispatchSemaphore(value: 0)
            let tasks = (0..<Self.connections).map { _ in
                Task {
                    try await self.database.write { connection in
                        _ = try connection.query("SELECT 1")
                        meeting.signal()
                        _ = try connection.query("SELECT pg_sleep(0.1)")
                    }
                }
            }
            for task in tasks { try await task.value }
            try await eventually("the server has no connection that the pool does not know, seed \(self.seed)") {
                let row = try? await self.observer.write {
                    try $0.queryOne("SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'storm'")
                }
                return try row?.decode("n", as: Int.self) == self.database.connectionCount
            }
        }

        private func audit() async throws {
            let (firsts, seconds) = try await self.database.read { connection in
                let ids = try ["firsts", "seconds"].map { table in
                    Set(try connection.query("SELECT id FROM \(identifier: table)").map { try $0.decode("id", as: Int.self) })
                }
                return (ids[0], ids[1])
            }
            let books = self.books.withLock { $0 }
            #expect(firsts == seconds)
            #expect(books.kept.subtracting(firsts).isEmpty, "seed \(self.seed)")
            #expect(books.lost.intersection(firsts).isEmpty, "seed \(self.seed)")
            #expect(firsts.subtracting(books.kept).subtracting(books.unknown).isEmpty, "seed \(self.seed)")
        }
    }
#endif
