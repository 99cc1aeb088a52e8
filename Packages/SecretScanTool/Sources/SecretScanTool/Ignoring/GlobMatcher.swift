/// Git's matching of wildcards, `wildmatch.c` of git 2.39, with its corners.
///
/// What a part of the pattern answers for a rest of the path is remembered, so the time is bounded by their product and not
/// exponential.
struct GlobMatcher {
    private enum Answer: UInt8 {
        case unknown, match, noMatch, abortAll, abortToDoubleStar
    }

    private let pattern: [UInt8]
    private let path: [UInt8]
    /// Whether a slash is matched by a slash and by `**` only.
    private let separatesNames: Bool
    private var answers: [Answer] = []

    /// Longer patterns match nothing: no path is that long, and each star in them may nest a call.
    private static let maximumPattern = 4_096
    /// Pairs of pattern and path above this product match nothing: they would take megabytes.
    private static let maximumStates = 1 << 20

    /// Whether the pattern matches the whole path.
    static func matches(_ pattern: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>, separatesNames: Bool) -> Bool {
        let (states, overflow) = (pattern.count + 1).multipliedReportingOverflow(by: path.count + 1)
        guard pattern.count <= Self.maximumPattern, !overflow, states <= Self.maximumStates else { return false }
        var matcher = GlobMatcher(pattern: Array(pattern), path: Array(path), separatesNames: separatesNames)
        return matcher.answer(0, 0) == .match
    }

    private init(pattern: [UInt8], path: [UInt8], separatesNames: Bool) {
        self.pattern = pattern
        self.path = path
        self.separatesNames = separatesNames
    }

    /// A byte of the pattern, or 0 at and beyond its end.
    private func sign(_ index: Int) -> UInt8 { self.pattern.indices.contains(index) ? self.pattern[index] : 0 }

    /// A byte of the path, or 0 at its end.
    private func byte(_ index: Int) -> UInt8 { self.path.indices.contains(index) ? self.path[index] : 0 }

    private mutating func remembered(_ sign: Int, _ place: Int) -> Answer {
        guard sign <= self.pattern.count, place <= self.path.count else { return .abortAll }
        if self.answers.isEmpty {
            self.answers = Array(repeating: .unknown, count: (self.pattern.count + 1) * (self.path.count + 1))
        }
        let index = sign * (self.path.count + 1) + place
        if self.answers[index] == .unknown { self.answers[index] = self.answer(sign, place) }
        return self.answers[index]
    }

    /// Whether the pattern from `start` on matches the path from `place` on.
    private mutating func answer(_ start: Int, _ place: Int) -> Answer {
        var index = start
        var place = place
        while self.sign(index) != 0 {
            let byte = self.byte(place)
            if byte == 0, self.sign(index) != UInt8(ascii: "*") { return .abortAll }
            switch self.sign(index) {
            case UInt8(ascii: "*"):
                guard let slash = self.passStar(&index, from: start, &place) else { continue }
                return slash
            case UInt8(ascii: "["):
                guard let isMember = GlobClass.contains(byte, in: self.pattern, at: &index) else { return .abortAll }
                if !isMember || (self.separatesNames && byte == UInt8(ascii: "/")) { return .noMatch }
            case UInt8(ascii: "?"):
                if self.separatesNames, byte == UInt8(ascii: "/") { return .noMatch }
            case UInt8(ascii: "\\"):
                index += 1
                if byte != self.sign(index) { return .noMatch }
            default:
                if byte != self.sign(index) { return .noMatch }
            }
            place += 1
            index += 1
        }
        return self.byte(place) == 0 ? .match : .noMatch
    }

