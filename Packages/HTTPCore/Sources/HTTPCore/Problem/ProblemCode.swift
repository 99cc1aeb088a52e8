public import HTTPTypes

/// The kind of a problem, as clients see it in the member `error` (DESIGN §3).
///
/// The set is closed: clients switch over these strings.
public enum ProblemCode: String, Sendable, Hashable, CaseIterable {
    case badRequest = "bad_request"
    case unauthorized
    case forbidden
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case conflict
    case payloadTooLarge = "payload_too_large"
    case validationError = "validation_error"
    case rateLimited = "rate_limited"
    case internalError = "internal_error"
    case serviceUnavailable = "service_unavailable"

    /// The status that this kind has when nothing more special is known.
    public var usualStatus: HTTPResponse.Status {
        switch self {
        case .badRequest: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .payloadTooLarge: .contentTooLarge
        case .validationError: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .internalError: .internalServerError
        case .serviceUnavailable: .serviceUnavailable
        }
    }

    /// The kind that stands for a status which came from a library.
    ///
    /// Statuses without a kind of their own fall to the general kind of their class.
    public init(status: HTTPResponse.Status) {
        switch status.code {
        case 401: self = .unauthorized
        case 403: self = .forbidden
        case 404: self = .notFound
        case 405: self = .methodNotAllowed
        case 409: self = .conflict
        case 413: self = .payloadTooLarge
        case 422: self = .validationError
        case 429: self = .rateLimited
        case 503, 504: self = .serviceUnavailable
        case 400..<500: self = .badRequest
        default: self = .internalError
        }
    }
}
