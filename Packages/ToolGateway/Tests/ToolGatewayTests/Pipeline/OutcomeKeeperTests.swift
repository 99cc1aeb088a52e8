import Audit
import Logging
import StrictJSON
import Synchronization
import TestKit
import Testing

@testable import ToolGateway

@Suite("Outcomes that are late")
struct OutcomeKeeperTests {
    /// A journal that takes records only while it is told to.
    private final class Recorder: Sendable {
        let answer = Mutex<RecordAnswer>(.refused(.unavailable))
        let attempts = Mutex(0)
        let kept = Mutex<[AuditRequestID?]>([])

        func record(_ record: AuditRecord) -> RecordAnswer {
            self.attempts.withLock { $0 += 1 }
            let answer = self.answer.withLock { $0 }
            if answer.isKept { self.kept.withLock { $0.append(record.requestID) } }
            return answer
        }
    }

    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private static func record(_ number: Int) -> AuditRecord {
        .refusal(AuditRequestID(unchecked: "req-\(number)"), details: [:])
    }

    private static func keeper(_ recorder: Recorder) -> OutcomeKeeper {
        OutcomeKeeper(pauses: [.zero, .milliseconds(1)], pause: .milliseconds(5), logger: Self.logger) { recorder.record($0) }
    }

    @Test("are kept in their order as soon as the journal keeps records again")
    func later() async throws {
        let recorder = Recorder()
        let keeper = Self.keeper(recorder)
        for number in 0..<3 { #expect(await !keeper.keep(Self.record(number), of: "req-\(number)")) }
        #expect(recorder.attempts.withLock { $0 } == 6)
        #expect(keeper.lateCount == 3)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await keeper.run() }
            recorder.answer.withLock { $0 = .spooled }
            while keeper.lateCount > 0 { await Task.yield() }
            group.cancelAll()
        }
        #expect(recorder.kept.withLock { $0.map(\.?.text) } == ["req-0", "req-1", "req-2"])
    }

    @Test("are tried once more when the server stops")
    func stopping() async throws {
        let recorder = Recorder()
        let keeper = Self.keeper(recorder)
        await keeper.keep(Self.record(0), of: "req-0")
        recorder.answer.withLock { $0 = .durable }
        let running = Task { await keeper.run() }
        running.cancel()
        await running.value
        #expect(keeper.lateCount == 0)
        #expect(recorder.kept.withLock(\.count) == 1)
    }

    @Test("are given up at once for a reason that stays", arguments: [RefusalReason.requestIDTaken, .tooLarge, .stopped])
    func refused(_ reason: RefusalReason) async throws {
        let recorder = Recorder()
        recorder.answer.withLock { $0 = .refused(reason) }
        let keeper = Self.keeper(recorder)
        #expect(await !keeper.keep(Self.record(0), of: "req-0"))
        #expect(recorder.attempts.withLock { $0 } == 1)
        #expect(keeper.lateCount == 0)
    }

    @Test("are no more than a bound of them")
    func bound() async throws {
        let recorder = Recorder()
        let keeper = OutcomeKeeper(pauses: [.zero], logger: Self.logger) { recorder.record($0) }
        for number in 0..<(OutcomeKeeper.capacity + 5) { await keeper.keep(Self.record(number), of: "req-\(number)") }
        #expect(keeper.lateCount == OutcomeKeeper.capacity)
    }
}
