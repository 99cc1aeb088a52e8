import Patterns
import StrictJSON

/// A call while it is judged: what several rules ask of its arguments is worked out once.
final class CallView {
    let arguments: JSONObject
    let toolBytes: [UInt8]
    let serverBytes: [UInt8]

    init(_ call: ToolCall) {
        self.arguments = call.arguments
        self.toolBytes = Array(call.tool.utf8)
        self.serverBytes = Array(call.server.utf8)
    }

    /// Bytes of all strings and keys together.
    private lazy var totalBytes: Int = {
        var total = 0
        JSONValue.object(self.arguments).visitTexts { total += $0.utf8.count }
        return total
    }()

    private lazy var everything: Result<[TextForms], EvaluationFailure> = Self.forms(of: self.arguments, bytes: self.totalBytes)

    /// All strings and keys of the arguments in the forms in which they are judged.
    ///
    /// - Throws: ``EvaluationFailure`` when they come to more than can be judged.
    func texts() throws(EvaluationFailure) -> [TextForms] { try self.everything.get() }

    /// All strings and keys of arguments in the forms in which calls are judged.
    static func forms(of arguments: JSONObject) -> Result<[TextForms], EvaluationFailure> {
        var total = 0
        JSONValue.object(arguments).visitTexts { total += $0.utf8.count }
        return self.forms(of: arguments, bytes: total)
    }

    private static func forms(of arguments: JSONObject, bytes: Int) -> Result<[TextForms], EvaluationFailure> {
        var texts: [String] = []
        JSONValue.object(arguments).visitTexts { texts.append($0) }
        return Result { () throws(EvaluationFailure) in
            var budget = FormBudget(forBytes: bytes)
            var forms: [TextForms] = []
            forms.reserveCapacity(texts.count)
            for text in texts { forms.append(try TextForms(text, isRead: true, &budget)) }
            return forms
        }
    }

    // MARK: What single rules ask for

    /// What constraints make of single texts may come to as much again; each text is worked out once.
    private lazy var budget = FormBudget(forBytes: self.totalBytes)
    private var formsByText: [TextKey: TextForms] = [:]
    private var skeletons: [TextKey: [UInt8]] = [:]

    /// The forms of one text, which is judged by more than one rule.
    func forms(of text: String) throws(EvaluationFailure) -> TextForms {
        let key = TextKey(text)
        if let forms = self.formsByText[key] { return forms }
        let forms = try TextForms(text, isRead: true, &self.budget)
        self.formsByText[key] = forms
        return forms
    }

    /// What remains of a name when letter case, blanks and look-alike letters do not count.
    func skeleton(of name: String) throws(EvaluationFailure) -> [UInt8] {
        let key = TextKey(name)
        if let skeleton = self.skeletons[key] { return skeleton }
        let folded = try self.budget.folded(name) ?? name
        let skeleton = (BareLetters.text(of: folded) ?? folded).lowercased().utf8.filter { !" \t\r\n_-".utf8.contains($0) }
        self.skeletons[key] = skeleton
        return skeleton
    }

    /// Characters of the arguments in the sorted form, which is ASCII.
    private(set) lazy var argumentsLength: Int = JSONValue.object(self.arguments).sortedBytes().count

    func isFoundAnywhere(_ pattern: TextPattern) throws(EvaluationFailure) -> Bool {
        for text in try self.texts() where try Self.isFound(pattern, in: text) { return true }
        return false
    }

    func isFound(_ pattern: TextPattern, at field: FieldPath) throws(EvaluationFailure) -> Bool {
        var texts: [String] = []
        for value in field.values(in: .object(self.arguments)) { value.visitTexts { texts.append($0) } }
        for text in texts where try Self.isFound(pattern, in: self.forms(of: text)) { return true }
        return false
    }

    private static func isFound(_ pattern: TextPattern, in forms: TextForms) throws(EvaluationFailure) -> Bool {
        do throws(PatternError) {
            return try pattern.isFound(in: forms)
        } catch {
            throw EvaluationFailure(message: "a search for the pattern \(pattern.label) gave no answer: \(error.message)")
        }
    }
}
