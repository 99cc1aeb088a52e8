import Identity
import Testing

@Suite("Caller")
struct CallerTests {
    private func caller(
        _ id: String, _ kind: Caller.Kind = .gatewayCaller, organisation: String = "acme", key: String? = nil,
        person: String? = nil
    ) -> Caller {
        Caller(
            id: CallerID(unchecked: id), kind: kind, organisation: OrganisationID(unchecked: organisation),
            keyID: key.map { KeyID(unchecked: $0) }, person: person.map { PersonID(unchecked: $0) })
    }

    @Test("has cautious defaults")
    func hasCautiousDefaults() {
        let caller = Caller(id: CallerID(unchecked: "agent"), kind: .user)
        #expect(caller.organisation == .default)
        #expect(caller.organisation.text == "default")
        #expect(caller.trustLevel == .untrusted)
        #expect(caller.role == nil)
        #expect(caller.environment == nil)
        #expect(caller.person == nil)
    }

    @Test("without credential may do nothing that needs a scope")
    func anonymousHasNoScope() {
        #expect(Caller.anonymous.isAnonymous)
        #expect(Caller.anonymous.trustLevel == .untrusted)
        #expect(!Caller.anonymous.scopes.permits(Scope(unchecked: "traces:read")))
    }

    @Test("is the same person under two keys of one human")
    func comparesPersons() {
        let first = self.caller("agent-1", person: "jo")
        #expect(first.isSamePerson(as: self.caller("agent-2", person: "jo")))
        #expect(first.isSamePerson(as: self.caller("7", .user, organisation: "other", person: "jo")))
        #expect(!first.isSamePerson(as: self.caller("agent-2", person: "jane")))
    }

    @Test("is the same person under two keys of one registration, whatever they say of the person")
    func comparesRegistrations() {
        let first = self.caller("agent-1", key: "k1", person: "jo")
        #expect(first.isSamePerson(as: self.caller("agent-1", key: "k2")))
        #expect(first.isSamePerson(as: self.caller("agent-1", key: "k2", person: "jane")))
    }

    @Test("is another person where nothing says that it is the same")
    func tellsStrangersApart() {
        let first = self.caller("agent-1")
        #expect(!first.isSamePerson(as: self.caller("agent-2")))
        #expect(!first.isSamePerson(as: self.caller("agent-1", .user)))
        #expect(!first.isSamePerson(as: self.caller("agent-1", organisation: "other")))
    }

    @Test("has scopes that permit all, some or nothing")
    func permitsScopes() {
        let read = Scope(unchecked: "traces:read")
        let write = Scope(unchecked: "traces:write")
        #expect(ScopeSet.unrestricted.permits(write))
        #expect(ScopeSet.limited([read]).permits(read))
        #expect(!ScopeSet.limited([read]).permits(write))
        #expect(!ScopeSet.limited([]).permits(read))
    }
}

@Suite("Trust level")
struct TrustLevelTests {
    @Test(
        "has the numbers of the column",
        arguments: [(0, "untrusted"), (1, "low"), (2, "medium"), (3, "high"), (4, "admin")])
    func hasNumbers(_ number: Int, _ name: String) {
        #expect(TrustLevel(rawValue: number)?.description == name)
    }

    @Test("is nil outside of 0 to 4", arguments: [-1, 5, Int.max])
    func isBounded(_ number: Int) {
        #expect(TrustLevel(rawValue: number) == nil)
    }

    @Test("is ordered")
    func isOrdered() {
        #expect(TrustLevel.allCases.sorted() == TrustLevel.allCases)
        #expect(TrustLevel.medium < TrustLevel.high)
    }
}
