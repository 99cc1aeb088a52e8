public import Identity

/// Somebody who asks, decides or spends: a registration, and the human behind it if one is known.
public struct ApprovalParty: Sendable, Hashable {
    /// The name of the registration within its ``kind``.
    public let id: CallerID
    /// Where it is registered.
    public let kind: Caller.Kind
    /// Its tenant.
    public let organisation: OrganisationID
    /// The human behind it; nil when nobody recorded one.
    public let person: PersonID?

    /// Names a party.
    public init(id: CallerID, kind: Caller.Kind, organisation: OrganisationID, person: PersonID? = nil) {
        self.id = id
        self.kind = kind
        self.organisation = organisation
        self.person = person
    }

    /// The party behind a request.
    public init(_ caller: Caller) {
        self.init(id: caller.id, kind: caller.kind, organisation: caller.organisation, person: caller.person)
    }

    /// Whether the same human is known to stand behind both, as `Caller.isSamePerson(as:)` has it: the same person, or the
    /// same registration.
    public func isSamePerson(as other: ApprovalParty) -> Bool {
        if let person = self.person, person == other.person { return true }
        return self.isSameRegistration(as: other)
    }

    /// Whether both are one registration, whatever key was used.
    public func isSameRegistration(as other: ApprovalParty) -> Bool {
        self.kind == other.kind && self.id == other.id && self.organisation == other.organisation
    }

    /// The same registration with another human behind it; this one's when nil.
    func with(person: PersonID?) -> ApprovalParty {
        ApprovalParty(id: self.id, kind: self.kind, organisation: self.organisation, person: person ?? self.person)
    }
}
