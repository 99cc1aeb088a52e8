public import Identity

/// Finds the addresses of a name; the seam at which tests give their own answers.
public protocol AddressResolver: Sendable {
    /// All addresses of a name, in the order in which they should be tried.
    ///
    /// The client asks exactly once per request, checks every address of the answer, and dials addresses of this answer only. It
    /// cancels the task when its deadline has passed, so the call must then return soon.
    ///
    /// - Parameter name: A name in lower case as in ``OutboundHost/name(_:)``, never an address.
    /// - Throws: ``OutboundError``, usually with code `unresolvable`.
    func addresses(of name: String) async throws(OutboundError) -> [IPAddress]
}
