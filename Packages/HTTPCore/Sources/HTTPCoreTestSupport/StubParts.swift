public import HTTPCore
import HTTPTypes
public import Identity
import Synchronization

/// Callers by credential, for tests of stages and of operations.
public struct FixedCallers: CallerResolver {
    private let callers: [String: Caller]

    /// Knows exactly these credentials.
    public init(_ callers: [String: Caller]) {
        self.callers = callers
    }

    /// The caller who was named for exactly this credential.
    public func caller(presenting credential: String) async throws -> Caller? {
        self.callers[credential]
    }
}

/// Admits a fixed number of charges per class and remembers all of them, for tests of stages and of operations.
public final class CountingLimits: LimitEnforcer {
    private struct State {
        var left: [String: Int]
        var charged: [String] = []
    }

    private let state: Mutex<State>

    /// Creates limits.
    ///
    /// - Parameter budget: How many charges each class admits; classes that are not named admit all.
    public init(_ budget: [String: Int] = [:]) {
        self.state = Mutex(State(left: budget))
    }

    /// The names of the classes charged so far, denied ones included.
    public var charged: [String] { self.state.withLock { $0.charged } }

    /// Takes one charge of each class until one has none left; admitted responses carry `Age: 1` as a mark.
    public func charge(_ classes: [LimitClass], caller: Caller, address: IPAddress?) async -> LimitOutcome {
        self.state.withLock { state in
            for limitClass in classes {
                state.charged.append(limitClass.name)
                guard let left = state.left[limitClass.name] else { continue }
                if left == 0 { return .denied(Problem(.rateLimited, "Rate limit exceeded", headers: [.retryAfter: "1"])) }
                state.left[limitClass.name] = left - 1
            }
            return .admitted([.age: "1"])
        }
    }

    /// The same words for every class.
    public func description(of limitClass: LimitClass) -> [String] { ["as many as told"] }
}
