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

    /// All strings and keys of the arguments in the forms in which they are judged.
    private(set) lazy var texts: [TextForms] = {
        var texts: [TextForms] = []
        for (key, value) in self.arguments {
            texts.append(TextForms(key))
            value.visitTexts { texts.append(TextForms($0)) }
        }
        return texts
    }()

    /// Characters of the arguments in the sorted form, which is ASCII.
    private(set) lazy var argumentsLength: Int = JSONValue.object(self.arguments).sortedBytes().count

    func isFoundAnywhere(_ pattern: TextPattern) throws(PatternError) -> Bool {
        for text in self.texts where try pattern.isFound(in: text) { return true }
        return false
    }

    func isFound(_ pattern: TextPattern, at field: FieldPath) throws(PatternError) -> Bool {
        var texts: [String] = []
        for value in field.values(in: .object(self.arguments)) { value.visitTexts { texts.append($0) } }
        for text in texts where try pattern.isFound(in: TextForms(text)) { return true }
        return false
    }
}
