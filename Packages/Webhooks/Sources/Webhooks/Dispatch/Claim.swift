import Persistence

/// An attempt that belongs to this server until its time is over.
struct Claim: Sendable {
    let deliveryID: Int64
    let endpointID: String
    /// Tells this claim from an earlier or a later one on the same delivery.
    let token: String
    /// The number of the attempt, 1 for the first.
    let attempt: Int
    let endsAt: Timestamp
    /// Whether it took a place of those that fail.
    let isFailing: Bool
    let messageID: String
    let body: String
    let address: StoredAddress
    /// The newest first.
    let secrets: [SealedSecret]
}
