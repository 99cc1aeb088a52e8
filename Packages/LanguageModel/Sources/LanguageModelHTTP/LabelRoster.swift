import LanguageModel
import Synchronization

/// Bounds how many different labels reports bring, so that neither memory nor metrics grow with what services make up.
///
/// Each caller brings a part of them only, so that nobody takes the room of all. What is known stays known until the process ends, as
/// its counters do.
final class LabelRoster: Sendable {
    /// A model and what it was asked for.
    struct Pair: Hashable {
        let model: UsageLabel
        let operation: UsageLabel
    }

    private struct State {
        var known: Set<Pair> = []
        /// How many pairs each caller was the first to bring; no more entries than there are pairs.
        var brought: [[UInt8]: Int] = [:]
    }

    private let maximumPairs: Int
    private let maximumPairsPerCaller: Int
    private let state = Mutex(State())

    init(maximumPairs: Int = 300, maximumPairsPerCaller: Int = 50) {
        self.maximumPairs = maximumPairs
        self.maximumPairsPerCaller = maximumPairsPerCaller
    }

    /// The pair itself, or `other` twice where it is one too many.
    func place(_ pair: Pair, of caller: String) -> Pair {
        self.state.withLock { state in
            if state.known.contains(pair) { return pair }
            let caller = Array(caller.utf8)
            let brought = state.brought[caller] ?? 0
            guard state.known.count < self.maximumPairs, brought < self.maximumPairsPerCaller else {
                return Pair(model: .other, operation: .other)
            }
            state.known.insert(pair)
            state.brought[caller] = brought + 1
            return pair
        }
    }
}
