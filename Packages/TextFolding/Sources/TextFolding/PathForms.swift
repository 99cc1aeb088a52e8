/// The forms in which a path may reach whoever opens it.
enum PathForms {
    /// Refuses a path of which any form reads otherwise than the path as sent.
    static func check(_ text: String) throws(TextFoldingError) {
        let sent = Shape(of: text)
        try sent.checkAlone()
        var current = text
        for _ in 0..<TextFolding.maximumRounds {
            var next = current
            if let decoded = try TextFolding.percentDecodedOnce(current) {
                // An encoded dot is refused wherever it stands: no honest client encodes it.
                let shape = Shape(of: decoded)
                guard shape.dots == Shape(of: current).dots else {
                    throw TextFoldingError(.hiddenSeparator, message: "the path encodes a dot")
                }
                try shape.check(against: sent)
                next = decoded
            }
            if let folded = TextFolding.folded(next) {
                try Shape(of: folded).check(against: sent)
                next = folded
            }
            if next.utf8.elementsEqual(current.utf8) { return }
            current = next
        }
        throw TextFoldingError(.tooManyEncodings, message: "encodings stand inside each other too deep in the path")
    }

    /// What of a form decides where it leads.
    private struct Shape {
        var separators = 0
        var names = 0
        var dots = 0
        var dotSegments = 0
        var leadsUp = false
        var isHostile = false

        init(of text: String) {
            for byte in text.utf8 {
                if byte == UInt8(ascii: "/") { self.separators += 1 }
                if byte == UInt8(ascii: ".") { self.dots += 1 }
            }
            self.isHostile = text.unicodeScalars.contains {
                $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0 == "\\" || $0.value == 0x2028 || $0.value == 0x2029
            }
            for segment in text.utf8.split(separator: UInt8(ascii: "/")) {
                self.names += 1
                // Some servers cut parameters off a segment, as in `..;x`, and some drop blanks at the ends.
                let name = segment.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") }
                if name == [UInt8(ascii: "."), UInt8(ascii: ".")] { self.leadsUp = true }
                if name == [UInt8(ascii: ".")] {
                    if segment.count == 1 { self.dotSegments += 1 } else { self.leadsUp = true }
                }
            }
        }

        func checkAlone() throws(TextFoldingError) {
            guard !self.isHostile else {
                throw TextFoldingError(.invalidCharacter, message: "the path has a control character or a backslash")
            }
            guard !self.leadsUp else { throw TextFoldingError(.traversal, message: "the path leads up by a dot segment") }
        }

        func check(against sent: Shape) throws(TextFoldingError) {
            try self.checkAlone()
            guard self.separators == sent.separators else {
                throw TextFoldingError(.hiddenSeparator, message: "the path hides a separator")
            }
            guard self.names == sent.names else {
                throw TextFoldingError(.invalidCharacter, message: "the path has a name that shows nothing")
            }
            guard self.dotSegments == sent.dotSegments else {
                throw TextFoldingError(.traversal, message: "the path hides a dot segment")
            }
        }
    }
}
