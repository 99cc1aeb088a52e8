internal import Cryptography
public import StrictJSON

extension ReportedFinding {
    /// The finding for the outputs JSON and JSONL:
    ///
    /// ```json
    /// {"path":"a.env","line":3,"column":5,"endLine":3,"endColumn":45,"rule":"github-token","type":"GitHub Token",
    ///  "severity":"high","confidence":"high","fingerprint":"2d711642…","known":false}
    /// ```
    ///
    /// `path` is written by ``PathText/escaped(_:)``; `fingerprint` is null without a key.
    public func jsonValue() -> JSONValue {
        [
            "path": .string(PathText.escaped(self.path)),
            "line": .integer(self.start.line),
            "column": .integer(self.start.column),
            "endLine": .integer(self.end.line),
            "endColumn": .integer(self.end.column),
            "rule": .string(self.rule),
            "type": .string(self.type),
            "severity": .string(self.severity.rawValue),
            "confidence": .string(self.confidence),
            "fingerprint": .string(orNull: self.fingerprint?.hex),
            "known": .bool(self.isKnown),
        ]
    }

    /// The finding as one line for people: `a.env:3:5: GitHub Token (high, confidence high)`.
    public var textLine: String {
        let place = "\(PathText.escaped(self.path)):\(self.start.line):\(self.start.column)"
        return "\(place): \(self.type) (\(self.severity.rawValue), confidence \(self.confidence))"
    }
}
