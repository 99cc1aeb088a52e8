public import StrictJSON

/// The declared shape of a value in a request or response.
///
/// One declaration serves twice: requests are checked against it, and `/openapi.json` shows it as JSON Schema.
/// Lengths of strings are counted in Unicode scalars, as clients written in Python count them.
public struct Schema: Sendable {
    indirect enum Kind: Sendable {
        case string(StringRule)
        case integer(ClosedRange<Int64>)
        case number
        case boolean
        case array(Schema, maximum: Int?)
        case object([Field])
        case map(maximumSerialised: Int?)
    }

    struct StringRule: Sendable {
        var minimum = 0
        var maximum: Int?
        var choices: [String] = []
        var format: Format?
    }

    /// A form that a string must have beside its length.
    public enum Format: String, Sendable {
        /// RFC 9562; accepted with or without hyphens and with `urn:uuid:`, handed on in lower case with hyphens.
        case uuid
        /// RFC 3339 with an offset; used for responses, not checked in requests.
        case dateTime = "date-time"
    }

    /// One member of an object.
    public struct Field: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool
        let fallback: JSONValue?

        /// A member that must be there.
        public static func required(_ name: String, _ schema: Schema) -> Field {
            Field(name: name, schema: schema, isRequired: true, fallback: nil)
        }

        /// A member that may be left out; `fallback` then stands in for it.
        public static func optional(_ name: String, _ schema: Schema, default fallback: JSONValue? = nil) -> Field {
            Field(name: name, schema: schema, isRequired: false, fallback: fallback)
        }
    }

    var kind: Kind
    var isNullable = false
    var summary: String?

    /// A string of `minimum` to `maximum` Unicode scalars; no `maximum` leaves the body limit as the only bound.
    public static func string(minimum: Int = 0, maximum: Int? = nil) -> Schema {
        Schema(kind: .string(StringRule(minimum: minimum, maximum: maximum)))
    }

    /// One of the given strings.
    public static func choice(_ choices: [String]) -> Schema {
        Schema(kind: .string(StringRule(choices: choices)))
    }

    /// A string of a known form.
    public static func string(format: Format) -> Schema {
        Schema(kind: .string(StringRule(format: format)))
    }

    /// A whole number in `range`; `"5"` and `5.0` pass as 5.
    public static func integer(_ range: ClosedRange<Int64> = Int64.min...Int64.max) -> Schema {
        Schema(kind: .integer(range))
    }

    /// Any number; `"1.5"` passes as 1.5.
    public static let number = Schema(kind: .number)

    /// `true` or `false`; text passes as queries and older clients write it: `"true"`, `"1"`, `"yes"`, `"on"`, `"t"`, `"y"`
    /// and their opposites, in any case.
    public static let boolean = Schema(kind: .boolean)

    /// A list of at most `maximum` elements.
    public static func array(of element: Schema, maximum: Int? = nil) -> Schema {
        Schema(kind: .array(element, maximum: maximum))
    }

    /// An object with the given members; members that are not named are ignored.
    public static func object(_ fields: [Field]) -> Schema {
        Schema(kind: .object(fields))
    }

    /// An object with any members.
    ///
    /// - Parameter maximumSerialised: Most Unicode scalars of its compact text; `nil` for no bound of its own.
    public static func map(maximumSerialised: Int? = nil) -> Schema {
        Schema(kind: .map(maximumSerialised: maximumSerialised))
    }

    /// The same shape, with `null` allowed.
    public var nullable: Schema {
        var copy = self
        copy.isNullable = true
        return copy
    }

    /// The same shape with a sentence for the API description.
    public func described(_ summary: String) -> Schema {
        var copy = self
        copy.summary = summary
        return copy
    }
}
