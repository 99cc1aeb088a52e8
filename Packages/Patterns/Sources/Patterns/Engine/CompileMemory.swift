internal import CPCRE2

/// Memory for compiling, of which one pattern gets a fixed amount.
enum CompileMemory {
    /// What one compilation may allocate in all. Patterns of a thousand characters need less than a tenth of it.
    static let budgetBytes = 8 << 20

    /// Lends a context whose allocations end with the budget.
    ///
    /// What was allocated may outlive the context: freeing it does not look at the budget.
    static func withContext<Value>(
        _ body: (OpaquePointer) throws(PatternError) -> Value
    ) throws(PatternError) -> Value {
        let budget = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        budget.initialize(to: self.budgetBytes)
        defer { budget.deallocate() }
        guard
            let context = pcre2_general_context_create_8(
                { size, budget in
                    guard let budget = budget?.assumingMemoryBound(to: Int.self), size <= budget.pointee else { return nil }
                    budget.pointee -= size
                    return malloc(size)
                },
                { memory, _ in free(memory) },
                budget
            )
        else { throw PatternError(.engineFailure, message: "no memory for a pattern") }
        defer { pcre2_general_context_free_8(context) }
        return try body(context)
    }
}
