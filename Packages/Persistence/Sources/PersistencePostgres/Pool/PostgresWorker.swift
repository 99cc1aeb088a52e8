import Foundation
import Persistence
import PersistenceDriver

/// The thread of one slot of a pool.
struct PostgresWorker {
    let slot: PostgresSlot
    let surroundings: SessionSurroundings
    let watch: AnswerWatch

    /// Starts the thread, which serves until the pool is closed.
    func start(in pool: LendingPool<PostgresSlot>) {
        let worker = pool.addWorker(interruption: self.surroundings.interruption)
        precondition(worker == self.slot.number, "slots are numbered in the order of their workers")
        let (slot, surroundings, watch) = (self.slot, self.surroundings, self.watch)
        let thread = Thread {
            let care = ConnectionCare<PostgresSlot>(
                moment: .milliseconds(1), whenQuiet: { $0.settle() }, pause: Self.pause(surroundings.configuration),
                whenIdle: { $0.lookAfter() })
            pool.serve(slot, on: worker, care: care)
            slot.close()
            watch.slotEnded()
            pool.workerEnded()
        }
        thread.name = "postgres-\(worker + 1)"
        thread.start()
    }

    /// Often enough for each limit to be kept fairly well, and rarely enough to cost nothing.
    private static func pause(_ configuration: PostgresConfiguration) -> Duration {
        let shortest = min(configuration.idleLimit, configuration.lifetimeLimit, configuration.healthCheckAfter)
        return min(max(shortest / 2, .milliseconds(10)), .seconds(10))
    }
}
