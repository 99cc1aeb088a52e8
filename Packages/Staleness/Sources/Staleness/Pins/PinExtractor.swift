/// Finds the versions of packages that a text names.
///
/// ```swift
/// PinExtractor.pins(in: "pip install 'requests[socks]>=2,<3' numpy==2.1")   // requests <3,>=2 and numpy 2.1
/// PinExtractor.pins(in: "npm i @types/node@20.1.0")                          // @types/node 20.1.0
/// ```
///
/// Found are, wherever they stand: `name==1.2`, `name~=1.2`, `name>=1.2`, `name>=1.2,<2`, with extras; whatever conditions
/// stand behind `pip install`, alone on a line, as in a file of requirements, or as a whole in quotes; `name@1.2` and
/// `@scope/name@^1.2` of npm; `.package(url: "…", from: "1.2.0")` and the other forms of Swift manifests.
///
/// A name without an operator is a word, not a pin. In running text a single number (`status==200`), an upper bound alone
/// (`p<0.05`), names of one letter, and `===`
/// also alone on a line, are taken for code. E-mail addresses, paths, and `owner/action@v4` are no packages.
///
/// The work is bounded by the length of the text, whatever it holds; at most ``textLimit`` bytes are read, and at most
/// ``pinLimit`` pins are found, each once.
public enum PinExtractor {
    /// The most pins of one text: 20.
    public static let pinLimit = 20
    /// The most bytes of a text that are read: 262 144.
    public static let textLimit = 1 << 18

    /// The pins of a text, each once, in the order in which they stand there.
    public static func pins(in text: String) -> [PackagePin] {
        var scanner = PinScanner(text)
        return scanner.scan()
    }

    /// The same, and how often a byte was looked at.
    package static func countedPins(in text: String) -> (pins: [PackagePin], steps: Int) {
        var scanner = PinScanner(text)
        let pins = scanner.scan()
        return (pins, scanner.text.steps)
    }
}

/// Walks over a text once; whatever it tries to read, it goes on behind what it has looked at, or looks ahead a bounded way.
struct PinScanner {
    /// The longest name that is read: that of npm.
    static let nameLimit = 214

    var text: PinText
    var index = 0
    private var pins: [PackagePin] = []
    private var seen: Set<PackagePin> = []
    /// Whether nothing but marks of lists and quotes stands before on the line.
    private var isAtLineStart = true
    /// Whether what comes are arguments of `pip install`.
    private var isInstalling = false
    /// The byte before ``index``.
    private var before: UInt8?

    init(_ text: String) {
        self.text = PinText(text, limit: PinExtractor.textLimit)
    }

    mutating func scan() -> [PackagePin] {
        while self.index < self.text.count, self.pins.count < PinExtractor.pinLimit {
            guard let byte = self.text.byte(at: self.index) else { break }
            if byte.isTokenByte {
                // A hyphen alone is the mark of a list.
                if self.token() { self.isAtLineStart = false }
            } else if byte == UInt8(ascii: "@"), self.before.map({ !$0.isTokenByte }) ?? true, let end = self.scopedName() {
                self.advance(to: end)
                self.isAtLineStart = false
            } else {
                self.pass(byte)
            }
        }
        return self.pins
    }

    /// Goes over a byte that belongs to no name.
    private mutating func pass(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\n"):
            // A backslash at the end of a line continues the command.
            if self.before != UInt8(ascii: "\\") { self.isInstalling = false }
            self.isAtLineStart = true
        case UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "`"):
            self.isInstalling = false
            if byte != UInt8(ascii: "`") { self.isAtLineStart = false }
        case UInt8(ascii: "#"):
            if self.before?.isBlank == true { self.isInstalling = false }
            self.isAtLineStart = false
        case _ where byte.isBlank || byte.isQuote || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "\r"): break
        default: self.isAtLineStart = false
        }
        self.advance(to: self.index + 1)
    }

    private mutating func advance(to end: Int) {
        self.index = max(end, self.index + 1)
        self.before = self.text.byte(at: self.index - 1)
    }

    mutating func add(_ pin: PackagePin) {
        if self.pins.count < PinExtractor.pinLimit, self.seen.insert(pin).inserted { self.pins.append(pin) }
    }

    /// Reads a run of name characters and what belongs to it.
    ///
    /// - Returns: Whether it was more than a hyphen.
    private mutating func token() -> Bool {
        let start = self.index
        let end = self.text.end(of: start) { $0.isTokenByte }
        let isMark = end - start == 1 && self.text.byte(at: start) == UInt8(ascii: "-")
        self.token(start..<end)
        if self.index == start { self.advance(to: end) }
        return !isMark
    }

    private mutating func token(_ name: Range<Int>) {
        let (start, end) = (name.lowerBound, name.upperBound)
        let next = self.text.byte(at: end)
        switch next {
        case UInt8(ascii: "("):
            if self.text.hasText(".package", at: end - 8) { self.advance(to: self.swiftPackage(from: end + 1)) }
        case UInt8(ascii: "@"):
            guard !self.isInstalling, self.mayBeginName, let end = self.npmPin(name: start..<end, nameStart: start) else {
                return
            }
            self.advance(to: end)
        case UInt8(ascii: " "), UInt8(ascii: "\t"):
            if let end = self.installCommand(start..<end) {
                self.isInstalling = true
                self.advance(to: end)
            } else {
                self.conditions(start..<end)
            }
        case UInt8(ascii: "["), UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "~"), UInt8(ascii: "!"):
            self.conditions(start..<end)
        default: break
        }
    }

    /// Whether a name may begin here: not within a path, an address, or behind an operator.
    private var mayBeginName: Bool {
        switch self.before {
        case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "@"), UInt8(ascii: "$"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "!"), UInt8(ascii: "~"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "#"), UInt8(ascii: "+"):
            false
        default: true
        }
    }

    /// `pip install`, `pip3 install`, `uv add`: the place behind it.
    private mutating func installCommand(_ token: Range<Int>) -> Int? {
        guard token.count <= 8 else { return nil }
        let command = self.text.text(token)
        guard command.hasPrefix("pip") || command == "uv" else { return nil }
        let word = self.text.end(of: token.upperBound, limit: 8) { $0.isBlank }
        guard self.text.hasText(command == "uv" ? "add" : "install", at: word) else { return nil }
        let end = word + (command == "uv" ? 3 : 7)
        return self.text.byte(at: end)?.isTokenByte == true ? nil : end
    }

    /// Reads conditions behind a name, if there are any, and goes on behind them.
    private mutating func conditions(_ name: Range<Int>) {
        guard name.count <= PythonPackageName.longestText, self.mayBeginName else { return }
        let place = PinPlace(
            isAlone: self.isAtLineStart, isInstalling: self.isInstalling, quote: self.before.flatMap { $0.isQuote ? $0 : nil })
        // A number behind a sign of equality is the right side of something.
        if self.before == UInt8(ascii: "="), let first = self.text.byte(at: name.lowerBound), first.isASCIIDigit { return }
        guard let (pin, end) = self.requirement(name, place) else { return }
        if let pin { self.add(pin) }
        self.advance(to: end)
    }
}

/// Where conditions stand, which decides what is taken for a pin.
struct PinPlace {
    /// Whether nothing but marks stands before the name on its line.
    let isAlone: Bool
    /// Whether it is an argument of `pip install`.
    let isInstalling: Bool
    /// The quotation mark right before the name.
    let quote: UInt8?
}
