import StrictJSON
import Testing

/// A response as it came over the wire.
struct HTTPAnswer: Sendable {
    let status: Int
    /// The lines of the head behind the first, in their order.
    let fields: [(name: String, value: String)]
    let body: [UInt8]

    var text: String { String(decoding: self.body, as: UTF8.self) }

    /// The value of a field, whose name may be in any case.
    subscript(name: String) -> String? {
        self.fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Everything but what differs between equal answers: the moment.
    var comparable: String {
        let fields = self.fields.filter { $0.name != "Date" }.map { "\($0.name): \($0.value)" }
        return (["\(self.status)"] + fields + [self.text]).joined(separator: "\n")
    }

    func json() throws -> JSONValue {
        try JSONValue(parsing: self.body)
    }

    /// A member of the body that is a string.
    func string(_ name: String) throws -> String {
        try #require(try self.json()[name]?.stringValue, "\(self.text)")
    }
}
