/// A command, ready to be sent as it is.
///
/// ```swift
/// let command = RedisCommand("SET", "greeting", "hello", "PX", 60_000)
/// ```
///
/// Commands that wait on the server (`BLPOP`, `WAIT`) and those that change what a connection is for (`SUBSCRIBE`, `MONITOR`,
/// `CLIENT REPLY`, `HELLO 3`) do not belong on the shared connections of a ``RedisClient``; transactions are written as scripts.
public struct RedisCommand: Sendable, Hashable {
    /// The name and the arguments, encoded.
    public private(set) var arguments: RedisArguments

    /// Creates a command without arguments so far.
    ///
    /// - Parameters:
    ///   - name: The command, such as `GET`.
    ///   - minimumCapacity: Bytes to reserve for the name and all arguments in their encoded form.
    public init(_ name: StaticString, minimumCapacity: Int) {
        self.arguments = RedisArguments(minimumCapacity: minimumCapacity)
        self.arguments.append(word: name)
    }

    /// Creates a command.
    ///
    /// - Parameters:
    ///   - name: The command, such as `GET`.
    ///   - values: Its arguments, in order.
    public init<each Argument: RedisArgument>(_ name: StaticString, _ values: repeat each Argument) {
        self.init(name, minimumCapacity: 96)
        repeat (each values).append(to: &self.arguments)
    }

    /// Adds bytes as they are.
    public mutating func append(bytes: [UInt8]) { self.arguments.append(bytes: bytes) }

    /// Adds borrowed bytes as they are.
    public mutating func append(bytes: UnsafeRawBufferPointer) { self.arguments.append(bytes: bytes) }

    /// Adds the UTF-8 of a text.
    public mutating func append(_ text: String) { self.arguments.append(text) }

    /// Adds the decimal form of a number.
    public mutating func append(_ number: Int64) { self.arguments.append(number) }

    /// Adds the decimal form of a number.
    public mutating func append(_ number: Int) { self.arguments.append(number) }
}
