/// The keys and arguments of one run of a script, encoded; keys come first.
public struct RedisScriptArguments: Sendable, Hashable {
    /// How many keys there are.
    public private(set) var keyCount = 0
    private(set) var elements: RedisArguments

    /// Creates an empty list.
    ///
    /// - Parameter minimumCapacity: Bytes to reserve; each element takes its own length and six bytes or a few more.
    public init(minimumCapacity: Int = 128) {
        self.elements = RedisArguments(minimumCapacity: minimumCapacity)
    }

    /// Creates a list from keys and arguments.
    public init(keys: [[UInt8]], arguments: [[UInt8]] = []) {
        self.init(minimumCapacity: (keys + arguments).reduce(0) { $0 + $1.count + 12 })
        for key in keys { self.append(key: key) }
        for argument in arguments { self.append(bytes: argument) }
    }

    /// Adds a key; all keys are added before the first argument.
    public mutating func append(key: [UInt8]) {
        self.countKey()
        self.elements.append(bytes: key)
    }

    /// Adds a borrowed key; all keys are added before the first argument.
    public mutating func append(key: UnsafeRawBufferPointer) {
        self.countKey()
        self.elements.append(bytes: key)
    }

    /// Adds a key that is text; all keys are added before the first argument.
    public mutating func append(key: String) {
        self.countKey()
        self.elements.append(key)
    }

    /// Adds an argument.
    public mutating func append(bytes: [UInt8]) { self.elements.append(bytes: bytes) }

    /// Adds a borrowed argument.
    public mutating func append(bytes: UnsafeRawBufferPointer) { self.elements.append(bytes: bytes) }

    /// Adds the UTF-8 of a text as an argument.
    public mutating func append(_ text: String) { self.elements.append(text) }

    /// Adds the decimal form of a number as an argument.
    public mutating func append(_ number: Int64) { self.elements.append(number) }

    /// Adds the decimal form of a number as an argument.
    public mutating func append(_ number: Int) { self.elements.append(number) }

    private mutating func countKey() {
        precondition(self.keyCount == self.elements.count, "keys are added before the first argument")
        self.keyCount += 1
    }
}
