import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads a pipe to its end as fast as it fills, so that the child never waits, and keeps the newest bytes.
final class OutputCollector: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var droppedBytes = 0
        var isComplete = false
        var change = OneShot()
    }

    /// Fires at the end of the stream.
    let end = OneShot()

    private let limit: Int
    private let state = Mutex(State())

    /// Begins to read, on a thread that ends with the stream or when `stop` is closed at its other end.
    init(reading descriptor: OwnedDescriptor, until stop: OwnedDescriptor, limit: Int) {
        self.limit = limit
        WaitingThread.start("child-output") { self.readAll(descriptor, until: stop) }
    }

    /// What was read so far.
    var output: ChildOutput {
        self.state.withLock { ChildOutput(bytes: $0.bytes, droppedBytes: $0.droppedBytes, isComplete: $0.isComplete) }
    }

    /// The next lines for a reader; none, and an event to wait for, when they are not there yet; neither after the last line.
    func next(for reader: inout LineReader) -> (lines: [String], change: OneShot?) {
        let (bytes, start, isComplete, change) = self.state.withLock { ($0.bytes, $0.droppedBytes, $0.isComplete, $0.change) }
        reader.skip(to: start)
        let lines = reader.take(from: bytes.dropFirst(reader.position - start), isComplete: isComplete)
        return (lines, lines.isEmpty && !isComplete ? change : nil)
    }

    private func readAll(_ descriptor: OwnedDescriptor, until stop: OwnedDescriptor) {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            var events = [
                pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop.number, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&events, nfds_t(events.count), -1) >= 0 else {
                if errno == EINTR { continue }
                break
            }
            guard events[1].revents == 0 else { break }
            let count = read(descriptor.number, &buffer, buffer.count)
            if count > 0 {
                self.append(buffer[..<count], isComplete: false)
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        self.append([], isComplete: true)
    }

    private func append(_ bytes: ArraySlice<UInt8>, isComplete: Bool) {
        let change = self.state.withLock { state in
            state.bytes += bytes
            state.isComplete = isComplete
            // Cutting at twice the limit only keeps the cost of a byte constant.
            if state.bytes.count > 2 * self.limit || (isComplete && state.bytes.count > self.limit) {
                let excess = state.bytes.count - self.limit
                state.bytes.removeFirst(excess)
                state.droppedBytes += excess
            }
            defer { state.change = OneShot() }
            return state.change
        }
        change.fire()
        if isComplete { self.end.fire() }
    }
}
