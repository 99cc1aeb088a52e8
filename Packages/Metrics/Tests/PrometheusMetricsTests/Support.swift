import Foundation
import PrometheusMetrics
import Synchronization

extension PrometheusRegistry {
    /// The scrape as text.
    var text: String { String(decoding: self.render(), as: UTF8.self) }

    /// The samples of the scrape, without `# HELP` and `# TYPE`.
    var samples: [String] {
        self.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }
}

/// Runs the body on so many threads at once and waits for all.
///
/// Threads of their own, as the pool behind tasks may run these one after another on a busy machine, and then no race shows.
func inParallel(_ threads: Int, _ body: @escaping @Sendable (Int) -> Void) async {
    let finished = Tally()
    await withCheckedContinuation { continuation in
        for thread in 0..<threads {
            Thread.detachNewThread {
                body(thread)
                if finished.add(1) == threads { continuation.resume() }
            }
        }
    }
}

/// A number that threads may add to at once.
final class Tally: Sendable {
    private let total = Mutex(0)

    var value: Int { self.total.withLock { $0 } }

    @discardableResult
    func add(_ amount: Int) -> Int {
        self.total.withLock { total in
            total += amount
            return total
        }
    }
}
