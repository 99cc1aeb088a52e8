extension Quota {
    /// Reads one or more quotas from a limit string such as `20/minute` or `10 per 5 minutes; 100/hour`.
    ///
    /// ```
    /// list  = quota *( ( ";" / "," / "|" ) quota )
    /// quota = amount ( "/" / "per" ) [ multiple ] unit [ "s" ]
    /// unit  = "second" / "minute" / "hour" / "day" / "month" / "year"
    /// ```
    ///
    /// White space is free between the words, and letters may be of either case. This is the grammar of the Python `limits`
    /// library (5.8, `limits/util.py`), with its lengths of a month (30 days) and a year (360 days), and a multiple of 0 read as 1.
    /// An amount of 0 is a quota that admits nothing. Other than there, a number that does not fit is an error.
    ///
    /// - Parameter text: The limit string.
    /// - Returns: The quotas in the order in which they were written, at least one.
    /// - Throws: ``RateLimitError`` with code `invalidQuota`; the message says what was read, where, and what is allowed.
    public static func parse(_ text: String) throws(RateLimitError) -> [Quota] {
        var reader = QuotaReader(text)
        return try reader.readList()
    }
}

/// Walks once over the characters of a limit string.
private struct QuotaReader {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) {
        self.text = text
        self.scalars = Array(text.unicodeScalars)
    }

    mutating func readList() throws(RateLimitError) -> [Quota] {
        var quotas = [try self.readQuota()]
        while let next = self.peek() {
            guard next == ";" || next == "," || next == "|" else {
                throw self.failure(expected: "the end, or \";\", \",\" or \"|\" and another limit")
            }
            self.position += 1
            quotas.append(try self.readQuota())
        }
        return quotas
    }

    private mutating func readQuota() throws(RateLimitError) -> Quota {
        self.skipBlanks()
        guard let limit = try self.readNumber() else { throw self.failure(expected: "a whole number") }
        self.skipBlanks()
        try self.readPer()
        self.skipBlanks()
        let multiple = try self.readNumber() ?? 1
        self.skipBlanks()
        let unitPosition = self.position
        let unit = try self.readUnit()
        self.skipBlanks()
        do {
            return try Quota(limit: limit, per: max(multiple, 1), unit)
        } catch {
            self.position = unitPosition
            throw self.failure(expected: "a window of at most 30 years of 360 days")
        }
    }

    private mutating func readPer() throws(RateLimitError) {
        if self.peek() == "/" {
            self.position += 1
            return
        }
        for letter in ["p", "e", "r"] as [Unicode.Scalar] {
            guard let next = self.peek(), next.lowercasedASCII == letter else {
                throw self.failure(expected: "\"/\" or \"per\"")
            }
            self.position += 1
        }
    }

    private mutating func readNumber() throws(RateLimitError) -> Int64? {
        let first = self.position
        var value: Int64 = 0
        while let next = self.peek(), ("0"..."9").contains(next) {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(Int64(next.value &- 48))
            guard !overflow, !carry else {
                self.position = first
                throw self.failure(expected: "a whole number up to \(Int64.max)")
            }
            value = sum
            self.position += 1
        }
        return self.position == first ? nil : value
    }

    private mutating func readUnit() throws(RateLimitError) -> Quota.Unit {
        let first = self.position
        var word = ""
        while let next = self.peek(), ("a"..."z").contains(next.lowercasedASCII) {
            word.unicodeScalars.append(next.lowercasedASCII)
            self.position += 1
        }
        for unit in Quota.Unit.allCases where unit != .millisecond && (word == unit.name || word == unit.name + "s") {
            return unit
        }
        self.position = first
        throw self.failure(expected: "second, minute, hour, day, month or year, or the plural of one")
    }

    private func peek() -> Unicode.Scalar? {
        self.position < self.scalars.count ? self.scalars[self.position] : nil
    }

    private mutating func skipBlanks() {
        while let next = self.peek(), next.properties.isWhitespace || (0x1C...0x1F).contains(next.value) { self.position += 1 }
    }

    private func failure(expected: String) -> RateLimitError {
        let rest = self.scalars[self.position...].prefix(20)
        let found = rest.isEmpty ? "the end" : "\"\(String(String.UnicodeScalarView(rest)).shown)\""
        let shown = String(String.UnicodeScalarView(self.scalars.prefix(80))).shown
        let message =
            "cannot read the limit \"\(shown)\": at character \(self.position + 1) stands \(found), allowed is \(expected)"
        return RateLimitError(.invalidQuota, message: message)
    }
}

extension Unicode.Scalar {
    fileprivate var lowercasedASCII: Unicode.Scalar {
        ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(truncatingIfNeeded: self.value) | 0x20) : self
    }
}

extension String {
    /// On one line and without quotes of its own, so that a message stays one line whatever was read.
    fileprivate var shown: String {
        self.unicodeScalars.map {
            $0.value < 0x20 || $0 == "\"" || $0 == "\\" || $0.value == 0x7F ? $0.escaped(asASCII: true) : String($0)
        }
        .joined()
    }
}
