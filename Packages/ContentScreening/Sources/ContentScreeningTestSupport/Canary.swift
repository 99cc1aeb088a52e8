import SecretScanning
public import Testing

/// A credential that must turn up nowhere, and the ways in which it may be written into a text.
public struct Canary: Sendable {
    /// A way of writing it; each is at most 50 characters long, so that it fits into every field.
    public enum Layer: String, Sendable, CaseIterable, CustomTestStringConvertible {
        /// As it is.
        case plain
        /// In base64.
        case base64
        /// With percent codes.
        case percent
        /// With a `\u` escape, as in source code.
        case unicodeEscape
        /// Within JSON that was put into a string.
        case innerJSON
        /// In base64, with percent codes within.
        case base64OfPercent

        /// The name.
        public var testDescription: String { self.rawValue }
    }

    /// The credential, 20 characters.
    public let secret: String

    /// Makes a canary; different seeds make different ones.
    public init(seed: UInt64) {
        self.secret = ExampleTemplate("AKIA⟨u16⟩").text(seed: seed)
    }

    /// The name of the type under which it is refused.
    public static let type = "AWS Access Key"

    /// The credential as it is written in a layer.
    public func text(in layer: Layer) -> String {
        switch layer {
        case .plain: self.secret
        case .base64: Self.base64(self.secret)
        case .percent: self.percent
        case .unicodeEscape: "\\u0041" + self.secret.dropFirst()
        case .innerJSON: "{\\\"k\\\":\\\"\(self.secret)\\\"}"
        case .base64OfPercent: Self.base64(self.percent)
        }
    }

    /// What no place may hold: the credential, and what is peculiar to it in each layer.
    public var traces: [String] {
        [String(self.secret.dropFirst(4)), self.text(in: .base64), self.text(in: .base64OfPercent)]
    }

    private var percent: String { "%41%4B" + self.secret.dropFirst(2) }

    private static func base64(_ text: String) -> String { ExampleTemplate("⟨64:\(text)⟩").text(seed: 1) }
}
