/// Tells whether and when a question is asked once more.
///
/// Asked again are questions that the endpoint turned away (429, 500, 501, 503 and above but 504) or that never reached it. What the
/// model may have worked on is asked again only where the question allows being charged twice.
struct RetrySchedule {
    let maximumRetries: Int
    let firstPause: Duration
    let longestPause: Duration
    let mayBeChargedTwice: Bool

    /// How long to wait before the next attempt.
    ///
    /// - Parameters:
    ///   - error: What the last attempt ended with.
    ///   - attempts: How many there were, 1 or more.
    ///   - share: Chance, 0 to 1: pauses lie between half of their length and all of it, so that clients do not come back together.
    /// - Returns: The pause; nil when it is not to be asked again.
    func pause(after error: LanguageModelError, attempts: Int, share: Double) -> Duration? {
        guard attempts <= self.maximumRetries, self.helps(against: error) else { return nil }
        // At most 10 retries, so the factor is small.
        let usual = min(self.firstPause * (1 << min(max(attempts - 1, 0), 16)), self.longestPause)
        let jittered = usual * (0.5 + 0.5 * min(max(share, 0), 1))
        guard let asked = error.retryAfter else { return jittered }
        return asked <= self.longestPause ? max(asked, jittered) : nil
    }

    private func helps(against error: LanguageModelError) -> Bool {
        if error.mayHaveBeenCharged && !self.mayBeChargedTwice { return false }
        return [.limited, .unavailable, .unreachable, .interrupted].contains(error.code)
    }
}
