import Dispatch
import Foundation
import Persistence
import PersistenceDriver
import Synchronization
import Testing

@Suite("Lending pool", .timeLimit(.minutes(1)))
struct LendingPoolTests {
    /// The connections that are lent at present.
    private final class Register: Sendable {
        let connections = Mutex<Set<Int>>([])
    }

    /// A connection that has nothing but a number.
    private final class Numbered: Sendable {
        let number: Int

        init(_ number: Int) {
            self.number = number
        }
    }

    /// A pool whose connections are numbers.
    private static func makePool(
        workers: Int, maximumWaiters: Int = 100, waitDeadline: Duration = .seconds(60)
    ) -> LendingPool<Numbered> {
        let pool = LendingPool<Numbered>(maximumWaiters: maximumWaiters, waitDeadline: waitDeadline)
        for number in 0..<workers {
            let worker = pool.addWorker(interruption: Interruption())
            Thread {
                pool.serve(Numbered(number), on: worker)
                pool.workerEnded()
            }.start()
        }
        return pool
    }

    /// Occupies one connection while the body runs.
    private static func whileBusy(_ pool: LendingPool<Numbered>, _ body: () async throws -> Void) async throws {
        let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        async let running: Void = pool.lend { _, _ in
            continuation.yield()
            gate.wait()
        }
        for await _ in inside { break }
        try await body()
        gate.signal()
        try await running
    }

    @Test("serves everyone, each connection to one borrower at a time")
    func exclusive() async throws {
        let pool = Self.makePool(workers: 3)
        let lent = Register()
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    var sum = 0
                    for _ in 0..<20 {
                        sum += try await pool.lend { connection, _ in
                            let isFree = lent.connections.withLock { $0.insert(connection.number).inserted }
                            #expect(isFree)
                            lent.connections.withLock { _ = $0.remove(connection.number) }
                            return 1
                        }
                    }
                    return sum
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 1000)
        await pool.close()
    }

    @Test("sends home whoever waits past the deadline")
    func deadline() async throws {
        let pool = Self.makePool(workers: 1, waitDeadline: .milliseconds(5))
        try await Self.whileBusy(pool) {
            for _ in 0..<2 {
                await #expect(throws: PersistenceError(.timedOut, message: "")) { try await pool.lend { _, _ in } }
            }
        }
        #expect(try await pool.lend { connection, _ in connection.number } == 0)
        await pool.close()
    }

    @Test("refuses one too many")
    func overcrowded() async throws {
        // One may wait, as the thread itself may come later than the first who wants its connection.
        let pool = Self.makePool(workers: 1, maximumWaiters: 1)
        var waiter: Task<Void, any Error>?
        try await Self.whileBusy(pool) {
            waiter = Task { try await pool.lend { _, _ in } }
            while pool.waiterCount < 1 { await Task.yield() }
            await #expect(throws: PersistenceError(.unavailable, message: "")) { try await pool.lend { _, _ in } }
        }
        try await waiter?.value
        await pool.close()
    }

    @Test("lets a cancelled task leave the line, and the next one still be served")
    func cancelledWaiter() async throws {
        let pool = Self.makePool(workers: 1)
        var next: Task<Int, any Error>?
        try await Self.whileBusy(pool) {
            let waiter = Task { try await pool.lend { _, _ in } }
            while pool.waiterCount < 1 { await Task.yield() }
            next = Task { try await pool.lend { _, _ in 7 } }
            while pool.waiterCount < 2 { await Task.yield() }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
        }
        #expect(try await next?.value == 7)
        await pool.close()
    }

    @Test("tells the running body of its task's cancellation, and not the next body")
    func interruption() async throws {
        let pool = Self.makePool(workers: 1)
        let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await pool.lend { _, interruption in
                continuation.yield()
                while !interruption.isRequested {}
                throw PersistenceError(.cancelled, message: "")
            }
        }
        for await _ in inside { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await pool.lend { _, interruption in interruption.isRequested } == false)
        await pool.close()
    }

    @Test("lends a connection without its thread, which does the rest if it has to", arguments: [true, false])
    func beginning(_ canBegin: Bool) async throws {
        let pool = Self.makePool(workers: 1)
        for round in 0..<100 {
            let answer = try await pool.lend(
                beginning: { (connection: Numbered, reply: @escaping @Sendable (String) -> Void) in
                    guard canBegin else { return false }
                    Thread {
                        if round % 3 == 0 { return pool.passOn(connection.number) }
                        pool.release(connection.number)
                        reply("answered")
                    }.start()
                    return true
                }, otherwise: { _, _ in "finished" })
            #expect(answer == (canBegin && round % 3 != 0 ? "answered" : "finished"))
        }
        #expect(try await pool.lend { connection, _ in connection.number } == 0)
        await pool.close()
    }

    @Test("gives what was returned without a thread to whoever waits, whether a thread is needed then or not")
    func returning() async throws {
        let pool = Self.makePool(workers: 1)
        let lent = Register()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    if number % 2 == 0 {
                        try await pool.lend { connection, _ in
                            #expect(lent.connections.withLock { $0.insert(connection.number).inserted })
                            lent.connections.withLock { _ = $0.remove(connection.number) }
                        }
                    } else {
                        try await pool.lend(
                            beginning: { (connection: Numbered, reply: @escaping @Sendable (()) -> Void) in
                                #expect(lent.connections.withLock { $0.insert(connection.number).inserted })
                                Thread {
                                    lent.connections.withLock { _ = $0.remove(connection.number) }
                                    pool.release(connection.number)
                                    reply(())
                                }.start()
                                return true
                            }, otherwise: { _, _ in Issue.record("no thread was asked for") })
                    }
                }
            }
            try await group.waitForAll()
        }
        await pool.close()
    }

    @Test("closes when what was begun without a thread has ended, be it by that thread")
    func closingAfterBeginning() async throws {
        for isPassedOn in [false, true] {
            let pool = Self.makePool(workers: 2)
            let (begun, continuation) = AsyncStream.makeStream(of: (Numbered, @Sendable (String) -> Void).self)
            let borrower = Task {
                try await pool.lend(
                    beginning: { connection, reply in
                        continuation.yield((connection, reply))
                        return true
                    }, otherwise: { _, _ in "finished" })
            }
            var iterator = begun.makeAsyncIterator()
            let (connection, reply) = try #require(await iterator.next())
            let closing = Task { await pool.close() }
            while (try? await pool.lend({ _, _ in })) != nil {}
            if isPassedOn {
                pool.passOn(connection.number)
            } else {
                pool.release(connection.number)
                reply("answered")
            }
            #expect(try await borrower.value == (isPassedOn ? "finished" : "answered"))
            await closing.value
        }
    }

    @Test("lets go of what a body used when it can be asked again")
    func lastReference() async throws {
        final class Asker: Sendable {
            let pool: LendingPool<Numbered>

            init(_ pool: LendingPool<Numbered>) { self.pool = pool }

            deinit { _ = self.pool.waiterCount }

            func ask() async throws {
                try await self.pool.lend { _, _ in withExtendedLifetime(self) {} }
            }
        }
        let pool = Self.makePool(workers: 1)
        for _ in 0..<200 { try await Asker(pool).ask() }
        await pool.close()
    }

    @Test("turns away whoever waits when it closes, and ends its threads")
    func closing() async throws {
        let pool = Self.makePool(workers: 2)
        try await Self.whileBusy(pool) {
            pool.beginClosing()
            await #expect(throws: PersistenceError(.closed, message: "")) { try await pool.lend { _, _ in } }
        }
        await pool.close()
        await pool.close()
    }
}
