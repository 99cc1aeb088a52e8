import HTTPTypes
import Hummingbird
import Identity
import Synchronization

/// Carries the caller from the stage that finds it to one that stands before that.
final class CallerNote: Sendable {
    private let noted = Mutex<Caller?>(nil)

    var caller: Caller? { self.noted.withLock { $0 } }

    func note(_ caller: Caller) { self.noted.withLock { $0 = caller } }
}

/// Tells the program's observer of calls that were turned away, around all stages of an operation that may do so.
struct RefusalStage: RouterMiddleware {
    typealias Context = GatehouseContext

    private static let recorded: Set<Int> = [401, 403, 413, 422, 429]

    let operation: Operation
    let observer: any RefusalObserver
    let translate: @Sendable (any Error) -> Problem?

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        let note = CallerNote()
        var context = context
        context.callerNote = note
        do {
            let response = try await next(request, context)
            await self.tell(response.status, ProblemCode(status: response.status), note, context)
            return response
        } catch {
            let cause = (error as? LimitedError)?.cause ?? error
            if let problem = cause as? Problem ?? self.translate(cause), !problem.isRecorded {
                await self.tell(problem.status, problem.code, note, context)
            }
            throw error
        }
    }

    private func tell(
        _ status: HTTPResponse.Status, _ code: ProblemCode, _ note: CallerNote, _ context: Context
    ) async {
        guard Self.recorded.contains(status.code) else { return }
        await self.observer.note(
            HTTPRefusal(
                status: status, code: code, operation: self.operation.id, path: self.operation.path,
                method: self.operation.method,
                caller: note.caller, clientAddress: context.clientAddress, requestID: context.requestID))
    }
}
