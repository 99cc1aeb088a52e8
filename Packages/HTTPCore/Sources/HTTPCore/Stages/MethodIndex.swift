import HTTPTypes
import Hummingbird

/// Knows the methods of every path, so that a known path with another method gets 405 and not 404.
///
/// Hummingbird's router answers 404 for both. A second router, asked only after a miss, matches the path alone.
struct MethodIndex: Sendable {
    private let paths: RouterResponder<GatehouseContext>

    /// - Throws: ``HTTPCoreError`` with code `invalidOperation` when one path hides another.
    init(operations: [Operation]) throws(HTTPCoreError) {
        var methods: [String: Set<HTTPRequest.Method>] = [:]
        for operation in operations {
            // Two spellings of a path are one to the router.
            let path = operation.routerPath.description
            methods[path, default: []].insert(operation.method)
            if operation.method == .get { methods[path, default: []].insert(.head) }
        }
        let router = Router(context: GatehouseContext.self)
        for (path, allowed) in methods {
            let spansParts = path.hasSuffix("**")
            router.get(RouterPath(path)) { request, _ -> Response in
                // To the router an empty part is none, and what follows it would take its place.
                if !spansParts, Self.hasEmptyPart(request.head.path ?? "") { throw Problem.notFound }
                throw Problem.methodNotAllowed(allowed: Array(allowed))
            }
        }
        do {
            try router.validate()
        } catch {
            throw HTTPCoreError(.invalidOperation, message: "Two paths clash: \(error)", cause: error)
        }
        self.paths = router.buildResponder()
    }

    /// Whether two slashes of a path stand side by side.
    private static func hasEmptyPart(_ target: String) -> Bool {
        var wasSlash = false
        for byte in target.utf8 {
            if byte == UInt8(ascii: "?") { return false }
            let isSlash = byte == UInt8(ascii: "/")
            if isSlash, wasSlash { return true }
            wasSlash = isSlash
        }
        return false
    }

    /// The problem of a request that the main router did not match.
    func problem(for request: Request, context: GatehouseContext) async -> Problem {
        var head = request.head
        head.method = .get
        do {
            _ = try await self.paths.respond(to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context)
        } catch let problem as Problem {
            return problem
        } catch {
            // The path is unknown here as well.
        }
        return .notFound
    }
}
