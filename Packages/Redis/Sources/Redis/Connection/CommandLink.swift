import Logging
import NIOCore
import Synchronization

/// The way of the commands of one event loop: to its connection, or back with an error.
///
/// All but `isReady` happens on its event loop; that is the guard behind `@unchecked Sendable`.
final class CommandLink: @unchecked Sendable {
    private struct Patient {
        let request: RedisRequest
        let box: ReplyBox
        let deadline: NIODeadline
        let timer: Scheduled<Void>
    }

    let eventLoop: any EventLoop
    private let configuration: RedisConfiguration
    private let keeper: ConnectionKeeper
    private let ready = Atomic(false)
    private var connection: RedisConnection?
    /// What a command learns while there is no connection.
    private var absence = RedisError.notConnected
    /// Whether a connection may come soon, so that waiting for it makes sense.
    private var isConnecting = true
    private var patients: [Patient] = []
    private var patientByteCount = 0

    init(on eventLoop: any EventLoop, configuration: RedisConfiguration, logger: Logger) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.keeper = ConnectionKeeper(on: eventLoop, configuration: configuration, logger: logger)
    }

    /// Whether commands can be sent; from any thread.
    var isReady: Bool { self.ready.load(ordering: .relaxed) }

    /// Keeps the connection until it is stopped or the task is cancelled; from any thread.
    func run(_ connector: Connector) async {
        let end = self.eventLoop.makePromise(of: Void.self)
        await withTaskCancellationHandler {
            self.eventLoop.execute {
                self.keeper.tellEnd(end)
                let events = ConnectionKeeper.Events(
                    connected: { self.connected($0) }, disconnected: { self.detach($0) },
                    connecting: { self.isConnecting = true })
                self.keeper.start(connector, events)
            }
            // The future never fails.
            try? await end.futureResult.get()
        } onCancel: {
            self.stop(gracefully: false)
        }
    }

    /// Ends ``run(_:)``; from any thread.
    func stop(gracefully: Bool) {
        self.eventLoop.execute {
            self.detach(.ended)
            self.keeper.stop(gracefully: gracefully)
        }
    }

    /// Sends a request, or fails it at once.
    func submit(_ request: RedisRequest, for waiter: PendingCommand.Waiter, within time: Int64) {
        guard let connection = self.connection else { return waiter.fail(self.absence) }
        connection.submit(request, for: waiter, within: time)
    }

    /// Sends a request, and waits for a connection that is being made.
    func submitPatiently(_ request: RedisRequest, for box: ReplyBox, within time: Int64) {
        guard self.connection == nil, self.isConnecting, self.absence.code != .closed, time > 0 else {
            return self.submit(request, for: .task(box), within: time)
        }
        guard self.patients.count < self.configuration.queueLimit, self.patientByteCount < self.configuration.queueByteLimit
        else {
            return box.complete(.failure(.queueFull))
        }
        let deadline = NIODeadline.now() + .nanoseconds(min(time, 3_600_000_000_000))
        let timer = self.eventLoop.scheduleTask(deadline: deadline) { box.complete(.failure(self.absence)) }
        self.patients.append(Patient(request: request, box: box, deadline: deadline, timer: timer))
        self.patientByteCount += request.byteCount
    }

    private func connected(_ connection: RedisConnection) {
        self.connection = connection
        self.isConnecting = false
        self.absence = .notConnected
        self.ready.store(true, ordering: .relaxed)
        for patient in self.takePatients() where !patient.box.isComplete {
            connection.submit(patient.request, for: .task(patient.box), within: (patient.deadline - .now()).nanoseconds)
        }
    }

    private func detach(_ error: RedisError) {
        self.connection = nil
        self.isConnecting = false
        self.ready.store(false, ordering: .relaxed)
        if self.absence.code != .closed { self.absence = error }
        for patient in self.takePatients() { patient.box.complete(.failure(error)) }
    }

    private func takePatients() -> [Patient] {
        defer {
            self.patients = []
            self.patientByteCount = 0
        }
        for patient in self.patients { patient.timer.cancel() }
        return self.patients
    }
}
