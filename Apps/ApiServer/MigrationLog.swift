import Logging
import Migrations

/// What a server that brings its own schema up to date says in the log.
enum MigrationLog {
    /// Notes one step.
    static func note(_ progress: MigrationProgress, on logger: Logger) {
        switch progress {
        case .waitingForLock:
            logger.info("waiting for another migrator of this database")
        case .applied(let key, let duration):
            logger.info("schema revision applied", metadata: ["revision": "\(key)", "took": "\(duration)"])
        case .adopted(let key, let differences):
            logger.info("tables of another tool adopted", metadata: ["revision": "\(key)"])
            for difference in differences {
                logger.notice(
                    "adopted tables differ", metadata: ["difference": .string(difference), "revision": "\(key)"])
            }
        case .applying, .undoing, .undone, .skipped:
            logger.debug("schema", metadata: ["step": "\(progress)"])
        }
    }
}
