#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a connection can suffer.
package enum SocketFailure: Error {
    case system(String, Int32)
    /// The server closed the connection where an answer, or the rest of one, should have come.
    case closed(received: String)
    /// Something else than HTTP came.
    case malformed(String)
}

/// A TCP connection to a server on this machine; its calls block for 20 s at most.
package final class SocketConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []

    package init(port: Int) throws {
        #if os(Linux)
            // A server that a test starts meanwhile must not inherit it: PostgreSQL does not start with too many.
            self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
            self.descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard self.descriptor >= 0 else { throw SocketFailure.system("socket", errno) }
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(self.descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        #if canImport(Darwin)
            var yes: Int32 = 1
            setsockopt(self.descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 {
            let reason = errno
            self.close()
            throw SocketFailure.system("connect", reason)
        }
    }

    package func close() {
        #if canImport(Glibc)
            Glibc.close(self.descriptor)
        #elseif canImport(Musl)
            Musl.close(self.descriptor)
        #else
            Darwin.close(self.descriptor)
        #endif
    }

    /// Sends all bytes; a server that stops reading is no error, as its answer tells why.
    package func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(self.descriptor, $0) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EPIPE || errno == ECONNRESET { return }
                throw SocketFailure.system("send", errno)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads one answer.
    ///
    /// - Parameter method: The method that is answered, as answers to `HEAD` have no body.
    package func readAnswer(to method: String) throws -> HTTPAnswer {
        let head = String(decoding: try self.take(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3)) else {
            throw SocketFailure.malformed(head)
        }
        let fields = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), String(value))
        }
        if status == 100 { return try self.readAnswer(to: method) }
        var body: [UInt8] = []
        let value = { (name: String) in fields.first { $0.name.lowercased() == name }?.value }
        if method == "HEAD" || status == 204 {
            body = []
        } else if let length = value("content-length").flatMap({ Int($0) }) {
            body = try self.take(length)
        } else if value("transfer-encoding") == "chunked" {
            while true {
                let line = String(decoding: try self.take(through: Array("\r\n".utf8)).dropLast(2), as: UTF8.self)
                guard let length = Int(line, radix: 16) else { throw SocketFailure.malformed(line) }
                body += try self.take(length + 2).dropLast(2)
                if length == 0 { break }
            }
        }
        return HTTPAnswer(status: status, fields: fields, body: body)
    }

    /// Reads lines, without their ends.
    package func readLines(_ count: Int) throws -> [String] {
        try (0..<count).map { _ in String(decoding: try self.take(through: Array("\r\n".utf8)).dropLast(2), as: UTF8.self) }
    }

    /// Whether the server closes the connection without saying more.
    package func isClosedByServer() -> Bool {
        while true {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(self.descriptor, &buffer, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            return self.received.isEmpty && (count == 0 || (count < 0 && errno == ECONNRESET))
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while self.received.count < count { try self.receive() }
        defer { self.received.removeFirst(count) }
        return Array(self.received.prefix(count))
    }

    private func take(through end: [UInt8]) throws -> [UInt8] {
        var searched = 0
        while true {
            let last = self.received.count - end.count
            while searched <= last {
                if self.received[searched..<(searched + end.count)].elementsEqual(end) {
                    return try self.take(searched + end.count)
                }
                searched += 1
            }
            try self.receive()
        }
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        if count > 0 {
            self.received += buffer.prefix(count)
        } else if count == 0 {
            throw SocketFailure.closed(received: String(decoding: self.received, as: UTF8.self))
        } else if errno != EINTR {
            throw SocketFailure.system("receive", errno)
        }
    }

    /// `send(2)` without a signal when the server has gone.
    private func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            return Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #elseif canImport(Musl)
            return Musl.send(descriptor, bytes.baseAddress, bytes.count, MSG_NOSIGNAL)
        #else
            return Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
        #endif
    }
}
