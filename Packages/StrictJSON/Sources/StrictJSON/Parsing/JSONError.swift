/// Why a text is not accepted as JSON, or a value cannot be written.
///
/// Two errors are equal when their codes are. Nothing of the input is repeated, so ``description`` is safe to send to a client.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The kind of an error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        fileprivate enum Kind: String {
            case emptyInput, inputTooLong, byteOrderMark, unexpectedEnd, unexpectedCharacter, trailingComma, trailingText
            case tooDeep, duplicateKey
            case controlCharacter, nulCharacter, invalidEscape, loneSurrogate, invalidUTF8
            case leadingZero, missingDigit, numberTooLong, numberOutOfRange
        }

        fileprivate let kind: Kind

        /// The name of the code, for example `duplicateKey`; it stays the same, so it can stand in logs and metrics.
        public var description: String { self.kind.rawValue }

        /// There is no value: nothing, or only white space.
        public static let emptyInput = Code(kind: .emptyInput)
        /// The input has 4 GiB or more.
        public static let inputTooLong = Code(kind: .inputTooLong)
        /// The input begins with a byte order mark.
        public static let byteOrderMark = Code(kind: .byteOrderMark)
        /// The input ends within a value.
        public static let unexpectedEnd = Code(kind: .unexpectedEnd)
        /// A byte stands where the grammar has no place for it.
        public static let unexpectedCharacter = Code(kind: .unexpectedCharacter)
        /// A comma is followed by the end of its array or object.
        public static let trailingComma = Code(kind: .trailingComma)
        /// Something other than white space follows the value.
        public static let trailingText = Code(kind: .trailingText)
        /// Arrays and objects are nested more deeply than the options allow.
        public static let tooDeep = Code(kind: .tooDeep)
        /// An object has two members with one key, perhaps spelled with different escapes.
        public static let duplicateKey = Code(kind: .duplicateKey)
        /// A string contains a control character that is not escaped.
        public static let controlCharacter = Code(kind: .controlCharacter)
        /// A string contains `\u0000`, and the options do not allow it.
        public static let nulCharacter = Code(kind: .nulCharacter)
        /// A backslash begins none of the escapes of JSON.
        public static let invalidEscape = Code(kind: .invalidEscape)
        /// A `\u` escape names half of a surrogate pair, and the other half does not stand beside it.
        public static let loneSurrogate = Code(kind: .loneSurrogate)
        /// A string is not well-formed UTF-8.
        public static let invalidUTF8 = Code(kind: .invalidUTF8)
        /// The whole part of a number has more digits than a leading zero.
        public static let leadingZero = Code(kind: .leadingZero)
        /// A number lacks a digit: after its sign, its point, or its exponent mark.
        public static let missingDigit = Code(kind: .missingDigit)
        /// A number has more digits than the options allow.
        public static let numberTooLong = Code(kind: .numberTooLong)
        /// A number is beyond the range of `Double` where a finite one is needed.
        public static let numberOutOfRange = Code(kind: .numberOutOfRange)
    }

    /// The kind of the error.
    public let code: Code

    /// Where the input is at fault: a byte offset from 0 to the length of the input; `nil` for an error while writing.
    public let offset: Int?

    /// Creates an error; the parser and the writers do, and tests that expect one.
    public init(_ code: Code, at offset: Int? = nil) {
        self.code = code
        self.offset = offset
    }

    /// What is wrong, in words that repeat nothing of the input.
    public var message: String {
        switch self.code.kind {
        case .emptyInput: "the input holds no value"
        case .inputTooLong: "the input is too long"
        case .byteOrderMark: "the input begins with a byte order mark"
        case .unexpectedEnd: "the input ends within a value"
        case .unexpectedCharacter: "unexpected character"
        case .trailingComma: "a comma is followed by no value"
        case .trailingText: "text follows the value"
        case .tooDeep: "arrays and objects are nested too deeply"
        case .duplicateKey: "an object has two members with the same key"
        case .controlCharacter: "a string contains a bare control character"
        case .nulCharacter: "a string contains a NUL character"
        case .invalidEscape: "a string contains an invalid escape"
        case .loneSurrogate: "a string contains half of a surrogate pair"
        case .invalidUTF8: "a string is not well-formed UTF-8"
        case .leadingZero: "a number begins with a needless zero"
        case .missingDigit: "a number lacks a digit"
        case .numberTooLong: "a number has too many digits"
        case .numberOutOfRange: "a number is beyond the range of a double"
        }
    }

    /// The message, and where the input is at fault: `a comma is followed by no value at byte 17`.
    public var description: String {
        self.offset.map { "\(self.message) at byte \($0)" } ?? self.message
    }

    /// Whether both errors are of one kind, wherever they occurred.
    public static func == (left: JSONError, right: JSONError) -> Bool {
        left.code == right.code
    }
}
