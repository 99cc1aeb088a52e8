import Foundation

/// A thread for work that mostly waits.
///
/// Dispatch's own threads are few, and Swift's tasks run on them too: some eighty children that are waited for there would
/// bring all tests to a stop.
enum WaitingThread {
    /// Runs a body on a thread of its own, which ends with it.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.stackSize = 256 * 1024
        thread.start()
    }
}
