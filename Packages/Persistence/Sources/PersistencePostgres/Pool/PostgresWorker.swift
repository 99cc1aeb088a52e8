import Foundation
import Persistence
import PersistenceDriver

/// The thread of one slot of a pool.
struct PostgresWorker {
    let alternatives: [ConnectionParameters]
    let surroundings: SessionSurroundings
    let census: ConnectionCensus

    /// Starts the thread, which serves until the pool is closed.
    func start(in pool: LendingPool<PostgresSlot>, number: Int) {
        let worker = pool.addWorker(interruption: self.surroundings.interruption)
        let (alternatives, surroundings, census) = (self.alternatives, self.surroundings, self.census)
        let thread = Thread {
            let slot = PostgresSlot(alternatives: alternatives, surroundings: surroundings, census: census)
            let care = ConnectionCare<PostgresSlot>(
                moment: .milliseconds(1), whenQuiet: { $0.settle() }, pause: Self.pause(surroundings.configuration),
                whenIdle: { $0.lookAfter() })
            pool.serve(slot, on: worker, care: care)
            slot.close()
            pool.workerEnded()
        }
        thread.name = "postgres-\(number)"
        thread.start()
    }

    /// Often enough for each limit to be kept fairly well, and rarely enough to cost nothing.
    private static func pause(_ configuration: PostgresConfiguration) -> Duration {
        let shortest = min(configuration.idleLimit, configuration.lifetimeLimit, configuration.healthCheckAfter)
        return min(max(shortest / 2, .milliseconds(10)), .seconds(10))
    }
}
