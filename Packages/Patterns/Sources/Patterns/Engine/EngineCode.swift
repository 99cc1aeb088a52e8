internal import CPCRE2

/// A pattern as the engine has compiled it.
///
/// Unchecked, because the pointers are not sendable: what they point to is never changed after `init`; every search has
/// memory of its own.
final class EngineCode: @unchecked Sendable {
    /// What a search starts from, and what it may cost.
    struct Request {
        var start = 0
        /// Whether the text is known to be UTF-8.
        var isValidText: Bool
        /// Whether a match at the very start must have at least one byte.
        var refusesEmptyAtStart = false
    }

    private let code: OpaquePointer
    private let referenceOffsets: [Int]
    /// Whether the engine has made machine code of it, or interprets it.
    let isMachineCode: Bool

    /// For what searches allocate; the code's own allocator is bound to the budget of compiling.
    private nonisolated(unsafe) static let memory = pcre2_general_context_create_8(nil, nil, nil)

    /// Compiles a pattern that the parser has accepted.
    ///
    /// - Throws: ``PatternError`` with code `malformed` in the engine's words, `tooLong` if it compiles to too much, or
    ///   `refusedConstruct` if engine and parser disagree about it.
    init(_ syntax: Syntax, options: PatternOptions, isWhole: Bool, isInterpreted: Bool) throws(PatternError) {
        let code = try CompileMemory.withContext { (memory) throws(PatternError) in
            try Self.compile(
                syntax, options: Self.compileOptions(options, isWhole: isWhole), isInterpreted: isInterpreted, memory: memory)
        }
        var captureCount: UInt32 = 0
        guard pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &captureCount) == 0, captureCount == syntax.captureCount
        else {
            pcre2_code_free_8(code)
            throw PatternError(.refusedConstruct, message: "the pattern can be read in two ways")
        }
        self.code = code
        self.referenceOffsets = syntax.referenceOffsets
        var machineCodeBytes = 0
        self.isMachineCode =
            pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_JITSIZE), &machineCodeBytes) == 0 && machineCodeBytes > 0
    }

    deinit {
        pcre2_code_free_8(self.code)
    }

    private static func compileOptions(_ options: PatternOptions, isWhole: Bool) -> UInt32 {
        // The automatic callouts are what counts the steps.
        var bits = UInt32(PCRE2_NEVER_BACKSLASH_C) | UInt32(PCRE2_AUTO_CALLOUT)
        if options.ignoresCase { bits |= UInt32(PCRE2_CASELESS) }
        if isWhole { bits |= UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_ENDANCHORED) }
        if options.encoding == .utf8 {
            bits |= UInt32(PCRE2_UTF)
            if options.usesUnicodeClasses { bits |= UInt32(PCRE2_UCP) }
        }
        return bits
    }

    private static func compile(
        _ syntax: Syntax, options: UInt32, isInterpreted: Bool, memory: OpaquePointer
    ) throws(PatternError) -> OpaquePointer {
        guard let context = pcre2_compile_context_create_8(memory) else {
            throw PatternError(.engineFailure, message: "no memory for a pattern")
        }
        defer { pcre2_compile_context_free_8(context) }
        // What a newline is depends on how the library was built, unless it is told.
        pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
        pcre2_set_bsr_8(context, UInt32(PCRE2_BSR_UNICODE))
        pcre2_set_parens_nest_limit_8(context, UInt32(SyntaxParser.maximumDepth))
        var failure: Int32 = 0
        var offset = 0
        let code = syntax.translated.withUnsafeBufferPointer { bytes in
            var none: UInt8 = 0
            return withUnsafePointer(to: &none) { none in
                pcre2_compile_8(bytes.baseAddress ?? none, bytes.count, options, &failure, &offset, context)
            }
        }
        guard let code else { throw Self.compileError(failure, offset: offset) }
        // Without machine code the interpreter serves, so a failure here is none.
        if !isInterpreted, !syntax.needsInterpreter { _ = pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE)) }
        return code
    }

    private static func compileError(_ failure: Int32, offset: Int) -> PatternError {
        switch failure {
        case PCRE2_ERROR_PATTERN_TOO_LARGE, PCRE2_ERROR_PATTERN_TOO_COMPLICATED, PCRE2_ERROR_HEAP_FAILED,
            PCRE2_ERROR_PATTERN_STRING_TOO_LONG:
            return PatternError(.tooLong, message: "the pattern compiles to too much: \(Self.words(for: failure))")
        default:
            return PatternError(.malformed, message: Self.words(for: failure), offset: offset)
        }
    }

    /// The engine's words for an error of its own.
    private static func words(for failure: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = pcre2_get_error_message_8(failure, &buffer, buffer.count)
        guard count > 0 else { return "error \(failure) of the engine" }
        return String(decoding: buffer.prefix(Int(count)), as: UTF8.self)
    }

    // MARK: - Searching

    /// The first match at or after the start of the request.
    ///
    /// - Throws: ``PatternError`` with code `limitExceeded`, `invalidText`, `invalidOffset` or `engineFailure`.
    func firstMatch(
        in text: UnsafeRawBufferPointer, _ request: Request, limits: PatternLimits, steps: inout Int
    ) throws(PatternError) -> PatternMatch? {
        guard (0...text.count).contains(request.start) else {
            throw PatternError(.invalidOffset, message: "a search starts outside the text")
        }
        guard let data = pcre2_match_data_create_from_pattern_8(self.code, Self.memory) else {
            throw PatternError(.engineFailure, message: "no memory for a search")
        }
        defer { pcre2_match_data_free_8(data) }
        var meter = StepMeter(steps: steps, start: request.start, referenceOffsets: self.referenceOffsets)
        var result = try self.run(text, request, data: data, limits: limits, stack: nil, meter: &meter)
        if result == PCRE2_ERROR_JIT_STACKLIMIT, limits.heapKiB > 32 {
            // The 32 KiB of the machine's stack that machine code has by itself were too little.
            guard let stack = pcre2_jit_stack_create_8(32 << 10, min(limits.heapKiB, 1 << 20) << 10, Self.memory) else {
                throw PatternError(.limitExceeded, message: "no memory for a search")
            }
            defer { pcre2_jit_stack_free_8(stack) }
            meter = StepMeter(steps: steps, start: request.start, referenceOffsets: self.referenceOffsets)
            result = try self.run(text, request, data: data, limits: limits, stack: stack, meter: &meter)
        }
        steps = meter.remaining
        if result == PCRE2_ERROR_NOMATCH { return nil }
        guard result > 0 else { throw Self.matchError(result) }
        return try Self.match(data)
    }

    private func run(
        _ text: UnsafeRawBufferPointer, _ request: Request, data: OpaquePointer, limits: PatternLimits, stack: OpaquePointer?,
        meter: inout StepMeter
    ) throws(PatternError) -> Int32 {
        guard let context = pcre2_match_context_create_8(Self.memory) else {
            throw PatternError(.engineFailure, message: "no memory for a search")
        }
        defer { pcre2_match_context_free_8(context) }
        pcre2_set_match_limit_8(context, UInt32(clamping: meter.remaining))
        pcre2_set_depth_limit_8(context, UInt32(clamping: limits.depth))
        pcre2_set_heap_limit_8(context, UInt32(clamping: limits.heapKiB))
        if let stack { pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
        var options: UInt32 = request.isValidText ? UInt32(PCRE2_NO_UTF_CHECK) : 0
        if request.refusesEmptyAtStart { options |= UInt32(PCRE2_NOTEMPTY_ATSTART) }
        var none: UInt8 = 0
        return withUnsafeMutablePointer(to: &meter) { meter in
            pcre2_set_callout_8(context, StepMeter.callout, meter)
            return withUnsafePointer(to: &none) { none in
                let bytes = text.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? none
                return pcre2_match_8(self.code, bytes, text.count, request.start, options, data, context)
            }
        }
    }

    private static func match(_ data: OpaquePointer) throws(PatternError) -> PatternMatch {
        let count = Int(pcre2_get_ovector_count_8(data))
        guard let offsets = pcre2_get_ovector_pointer_8(data), count > 0 else {
            throw PatternError(.engineFailure, message: "the engine told no place of a match")
        }
        let groups = (0..<count).map { group -> Range<Int>? in
            let (start, end) = (offsets[2 * group], offsets[2 * group + 1])
            // A group that took no part has the greatest number, which is -1 here.
            return start >= 0 && start <= end ? start..<end : nil
        }
        guard let range = groups[0] else { throw PatternError(.engineFailure, message: "the engine told no place of a match") }
        return PatternMatch(range: range, groups: groups)
    }

    private static func matchError(_ failure: Int32) -> PatternError {
        switch failure {
        case PCRE2_ERROR_CALLOUT, PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT,
            PCRE2_ERROR_JIT_STACKLIMIT, PCRE2_ERROR_RECURSELOOP, PCRE2_ERROR_NOMEMORY:
            PatternError(.limitExceeded, message: "a search took more than its limits allow")
        case PCRE2_ERROR_BADUTFOFFSET, PCRE2_ERROR_UTF8_ERR21...PCRE2_ERROR_UTF8_ERR1:
            PatternError(.invalidText, message: "the text is not UTF-8, or the search starts inside a character")
        default:
            PatternError(.engineFailure, message: "the search failed: \(Self.words(for: failure))")
        }
    }
}
