package import StrictJSON
import Testing

/// A response as it came over the wire.
package struct HTTPAnswer: Sendable {
    package let status: Int
    /// The lines of the head behind the first, in their order.
    package let fields: [(name: String, value: String)]
    package let body: [UInt8]

    /// Creates a response.
    package init(status: Int, fields: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    package var text: String { String(decoding: self.body, as: UTF8.self) }

    /// The value of a field, whose name may be in any case.
    package subscript(name: String) -> String? {
        self.fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Everything but what differs between equal answers: the moment.
    package var comparable: String {
        let fields = self.fields.filter { $0.name != "Date" }.map { "\($0.name): \($0.value)" }
        return (["\(self.status)"] + fields + [self.text]).joined(separator: "\n")
    }

    package func json() throws -> JSONValue {
        try JSONValue(parsing: self.body)
    }

    /// A member of the body that is a string.
    package func string(_ name: String) throws -> String {
        try #require(try self.json()[name]?.stringValue, "\(self.text)")
    }
}
