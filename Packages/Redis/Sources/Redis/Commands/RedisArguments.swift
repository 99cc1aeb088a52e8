/// Arguments of a command in the form in which they go over the wire, `$3\r\nkey\r\n` for `key`.
///
/// Each argument is written once, into one growing buffer, so building costs one allocation when the capacity suffices.
/// Arguments are bytes: NUL, line ends and any length are allowed.
public struct RedisArguments: Sendable, Hashable {
    /// How many arguments there are.
    public private(set) var count = 0
    private(set) var bytes: [UInt8] = []

    /// Creates an empty list.
    ///
    /// - Parameter minimumCapacity: Bytes to reserve; each argument takes its own length and six bytes or a few more.
    public init(minimumCapacity: Int = 0) {
        if minimumCapacity > 0 { self.bytes.reserveCapacity(minimumCapacity) }
    }

    /// Adds bytes as they are.
    public mutating func append(bytes: [UInt8]) {
        self.appendLength(bytes.count)
        self.bytes.append(contentsOf: bytes)
        self.endArgument()
    }

    /// Adds borrowed bytes as they are.
    public mutating func append(bytes: UnsafeRawBufferPointer) {
        self.appendLength(bytes.count)
        self.bytes.append(contentsOf: bytes)
        self.endArgument()
    }

    /// Adds the UTF-8 of a text.
    public mutating func append(_ text: String) {
        let utf8 = text.utf8
        self.appendLength(utf8.count)
        self.bytes.append(contentsOf: utf8)
        self.endArgument()
    }

    /// Adds the decimal form of a number.
    public mutating func append(_ number: Int64) {
        self.appendLength(DecimalForm.count(of: number))
        DecimalForm.append(number, to: &self.bytes)
        self.endArgument()
    }

    /// Adds the decimal form of a number.
    public mutating func append(_ number: Int) { self.append(Int64(number)) }

    /// Adds a word that is known when the program is built.
    mutating func append(word: StaticString) {
        self.appendLength(word.utf8CodeUnitCount)
        self.bytes.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        self.endArgument()
    }

    private mutating func appendLength(_ length: Int) {
        self.bytes.append(UInt8(ascii: "$"))
        DecimalForm.append(Int64(length), to: &self.bytes)
        self.appendLineEnd()
    }

    private mutating func endArgument() {
        self.appendLineEnd()
        self.count += 1
    }

    private mutating func appendLineEnd() {
        self.bytes.append(UInt8(ascii: "\r"))
        self.bytes.append(UInt8(ascii: "\n"))
    }
}
