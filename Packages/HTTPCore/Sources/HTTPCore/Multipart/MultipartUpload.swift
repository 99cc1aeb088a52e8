import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON

/// A `multipart/form-data` body (RFC 7578) that its handler reads part by part, as it comes from the socket.
///
/// Nothing is read ahead of the handler, so a slow one slows its client, and memory stays constant whatever the size. To be read by one
/// task, until ``nextPart()`` returns `nil`: only then the body is known to be complete.
///
/// ```swift
/// while let part = try await upload.nextPart() {
///     switch part {
///     case .text(let name, let value): fields[name] = value
///     case .file(let file): for try await chunk in file { try await spool.write(chunk) }
///     }
/// }
/// ```
public actor MultipartUpload {
    private let fields: [FormField]
    private let limit: Int
    private let announcedBytes: Int?
    private let source: BodySource
    private var parser: MultipartParser
    private var receivedBytes = 0
    private var isComplete = false
    private var isReading = false
    private var failure: (any Error)?
    private var files = 0
    private var isInFile = false
    private var namesSeen: Set<[UInt8]> = []

    /// - Parameters:
    ///   - request: Whose body is read.
    ///   - fields: What it may have.
    ///   - limit: Most bytes of it.
    ///   - invite: Called once, before the first byte is read.
    /// - Throws: ``Problem`` with status 400 for a request that is no `multipart/form-data`, 422 for one without a usable boundary.
    init(
        _ request: Request, fields: [FormField], limit: Int, invite: @escaping @Sendable () async throws -> Void
    ) throws(Problem) {
        self.parser = MultipartParser(boundary: try MultipartBoundary(in: request.headers))
        self.fields = fields
        self.limit = limit
        self.announcedBytes = request.headers[.contentLength].flatMap { Int($0) }
        self.source = BodySource(body: request.body, invite: invite)
    }

    /// The next declared field, or `nil` at the end of the body; fields that the operation does not declare are passed over.
    ///
    /// After an error, every further call throws it again.
    ///
    /// - Throws: ``Problem`` with status 422 for a body that is malformed or breaks the declared shape, 413 for one over the limit, 400 for
    ///   one that ends early; an error of the connection for a client that is slow or breaks HTTP; `CancellationError`. A handler lets
    ///   all of them pass.
    public func nextPart() async throws -> MultipartPart? {
        try await self.reading {
            self.isInFile = false
            while let event = try await self.nextEvent() {
                guard case .part(let head) = event, let field = self.field(named: head.name) else { continue }
                return try await self.part(head, of: field)
            }
            for field in self.fields where field.isRequired && !self.namesSeen.contains(Array(field.name.utf8)) {
                throw Self.violation(field.name, "missing", "Field required")
            }
            return nil
        }
    }

    /// The next chunk of a file, or `nil` at its end.
    func nextChunk(ofFile number: Int) async throws -> [UInt8]? {
        try await self.reading {
            guard number == self.files else { throw Self.misused }
            guard self.isInFile else { return nil }
            if case .data(let chunk)? = try await self.nextEvent() { return chunk }
            self.isInFile = false
            return nil
        }
    }

    /// Lets one reader in at a time, and remembers its error.
    private func reading<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        if let failure = self.failure { throw failure }
        guard !self.isReading else { throw Self.misused }
        self.isReading = true
        defer { self.isReading = false }
        do {
            return try await body()
        } catch {
            var failure = error
            if var problem = error as? Problem, !self.isComplete {
                // What is still to come is not worth reading.
                problem.closesConnection = true
                failure = problem
            }
            self.failure = failure
            throw failure
        }
    }

    private func field(named name: String) -> FormField? {
        self.fields.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    private func part(_ head: MultipartHead, of field: FormField) async throws -> MultipartPart {
        guard self.namesSeen.insert(Array(field.name.utf8)).inserted else {
            throw Self.violation(field.name, "multipart_repeated", "Field should stand once")
        }
        switch field.kind {
        case .text(let schema, let maximumBytes):
            let text = try await self.text(of: field, maximumBytes: maximumBytes)
            var location: [Violation.Step] = [.name("body"), .name(field.name)]
            var violations: [Violation] = []
            let value = schema.normalised(.string(text), at: &location, into: &violations)
            guard violations.isEmpty else { throw Problem.validation(violations) }
            return .text(name: field.name, value: value)
        case .file:
            guard let fileName = head.fileName else {
                throw Self.violation(field.name, "multipart_file", "Field should be a file, with a filename")
            }
            // This is what a browser sends for a file that nobody chose.
            guard !fileName.isEmpty else { throw Self.violation(field.name, "missing", "Field required") }
            self.files += 1
            self.isInFile = true
            return .file(
                MultipartFile(
                    name: field.name, fileName: fileName, contentType: head.contentType, upload: self, number: self.files))
        }
    }

    private func text(of field: FormField, maximumBytes: Int) async throws -> String {
        var bytes: [UInt8] = []
        while case .data(let chunk)? = try await self.nextEvent() {
            guard chunk.count <= maximumBytes - bytes.count else {
                throw Self.violation(field.name, "string_too_long", "String should have at most \(maximumBytes) bytes")
            }
            bytes += chunk
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw Self.violation(field.name, "string_unicode", "Input should be UTF-8 without NUL")
        }
        return text
    }

    private func nextEvent() async throws -> MultipartParser.Event? {
        do {
            while !self.isComplete {
                if let event = try self.parser.next() { return event }
                guard let chunk = try await self.source.next() else {
                    // A client that hung up and a cancelled task both look like the end of the body.
                    try Task.checkCancellation()
                    if let announced = self.announcedBytes, self.receivedBytes < announced { throw Problem.truncatedBody }
                    self.isComplete = true
                    try self.parser.finish()
                    return nil
                }
                guard chunk.readableBytes <= self.limit - self.receivedBytes else {
                    throw Problem.bodyTooLarge(limit: self.limit)
                }
                self.receivedBytes += chunk.readableBytes
                self.parser.append(chunk.readableBytesView)
            }
            return nil
        } catch let error as MultipartError {
            var location: [Violation.Step] = [.name("body")]
            if let offset = error.offset { location.append(.index(offset)) }
            throw Problem.validation([Violation(at: location, type: "multipart_invalid", message: error.rule)])
        }
    }

    private static func violation(_ name: String, _ type: String, _ message: String) -> Problem {
        .validation([Violation(at: [.name("body"), .name(name)], type: type, message: message)])
    }

    private static var misused: Problem {
        Problem(.internalError, "Internal Server Error", cause: MisusedUpload())
    }
}

/// A handler read a file after it had asked for the next part, or read with two tasks at once.
struct MisusedUpload: Error {}

/// The chunks of a body; belongs to one upload.
private final class BodySource {
    private var iterator: RequestBody.AsyncIterator?
    private let body: RequestBody
    private let invite: @Sendable () async throws -> Void

    init(body: RequestBody, invite: @escaping @Sendable () async throws -> Void) {
        self.body = body
        self.invite = invite
    }

    func next() async throws -> ByteBuffer? {
        if self.iterator == nil {
            try await self.invite()
            self.iterator = self.body.makeAsyncIterator()
        }
        return try await self.iterator?.next(isolation: #isolation)
    }
}
