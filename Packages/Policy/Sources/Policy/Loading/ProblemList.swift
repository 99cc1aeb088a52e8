/// Collects what is wrong with a file, so that all of it is told at once.
final class ProblemList {
    let file: String
    private(set) var problems: [PolicyProblem] = []

    /// So many problems are told; a file with more of them is some other file.
    static let maximum = 100

    init(file: String) {
        self.file = file
    }

    func add(_ place: PolicyPlace?, _ message: String) {
        guard self.problems.count < Self.maximum else { return }
        self.problems.append(PolicyProblem(file: self.file, place: place, message: message))
    }
}
