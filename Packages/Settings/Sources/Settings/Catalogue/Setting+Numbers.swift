extension Setting<Int> {
    /// A whole number within a range.
    public static func integer(
        _ name: String, in range: ClosedRange<Int>, default defaultValue: Int? = nil, summary: String
    ) -> Setting {
        Setting(
            name, kind: "integer", phrase: "a whole number in range", allowed: range.allowedText, default: defaultValue,
            defaultText: defaultValue.map(String.init), summary: summary
        ) { text in
            Int(text.trimmingBlanks()).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A TCP port; give `in: 0...65535` where 0 may stand for any free one.
    public static func port(
        _ name: String, in range: ClosedRange<Int> = 1...65_535, default defaultValue: Int? = nil, summary: String
    ) -> Setting {
        let parse = Setting.integer(name, in: range, summary: summary).parse
        return Setting(
            name, kind: "port", phrase: "a port", allowed: range.allowedText, default: defaultValue,
            defaultText: defaultValue.map(String.init), summary: summary, parse: parse)
    }
}

extension Setting<Double> {
    /// A number within a range, such as `5` or `2.5`; without exponents.
    public static func decimal(
        _ name: String, in range: ClosedRange<Double>, default defaultValue: Double? = nil, summary: String
    ) -> Setting {
        Setting(
            name, kind: "number", phrase: "a number in range", allowed: "\(range.lowerBound) to \(range.upperBound)",
            default: defaultValue, defaultText: defaultValue.map { "\($0)" }, summary: summary
        ) { text in
            text.plainDecimal.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Setting<Bool> {
    /// A switch: `true`, `false`, `1`, `0`, `yes`, `no`, `on` or `off`, in upper or lower case.
    public static func bool(_ name: String, default defaultValue: Bool? = nil, summary: String) -> Setting {
        Setting(
            name, kind: "boolean", phrase: "true or false", allowed: "true, false, 1, 0, yes, no, on, off",
            default: defaultValue, defaultText: defaultValue.map { "\($0)" }, summary: summary
        ) { text in
            switch text.trimmingBlanks().lowercased() {
            case "true", "1", "yes", "on": true
            case "false", "0", "no", "off": false
            default: nil
            }
        }
    }
}

/// The unit in which a duration is written, as the name of its variable says.
public enum SettingTimeUnit: String, Sendable {
    /// `…_MS`
    case milliseconds
    /// `…_SECONDS`
    case seconds
    /// `…_MINUTES`
    case minutes
    /// `…_DAYS`
    case days

    fileprivate var length: Duration {
        switch self {
        case .milliseconds: .milliseconds(1)
        case .seconds: .seconds(1)
        case .minutes: .seconds(60)
        case .days: .seconds(86_400)
        }
    }
}

extension Setting<Duration> {
    /// A time, written as a plain number of units, such as `30` or `2.5`.
    ///
    /// - Parameters:
    ///   - name: The environment variable; it should end in the unit.
    ///   - range: Fewest and most units, within 0 to 10¹².
    ///   - unit: The unit of the number.
    ///   - defaultValue: The default in units; `nil` makes the setting required.
    ///   - summary: One sentence without a full stop at its end.
    public static func duration(
        _ name: String,
        in range: ClosedRange<Int>,
        unit: SettingTimeUnit = .seconds,
        default defaultValue: Int? = nil,
        summary: String
    ) -> Setting {
        let range = range.clamped(to: 0...1_000_000_000_000)
        let bounds = Double(range.lowerBound)...Double(range.upperBound)
        return Setting(
            name, kind: unit.rawValue, phrase: "a number of \(unit.rawValue) in range",
            allowed: "\(range.allowedText) \(unit.rawValue)",
            default: defaultValue.map { unit.length * $0 },
            defaultText: defaultValue.map(String.init), summary: summary
        ) { text in
            guard let number = text.plainDecimal, bounds.contains(number) else { return nil }
            return Int(exactly: number).map { unit.length * $0 } ?? unit.length * number
        }
    }
}

extension ClosedRange<Int> {
    fileprivate var allowedText: String {
        self.upperBound == .max ? "\(self.lowerBound) or more" : "\(self.lowerBound) to \(self.upperBound)"
    }
}

extension String {
    /// The number that this text writes with digits, at most one point and at most one sign, and nothing else.
    fileprivate var plainDecimal: Double? {
        let text = self.trimmingBlanks()
        let isPlain = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
        return isPlain ? Double(text) : nil
    }
}
