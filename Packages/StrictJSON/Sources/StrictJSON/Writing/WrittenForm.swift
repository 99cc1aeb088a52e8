/// What one written form of JSON has of its own.
protocol WrittenForm {
    /// What writing can fail with; `Never` where every value can be written.
    associatedtype Failure: Error

    /// What stands between two elements or members.
    static var separator: StaticString { get }

    /// What stands between a key and its value.
    static var colon: StaticString { get }

    /// Appends a number.
    static func append(_ number: JSONNumber, to output: inout [UInt8]) throws(Failure)

    /// Appends a string with its quotes.
    static func append(_ text: String, to output: inout [UInt8])

    /// The positions of the members in the order in which the form writes them; `nil` to leave them as they are.
    static func order(_ members: [JSONObject.Member]) -> [Int]?
}

extension WrittenForm {
    /// Appends a value and everything inside it.
    static func append(_ value: JSONValue, to output: inout [UInt8]) throws(Failure) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let number): try self.append(number, to: &output)
        case .string(let text): self.append(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for index in elements.indices {
                if index > 0 { output.append(self.separator) }
                try self.append(elements[index], to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            let order = object.count > 1 ? self.order(object.members) : nil
            for index in object.members.indices {
                if index > 0 { output.append(self.separator) }
                let position = order?[index] ?? index
                self.append(object.members[position].key, to: &output)
                output.append(self.colon)
                try self.append(object.members[position].value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}

extension [UInt8] {
    /// Appends constant text.
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { self.append(contentsOf: $0) }
    }
}
