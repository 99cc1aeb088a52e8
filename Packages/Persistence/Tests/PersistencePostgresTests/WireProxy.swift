import Foundation
import Synchronization
import TestKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A network between driver and server that can fail at a chosen word: a port of its own that passes bytes on.
final class WireProxy: Sendable {
    /// What happens the next time that the driver says certain words, once.
    enum Fault: Sendable {
        /// The words never reach the server, and the connection ends.
        case before
        /// The words reach the server, and the connection ends before it answers.
        case after
        /// The server answers, and the connection ends instead of the answer.
        case insteadOfAnswer
        /// The words never reach the server, and nothing more happens.
        case silence
    }

    private struct State {
        var links: [Link] = []
        var fault: (words: [UInt8], fault: Fault)?
        var isStopped = false
        var connectionCount = 0
    }

    let port: Int
    private let upstream: Int?
    private let listener: Int32
    private let state = Mutex(State())

    /// Begins to listen on a free port.
    ///
    /// - Parameter port: The server's; `nil` for a network in which whatever is said gets lost.
    init(port upstream: Int?) throws {
        self.upstream = upstream
        self.listener = Self.socket()
        var one: Int32 = 1
        setsockopt(self.listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = Self.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = self.listener
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileNoSuchFile) }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        Thread { self.accept() }.start()
    }

    /// How many connections there ever were, requests to cancel included.
    var connectionCount: Int { self.state.withLock { $0.connectionCount } }

    func url(database: String = "postgres") -> String { "postgres://gatehouse@127.0.0.1:\(self.port)/\(database)" }

    /// Fails once, at the next piece of the driver's that contains the words.
    func fail(_ fault: Fault, at words: String) {
        self.state.withLock { $0.fault = (Array(words.utf8), fault) }
    }

    /// Takes back a failure that has not come.
    func calm() {
        self.state.withLock { $0.fault = nil }
    }

    /// Ends all connections that are open now.
    func cut() {
        for link in self.links { link.end() }
    }

    /// Passes nothing more on over the connections that are open now, and says nothing.
    func stall() {
        for link in self.links { link.stall() }
    }

    /// Ends everything.
    func stop() {
        let isFirst = self.state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        if isFirst { shutdown(self.listener, Int32(SHUT_RDWR)) }
        self.cut()
    }

    private var links: [Link] { self.state.withLock { $0.links } }

    private func accept() {
        while true {
            #if canImport(Darwin)
                let client = Darwin.accept(self.listener, nil, nil)
            #elseif canImport(Musl)
                let client = Musl.accept(self.listener, nil, nil)
            #else
                let client = Glibc.accept(self.listener, nil, nil)
            #endif
            if client < 0 {
                close(self.listener)
                return
            }
            let server = self.upstream.flatMap { Self.connected(to: $0) }
            if self.upstream != nil, server == nil {
                close(client)
                continue
            }
            let link = Link(client: client, server: server ?? -1)
            let isStopped = self.state.withLock { state in
                state.links.append(link)
                state.connectionCount += 1
                return state.isStopped
            }
            if isStopped { link.end() }
            Thread {
                link.run { self.take(faultFor: $0) }
                self.state.withLock { state in state.links.removeAll { $0 === link } }
            }.start()
        }
    }

    private func take(faultFor bytes: ArraySlice<UInt8>) -> Fault? {
        self.state.withLock { state in
            guard let (words, fault) = state.fault, !words.isEmpty, bytes.firstRange(of: words) != nil else { return nil }
            state.fault = nil
            return fault
        }
    }

    private static func socket() -> Int32 {
        #if canImport(Darwin)
            return Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #elseif canImport(Musl)
            return Musl.socket(AF_INET, Int32(SOCK_STREAM), 0)
        #else
            return Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #endif
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        return address
    }

    private static func connected(to port: Int) -> Int32? {
        let socket = Self.socket()
        var address = Self.loopback(port: port)
        let isConnected = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { return socket }
        close(socket)
        return nil
    }
}

/// One connection through the proxy, on a thread of its own, which alone closes the sockets.
private final class Link: Sendable {
    private let client: Int32
    private let server: Int32
    private let isOpen = Mutex(true)
    private let isStalled = Atomic<Bool>(false)

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    func end() {
        self.isOpen.withLock { isOpen in
            guard isOpen else { return }
            for socket in [self.client, self.server] where socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    func stall() { self.isStalled.store(true, ordering: .releasing) }

    func run(_ fault: (ArraySlice<UInt8>) -> WireProxy.Fault?) {
        defer {
            self.isOpen.withLock { isOpen in
                isOpen = false
                for socket in [self.client, self.server] where socket >= 0 { close(socket) }
            }
        }
        var entries = [self.client, self.server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 65536)
        var isAnswerUnwanted = false
        while true {
            guard poll(&entries, 2, 1000) >= 0 else { return }
            for (index, entry) in entries.enumerated() where entry.revents != 0 {
                let count = read(entry.fd, &buffer, buffer.count)
                if count <= 0 { return }
                if self.server < 0 || self.isStalled.load(ordering: .acquiring) { continue }
                if index == 1, isAnswerUnwanted { return }
                let fault = index == 0 ? fault(buffer[..<count]) : nil
                switch fault {
                case .before: return
                case .silence:
                    self.stall()
                    continue
                case .after, .insteadOfAnswer, nil: break
                }
                guard self.pass(buffer[..<count], to: entries[1 - index].fd) else { return }
                if case .after = fault { return }
                if case .insteadOfAnswer = fault { isAnswerUnwanted = true }
            }
        }
    }

    private func pass(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Self.flags) }
            if sent <= 0 { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// A connection whose other end has gone is no reason for a signal.
    private static var flags: Int32 {
        #if canImport(Darwin)
            0
        #else
            Int32(MSG_NOSIGNAL)
        #endif
    }
}
