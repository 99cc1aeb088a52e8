import Cryptography

/// Signs messages with one secret, or with an old and a new one while a receiver changes over.
///
/// The signature is HMAC-SHA256 over `ID.TIMESTAMP.BODY`, so the body must be sent exactly as it was signed. Source: Standard
/// Webhooks 1.0.0.
public struct WebhookSigner: Sendable {
    private let keys: [HMACSHA256]

    /// Prepares the secrets; the newest comes first, and each adds a signature.
    ///
    /// - Parameter secrets: 1 to 8 secrets.
    /// - Throws: ``WebhookError`` with code `noSecret` or `libraryFailure`.
    public init(secrets: [WebhookSecret]) throws(WebhookError) {
        self.keys = try HMACSHA256.keys(of: secrets)
    }

    /// Signs a message.
    ///
    /// - Parameters:
    ///   - body: The bytes of the body.
    ///   - id: The id of the message, the same for all attempts to deliver it, so that the receiver can drop repetitions: 1 to 64
    ///     letters, digits, `_` and `-`, such as `msg_p5jXN8AQM9LWM0D4loKWxJek`.
    ///   - seconds: The time of this attempt, in seconds since 1970.
    /// - Returns: The three header fields.
    /// - Throws: ``WebhookError`` with code `invalidID`, `invalidTimestamp` or `libraryFailure`.
    public func sign(_ body: [UInt8], id: String, at seconds: Int64) throws(WebhookError) -> WebhookHeaders {
        try WebhookHeaders.checkID(id)
        guard seconds >= 0 else { throw WebhookError(.invalidTimestamp, message: "a webhook is not sent before 1970") }
        let signed = WebhookHeaders.signedBytes(id: id, timestamp: String(seconds), body: body)
        var signatures: [String] = []
        for key in self.keys { signatures.append("v1,\(try key.signature(of: signed).base64)") }
        return WebhookHeaders(id: id, timestamp: String(seconds), signature: signatures.joined(separator: " "))
    }
}

/// Checks whether messages come from somebody who knows one of the secrets, and were sent just now.
public struct WebhookVerifier: Sendable {
    private let keys: [HMACSHA256]
    private let tolerance: Int64

    /// Prepares the secrets; a message of any of them is believed.
    ///
    /// - Parameters:
    ///   - secrets: 1 to 8 secrets.
    ///   - tolerance: How far the timestamp may lie from now, in seconds to either side, both ends included: 300 by default.
    /// - Throws: ``WebhookError`` with code `noSecret` or `libraryFailure`.
    public init(secrets: [WebhookSecret], tolerance: Int64 = 300) throws(WebhookError) {
        self.keys = try HMACSHA256.keys(of: secrets)
        self.tolerance = max(0, tolerance)
    }

    /// Checks a message.
    ///
    /// The receiver must also remember the ids of the last `tolerance` seconds, as a message may come twice.
    ///
    /// - Parameters:
    ///   - body: The bytes of the body, as they came.
    ///   - headers: The three header fields, as they came.
    ///   - now: The time, in seconds since 1970.
    /// - Throws: ``WebhookError``: `invalidID`, `invalidTimestamp`, `outsideTolerance`, `invalidSignatures`, `noMatchingSignature`.
    public func verify(_ body: [UInt8], _ headers: WebhookHeaders, at now: Int64) throws(WebhookError) {
        try WebhookHeaders.checkID(headers.id)
        let seconds = try headers.seconds()
        let (distance, overflows) = seconds.subtractingReportingOverflow(now)
        guard !overflows, distance.magnitude <= self.tolerance.magnitude else {
            throw WebhookError(
                .outsideTolerance, message: "the timestamp of the webhook is more than \(self.tolerance) seconds off")
        }
        let signatures = try headers.signatures()
        let signed = WebhookHeaders.signedBytes(id: headers.id, timestamp: headers.timestamp, body: body)
        var matches = false
        for key in self.keys {
            let expected = try key.signature(of: signed)
            // All are compared, so that the time does not tell which one matched.
            for signature in signatures where signature == expected { matches = true }
        }
        guard matches else {
            throw WebhookError(.noMatchingSignature, message: "no signature of the webhook belongs to it and to a known secret")
        }
    }
}

extension HMACSHA256 {
    fileprivate static func keys(of secrets: [WebhookSecret]) throws(WebhookError) -> [HMACSHA256] {
        guard (1...8).contains(secrets.count) else {
            throw WebhookError(.noSecret, message: "webhooks need 1 to 8 secrets")
        }
        var keys: [HMACSHA256] = []
        for secret in secrets {
            do throws(CryptographyError) {
                keys.append(try HMACSHA256(key: secret.key))
            } catch {
                throw WebhookError(.libraryFailure, message: "the secret of a webhook cannot be used", cause: error)
            }
        }
        return keys
    }

    fileprivate func signature(of bytes: [UInt8]) throws(WebhookError) -> SHA256Digest {
        do throws(CryptographyError) {
            return try self.code(for: bytes)
        } catch {
            throw WebhookError(.libraryFailure, message: "the signature of a webhook cannot be computed", cause: error)
        }
    }
}
