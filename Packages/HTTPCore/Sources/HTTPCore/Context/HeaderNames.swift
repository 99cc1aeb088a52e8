public import HTTPTypes

extension HTTPField.Name {
    /// Builds a name from a literal that is known to be one.
    private static func known(_ name: StaticString) -> HTTPField.Name {
        guard let field = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is a valid field name") }
        return field
    }

    /// `X-Request-ID`: names one request in the response, in problems and in every log line.
    public static let requestID = known("X-Request-ID")
    /// `X-Next-Cursor`: what a list's next page is asked with, in the parameter `cursor`.
    public static let nextCursor = known("X-Next-Cursor")
    /// `Link`: where the next page of a list is (RFC 8288).
    public static let link = known("Link")
    /// `Idempotency-Key`: the name that a client gives to one attempt at a write.
    public static let idempotencyKey = known("Idempotency-Key")
    /// `Idempotency-Replayed`: `true` on an answer that was given before, to the first request with the same key.
    public static let idempotencyReplayed = known("Idempotency-Replayed")
    /// `X-Forwarded-For`: the hops that proxies add, the nearest last.
    static let forwardedFor = known("X-Forwarded-For")
    /// `traceparent`: W3C Trace Context.
    static let traceParent = known("traceparent")
}
