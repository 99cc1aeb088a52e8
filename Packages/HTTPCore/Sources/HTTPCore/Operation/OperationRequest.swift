public import HTTPTypes
public import Identity
public import Logging
public import StrictJSON

/// What a handler gets: everything in it has been checked.
public struct OperationRequest: Sendable {
    /// The id that the response names in `X-Request-ID`.
    public let id: String
    /// Who calls; the anonymous caller where the operation is open to anyone.
    public let caller: Caller
    /// Where the call comes from, behind trusted proxies.
    public let clientAddress: IPAddress?
    /// What `clientAddress` was taken from; a privilege for loopback callers asks for `peer`.
    public let clientOrigin: ClientAddress.Origin
    /// Header fields as received.
    public let headers: HTTPFields
    /// Path and query values in normal form, by name.
    public let parameters: JSONValue
    /// The JSON body in normal form, `null` when the operation reads none or it was left out.
    public let body: JSONValue
    /// The `multipart/form-data` body, still to be read; there where the operation declares one, and `nil` elsewhere.
    public internal(set) var upload: MultipartUpload?
    /// A logger that carries the request id.
    public let logger: Logger
    /// Where the caller is noted for the ``RefusalObserver``; only where refusals are recorded.
    var callerNote: CallerNote?

    /// Creates a request, as tests of handlers do.
    ///
    /// - Parameters:
    ///   - id: The id that the response names in `X-Request-ID`.
    ///   - caller: Who calls.
    ///   - clientAddress: Where the call comes from.
    ///   - clientOrigin: What `clientAddress` was taken from.
    ///   - headers: Header fields as received.
    ///   - parameters: Path and query values in normal form, by name.
    ///   - body: The body in normal form.
    ///   - logger: A logger that carries the request id.
    public init(
        id: String,
        caller: Caller,
        clientAddress: IPAddress?,
        clientOrigin: ClientAddress.Origin = .peer,
        headers: HTTPFields = [:],
        parameters: JSONValue = [:],
        body: JSONValue = .null,
        logger: Logger
    ) {
        self.id = id
        self.caller = caller
        self.clientAddress = clientAddress
        self.clientOrigin = clientOrigin
        self.headers = headers
        self.parameters = parameters
        self.body = body
        self.logger = logger
    }

    /// Names who calls, for the record of a refusal, where the handler itself has proven that: an operation open to anyone that takes
    /// a credential as its input.
    ///
    /// It changes nothing else; ``caller`` stays the anonymous one.
    public func note(_ caller: Caller) {
        self.callerNote?.note(caller)
    }

    /// The text of a declared path or query value.
    ///
    /// - Throws: ``Problem`` with code `internalError` when the operation did not declare it as text.
    public func text(_ name: String) throws(Problem) -> String {
        guard let text = self.parameters[name]?.stringValue else {
            throw Problem(.internalError, "Internal Server Error", cause: UndeclaredValue(name: name))
        }
        return text
    }

    /// The text of a required member of the body.
    ///
    /// - Throws: ``Problem`` with code `internalError` when the operation did not declare it as required text.
    public func bodyText(_ name: String) throws(Problem) -> String {
        guard let text = self.body[name]?.stringValue else {
            throw Problem(.internalError, "Internal Server Error", cause: UndeclaredValue(name: name))
        }
        return text
    }
}

/// A handler asked for a value that its operation does not declare.
struct UndeclaredValue: Error {
    let name: String
}
