import Identity
import Persistence

/// That a key was presented, to be noted later.
struct KeyUse: Sendable {
    let keyID: KeyID
    let instant: Timestamp
    /// The caller, if `api_keys` has a row for it.
    let gatewayCaller: CallerID?

    /// `nil` for a key without an id, which an older tool stored.
    init?(_ caller: Caller, at instant: Timestamp) {
        guard let keyID = caller.keyID else { return nil }
        self.keyID = keyID
        self.instant = instant
        self.gatewayCaller = caller.kind == .gatewayCaller ? caller.id : nil
    }
}
