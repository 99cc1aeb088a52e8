import CConfinement
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Owns a file descriptor above 2 that programs we start do not inherit, and closes it.
final class Descriptor: Sendable {
    private let current: Atomic<Int32>

    /// Takes a descriptor over; one of 0, 1 and 2 is exchanged for a higher one, since these are given away by number.
    init(owning number: Int32, _ call: StaticString) throws(DocumentTextError) {
        guard number >= 0 else { throw .system(.unavailable, "The document cannot be read now", "\(call)") }
        if number > 2 {
            self.current = Atomic(number)
            return
        }
        let higher = fcntl(number, F_DUPFD_CLOEXEC, 3)
        let failure = errno
        _ = Self.systemClose(number)
        guard higher > 2 else { throw .system(.unavailable, "The document cannot be read now", "fcntl", number: failure) }
        self.current = Atomic(higher)
    }

    deinit { self.close() }

    /// The descriptor; -1 when it is closed.
    var number: Int32 { self.current.load(ordering: .acquiring) }

    /// Closes it now instead of later.
    func close() {
        let number = self.current.exchange(-1, ordering: .acquiringAndReleasing)
        if number >= 0 { _ = Self.systemClose(number) }
    }

    private static func systemClose(_ number: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(number)
        #elseif canImport(Musl)
            Musl.close(number)
        #else
            Darwin.close(number)
        #endif
    }
}

/// The system's `read`, for types that have a method of this name.
func readBytes(_ number: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(number, buffer.baseAddress, buffer.count)
}

/// The two ends of a new pipe.
struct Pipe {
    let reading: Descriptor
    let writing: Descriptor

    init() throws(DocumentTextError) {
        var ends: [Int32] = [-1, -1]
        let result = confinement_pipe(&ends)
        guard result == 0 else { throw .system(.unavailable, "The document cannot be read now", "pipe", number: result) }
        let other = ends[1]
        do throws(DocumentTextError) {
            self.reading = try Descriptor(owning: ends[0], "pipe")
        } catch {
            _ = try Descriptor(owning: other, "pipe")
            throw error
        }
        self.writing = try Descriptor(owning: other, "pipe")
    }
}

/// How a process ended.
enum ChildStatus: Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    /// - Parameter waitStatus: What `waitpid` tells of a process that has ended.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited(waitStatus >> 8 & 0xFF) : .signalled(signal)
    }

    var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signalled(let signal): "signal \(signal)"
        }
    }
}

extension DocumentTextError {
    /// A call that failed with `errno`, or with the number that it returned.
    static func system(
        _ code: Code, _ message: String, _ call: String, number: Int32 = errno
    ) -> DocumentTextError {
        DocumentTextError(code, message: message, detail: "\(call): \(String(cString: strerror(number)))")
    }
}
