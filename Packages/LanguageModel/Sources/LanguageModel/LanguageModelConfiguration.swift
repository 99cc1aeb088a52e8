public import Cryptography
import Identity
public import Outbound

/// Where a language model answers, and the bounds of asking it.
public struct LanguageModelConfiguration: Sendable {
    /// The endpoint; `/chat/completions` is added: `https://llm.example.com/v1`.
    public let baseURL: OutboundURL
    /// The model that is asked unless a question names another one, such as `small-7b`.
    public let model: String
    let key: SecretBytes?
    /// How long a question may take, retries included; more than zero, 10 s by default. A question may have its own.
    public var timeout = Duration.seconds(10)
    /// How often a question is asked once more after a failure that costs nothing, 0 to 10; 2 by default.
    public var maximumRetries = 2
    /// The pause before the first retry, doubled with each further one; 250 ms by default.
    public var firstPause = Duration.milliseconds(250)
    /// The longest pause, also of those that the endpoint asks for: where it asks for more, the question fails at once; 5 s by
    /// default.
    public var longestPause = Duration.seconds(5)
    /// Most bytes of the messages of a question; 1 MiB by default.
    public var questionByteLimit = 1 << 20
    /// Most bytes of an answer, and of the text of a streamed one; 2 MiB by default.
    public var answerByteLimit = 2 << 20
    /// Most bytes of a whole stream, whose parts are wrapped; 32 MiB by default.
    public var streamByteLimit = 32 << 20
    /// Most bytes of one line of a stream; 256 KiB by default.
    public var lineByteLimit = 256 << 10

    /// Describes an endpoint.
    ///
    /// - Parameters:
    ///   - baseURL: The endpoint, without a query: `https://llm.example.com/v1`. `http` is for models in one's own network.
    ///   - key: Goes with each question as bearer token, 1 to 4 096 bytes of visible ASCII; nil where none is needed.
    ///   - model: The model, 1 to 256 bytes without control characters.
    /// - Throws: ``LanguageModelError`` with code `invalidConfiguration`, naming the rule, never the key.
    public init(baseURL: String, key: SecretBytes? = nil, model: String) throws(LanguageModelError) {
        do throws(OutboundError) {
            self.baseURL = try OutboundURL(parsing: baseURL)
        } catch {
            throw LanguageModelError(.invalidConfiguration, message: "the base URL: \(error.message)", cause: error)
        }
        guard !self.baseURL.target.utf8.contains(UInt8(ascii: "?")) else {
            throw LanguageModelError(.invalidConfiguration, message: "the base URL must have no query")
        }
        guard key.map({ (1...4_096).contains($0.count) }) ?? true,
            key.map({ $0.withUnsafeBytes { $0.allSatisfy { (0x21...0x7E).contains($0) } } }) ?? true
        else {
            throw LanguageModelError(.invalidConfiguration, message: "the key must be 1 to 4096 visible ASCII characters")
        }
        guard Self.isModel(model) else {
            throw LanguageModelError(
                .invalidConfiguration, message: "the model must be a name of 1 to 256 bytes without control characters")
        }
        self.key = key
        self.model = model
    }

    static func isModel(_ name: String) -> Bool {
        (1...256).contains(name.utf8.count) && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// A policy for the client that sends the questions: it lets them through to the endpoint, wherever the operator put it.
    public var addressPolicy: AddressPolicy { AddressPolicy(reaching: self.baseURL) }

    /// Deadlines and bounds for the client that sends the questions; each question is bounded further by its own deadline.
    public var outboundConfiguration: OutboundConfiguration {
        var configuration = OutboundConfiguration()
        // A model thinks for a while before its first byte; the deadline of the question ends that.
        configuration.firstByteTimeout = .seconds(3_600)
        configuration.silenceTimeout = .seconds(3_600)
        configuration.wholeTimeout = .seconds(3_600)
        configuration.requestBodyLimit = 8 << 20
        configuration.hostConcurrencyLimit = configuration.concurrencyLimit
        // Common servers of models close idle connections after five seconds, and what goes out at that very moment is lost.
        configuration.idleTimeout = .seconds(4)
        return configuration
    }

    /// The URL that questions go to.
    var url: OutboundURL {
        get throws(LanguageModelError) {
            var path = self.baseURL.target[...]
            while path.utf8.last == UInt8(ascii: "/") { path = path.dropLast() }
            do throws(OutboundError) {
                return try OutboundURL(parsing: "\(self.baseURL.origin)\(path)/chat/completions")
            } catch {
                throw LanguageModelError(.invalidConfiguration, message: "the base URL: \(error.message)", cause: error)
            }
        }
    }

    func validate() throws(LanguageModelError) {
        let day = Duration.seconds(86_400)
        guard self.timeout > .zero, self.timeout <= day else { throw Self.invalid("timeout", "above zero and at most a day") }
        guard (0...10).contains(self.maximumRetries) else { throw Self.invalid("maximumRetries", "between 0 and 10") }
        guard (.zero...day).contains(self.firstPause) else { throw Self.invalid("firstPause", "between zero and a day") }
        guard (.zero...day).contains(self.longestPause) else { throw Self.invalid("longestPause", "between zero and a day") }
        let limits = [
            ("questionByteLimit", self.questionByteLimit, 4 << 20), ("answerByteLimit", self.answerByteLimit, 1 << 30),
            ("streamByteLimit", self.streamByteLimit, 1 << 30), ("lineByteLimit", self.lineByteLimit, 1 << 30),
        ]
        for (name, bytes, most) in limits where !(1...most).contains(bytes) {
            throw Self.invalid(name, "between 1 and \(most)")
        }
    }

    private static func invalid(_ name: String, _ rule: String) -> LanguageModelError {
        LanguageModelError(.invalidConfiguration, message: "\(name) must be \(rule)")
    }
}
