import CConfinement
import DocumentText
import Foundation

/// Writes bytes to a descriptor.
func say(_ bytes: [UInt8], to descriptor: Int32 = 1) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno != EINTR { exit(3) }
        rest = rest.dropFirst(max(0, count))
    }
}

/// Writes an answer of one page.
func answer(_ lines: [String]) {
    for frame in [ResultFrame.format(.plainText), .page(lines.joined(separator: "\n")), .end(pages: 1)] { say(frame.encoded) }
}

/// Does nothing until a signal comes.
func wait() -> Never {
    while true { pause() }
}

/// What a child has got: its variables, its open descriptors, its group.
func surroundings() -> [String] {
    let variables = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }.sorted()
    let descriptors = (0..<Int32(256)).filter { fcntl($0, F_GETFD) >= 0 }.map { "descriptor \($0)" }
    return variables + descriptors + [getpgrp() == getpid() ? "own group" : "another group"]
}

/// Confines this process as for a document, then tries what must not work.
func probe() -> [String] {
    do throws(DocumentTextError) {
        try Confinement.begin(ExtractionLimits())
        var lines: [String] = []
        #if os(Linux)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        for (family, name) in [(AF_INET, "IPv4"), (AF_INET6, "IPv6"), (AF_UNIX, "local")] where socket(family, kind, 0) >= 0 {
            lines.append("made a socket: \(name)")
        }
        signal(SIGXFSZ, SIG_IGN)
        let path = "/tmp/document-text-probe-\(getpid())"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        if file < 0 { lines.append("could not try to write") }
        if write(file, "x", 1) == 1 { lines.append("wrote a file") }
        unlink(path)
        if malloc(2 * 1_073_741_824) != nil { lines.append("has 2 GiB") }
        let descriptors = (0..<1_000).map { _ in dup(0) }.filter { $0 >= 0 }
        if descriptors.count > 100 { lines.append("opened \(descriptors.count) files") }
        for number in descriptors { close(number) }
        try Confinement.refuseProcesses()
        let arguments = [strdup("true"), nil]
        if confinement_start("/bin/true", arguments, [nil], 1, 2) > 0 { lines.append("started a process") }
        #if os(Linux)
            var thread = pthread_t()
            if pthread_create(&thread, nil, { _ in nil }, nil) == 0 { lines.append("started a thread") }
        #endif
        return lines + ["tried everything"]
    } catch {
        return ["refused: \(error.debugDescription)"]
    }
}

/// Hangs with a grandchild, as a reader of PDF would with `pdftotext`.
///
/// - Parameter path: A named pipe, which both hold open as long as they live, and which gets a line.
func hang(telling path: String) -> Never {
    guard (try? Confinement.begin(ExtractionLimits())) != nil else { exit(4) }
    let pipe = open(path, O_WRONLY)
    let arguments = [strdup("sleep"), strdup("1000"), nil]
    guard confinement_start("/bin/sleep", arguments, [nil], 1, 2) > 0 else { exit(5) }
    say(Array("hanging\n".utf8), to: pipe)
    wait()
}

/// Is a parent with a child that hangs.
///
/// - Parameters:
///   - document: Any file.
///   - path: The named pipe for the child.
func watch(_ document: String, telling path: String) -> Never {
    Task.detached {
        let process = try DocumentProcess(configuration: DocumentProcessConfiguration(arguments: ["hang", path]))
        _ = try await process.extract(path: document, name: nil, declaredType: nil)
    }
    wait()
}
