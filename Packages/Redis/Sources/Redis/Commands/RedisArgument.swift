/// A value that can be an argument of a command: text, bytes and numbers.
public protocol RedisArgument {
    /// Adds the value to the end of a list; it adds exactly one argument.
    func append(to arguments: inout RedisArguments)
}

extension String: RedisArgument {
    /// Adds the UTF-8 of the text.
    public func append(to arguments: inout RedisArguments) { arguments.append(self) }
}

extension [UInt8]: RedisArgument {
    /// Adds the bytes as they are.
    public func append(to arguments: inout RedisArguments) { arguments.append(bytes: self) }
}

extension Int: RedisArgument {
    /// Adds the decimal form.
    public func append(to arguments: inout RedisArguments) { arguments.append(self) }
}

extension Int64: RedisArgument {
    /// Adds the decimal form.
    public func append(to arguments: inout RedisArguments) { arguments.append(self) }
}