    /// Answers for stars at `index`; nil if they and the slash behind them are passed and the rest is to be looked at.
    private mutating func passStar(_ index: inout Int, from start: Int, _ place: inout Int) -> Answer? {
        let slash = UInt8(ascii: "/")
        var crossesSlashes = !self.separatesNames
        let second = index + 1
        index += 1
        if self.sign(second) == UInt8(ascii: "*") {
            while self.sign(index) == UInt8(ascii: "*") { index += 1 }
            let next = self.sign(index)
            let endsName = next == 0 || next == slash || (next == UInt8(ascii: "\\") && self.sign(index + 1) == slash)
            // Plain text at the start has been cut off before, so `a**/b` is `**/b` here and crosses slashes; so it is in git.
            if self.separatesNames, second - start < 2 || self.sign(second - 2) == slash, endsName {
                if next == slash, self.remembered(index + 1, place) == .match { return .match }
                crossesSlashes = true
            }
        }
        if self.sign(index) == 0 {
            return crossesSlashes || !self.path[place...].contains(slash) ? .match : .noMatch
        }
        if !crossesSlashes, self.sign(index) == slash {
            guard let next = self.path[place...].firstIndex(of: slash) else { return .noMatch }
            place = next + 1
            index += 1
            return nil
        }
        return self.tryRest(index, place, crossesSlashes: crossesSlashes)
    }

    /// Tries the pattern behind a star at each place that the star can reach.
    private mutating func tryRest(_ index: Int, _ place: Int, crossesSlashes: Bool) -> Answer {
        var place = place
        while self.byte(place) != 0 {
            let next = self.remembered(index, place)
            if next != .noMatch {
                if !crossesSlashes || next != .abortToDoubleStar { return next }
            } else if !crossesSlashes, self.byte(place) == UInt8(ascii: "/") {
                return .abortToDoubleStar
            }
            place += 1
        }
        return .abortAll
    }
}

/// A class in brackets, as git reads it.
enum GlobClass {
    /// Whether the class that begins at `index` contains the byte; leaves `index` at its closing bracket. Nil if the class
    /// has no end, or names a class that does not exist.
    static func contains(_ byte: UInt8, in pattern: [UInt8], at index: inout Int) -> Bool? {
        func sign(_ index: Int) -> UInt8 { pattern.indices.contains(index) ? pattern[index] : 0 }
        index += 1
        let isNegated = sign(index) == UInt8(ascii: "!") || sign(index) == UInt8(ascii: "^")
        if isNegated { index += 1 }
        var previous: UInt8 = 0
        var isMember = false
        repeat {
            var current = sign(index)
            if current == 0 { return nil }
            if current == UInt8(ascii: "\\") {
                index += 1
                current = sign(index)
                if current == 0 { return nil }
                isMember = isMember || byte == current
            } else if current == UInt8(ascii: "-"), previous != 0, sign(index + 1) != 0, sign(index + 1) != UInt8(ascii: "]") {
                index += 1
                current = sign(index)
                if current == UInt8(ascii: "\\") {
                    index += 1
                    current = sign(index)
                    if current == 0 { return nil }
                }
                isMember = isMember || (previous <= byte && byte <= current)
                current = 0
            } else if current == UInt8(ascii: "["), sign(index + 1) == UInt8(ascii: ":") {
                let name = index + 2
                var end = name
                while sign(end) != 0, sign(end) != UInt8(ascii: "]") { end += 1 }
                if sign(end) == 0 { return nil }
                if end > name, sign(end - 1) == UInt8(ascii: ":") {
                    guard let inClass = self.contains(byte, named: pattern[name..<(end - 1)]) else { return nil }
                    isMember = isMember || inClass
                    index = end
                    current = 0
                } else {
                    isMember = isMember || byte == current
                }
            } else {
                isMember = isMember || byte == current
            }
            previous = current
            index += 1
        } while sign(index) != UInt8(ascii: "]")
        return isMember != isNegated
    }

    private static func contains(_ byte: UInt8, named name: ArraySlice<UInt8>) -> Bool? {
        let isDigit = (48...57).contains(byte)
        let isUpper = (65...90).contains(byte)
        let isLower = (97...122).contains(byte)
        let isGraphic = (33...126).contains(byte)
        return switch String(decoding: name, as: UTF8.self) {
        case "alnum": isDigit || isUpper || isLower
        case "alpha": isUpper || isLower
        case "blank": byte == 32 || byte == 9
        case "cntrl": byte < 32 || byte == 127
        case "digit": isDigit
        case "graph": isGraphic
        case "lower": isLower
        case "print": isGraphic || byte == 32
        case "punct": isGraphic && !isDigit && !isUpper && !isLower
        case "space": byte == 32 || (9...13).contains(byte)
        case "upper": isUpper
        case "xdigit": isDigit || (65...70).contains(byte) || (97...102).contains(byte)
        default: nil
        }
    }
}
