import CConfinement

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Has poppler's `pdftotext` read the PDF that standard input is.
struct PDFText {
    let limits: ExtractionLimits
    let searchPath: String

    /// What is kept of the program's complaints.
    private static let complaintBytes = 4_096

    func read(
        into writer: inout PageWriter, confine: () throws(DocumentTextError) -> Void
    ) throws(DocumentTextError) {
        guard let program = self.program else {
            throw DocumentTextError(.unavailable, message: "PDF cannot be read here", detail: "there is no pdftotext in the PATH")
        }
        // One page more than there may be, so that there being more shows.
        let (lastPage, _) = self.limits.pages.addingReportingOverflow(1)
        let words = ["pdftotext", "-enc", "UTF-8", "-eol", "unix", "-l", "\(lastPage)", "-", "-"]
        let output = try Pipe()
        let complaints = try Pipe()
        let arguments = words.map { strdup($0) } + [nil]
        let environment = [strdup("LANG=C.UTF-8"), nil]
        defer { for text in arguments + environment { free(text) } }
        _ = lseek(0, 0, SEEK_SET)
        let child = confinement_start(program, arguments, environment, output.writing.number, complaints.writing.number)
        guard child > 0 else { throw .system(.unavailable, "PDF cannot be read here", "fork") }
        output.writing.close()
        complaints.writing.close()
        var isReaped = false
        defer { if !isReaped { _ = Self.end(child) } }
        try confine()
        let (text, complaint) = try self.drain(output.reading.number, complaints.reading.number)
        guard let text else {
            throw DocumentTextError(
                .tooLarge, message: "The text of the document should have at most \(self.limits.textBytes) bytes")
        }
        isReaped = true
        try Self.check(Self.wait(for: child), complaint: complaint)
        if !text.isEmpty { try writer.add(partedByFormFeeds: text) }
    }

    private var program: String? {
        self.searchPath.split(separator: ":").map { "\($0)/pdftotext" }.first {
            $0.utf8.first == UInt8(ascii: "/") && access($0, X_OK) == 0
        }
    }

    /// Reads both streams to their ends.
    ///
    /// - Returns: The text, or `nil` as soon as it is too long; the beginning of the complaints.
    private func drain(_ output: Int32, _ complaints: Int32) throws(DocumentTextError) -> (text: [UInt8]?, complaint: [UInt8]) {
        var text: [UInt8] = []
        var complaint: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var waiting = [output, complaints].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while waiting.contains(where: { $0.fd >= 0 }) {
            guard poll(&waiting, nfds_t(waiting.count), -1) >= 0 || errno == EINTR else {
                throw .system(.unavailable, "PDF cannot be read here", "poll")
            }
            for index in waiting.indices where waiting[index].fd >= 0 && waiting[index].revents != 0 {
                waiting[index].revents = 0
                let count = buffer.withUnsafeMutableBytes { readBytes(waiting[index].fd, into: $0) }
                if count > 0, index == 0 {
                    // A form feed for each page is no text.
                    guard count <= self.limits.textBytes + self.limits.pages + 1 - text.count else { return (nil, complaint) }
                    text += buffer[..<count]
                } else if count > 0 {
                    complaint += buffer[..<count].prefix(Self.complaintBytes - complaint.count)
                } else if count == 0 || errno != EINTR {
                    waiting[index].fd = -1
                }
            }
        }
        return (text, complaint)
    }

    /// What the program says by its end ("EXIT CODES" in its manual).
    private static func check(_ status: ChildStatus, complaint: [UInt8]) throws(DocumentTextError) {
        let detail = String(decoding: complaint, as: UTF8.self)
        switch status {
        case .exited(0): return
        case .exited(3):
            throw DocumentTextError(.encrypted, message: "The PDF forbids copying its text", detail: detail)
        case .exited(127):
            throw DocumentTextError(.unavailable, message: "PDF cannot be read here", detail: "pdftotext does not start")
        case .exited where detail.contains("Incorrect password"):
            throw DocumentTextError(.encrypted, message: "The PDF is protected by a password", detail: detail)
        case .exited(1):
            throw DocumentTextError(.broken, message: "The PDF is damaged and cannot be read", detail: detail)
        case .signalled(SIGXCPU):
            throw DocumentTextError(.timedOut, message: "The PDF takes too long to read", detail: detail)
        case .exited, .signalled:
            throw DocumentTextError(
                .crashed, message: "The PDF cannot be read: the reader failed on it", detail: "\(status): \(detail)")
        }
    }

    private static func end(_ child: pid_t) -> ChildStatus {
        kill(child, SIGKILL)
        return self.wait(for: child)
    }

    private static func wait(for child: pid_t) -> ChildStatus {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return ChildStatus(waitStatus: status)
    }
}
