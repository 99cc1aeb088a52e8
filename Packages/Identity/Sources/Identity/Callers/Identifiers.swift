/// Names whoever calls: a user's id or the `caller_id` of a gateway caller, such as `dev-agent`.
public struct CallerID: TextIdentifier {
    /// The name as it was given.
    public let text: String

    /// Takes text that was checked before; see ``TextIdentifier/init(unchecked:)``.
    public init(unchecked text: String) {
        self.text = text
    }
}

/// Names the organisation (tenant) that a caller and its data belong to, such as `acme-prod`.
public struct OrganisationID: TextIdentifier {
    /// The name as it was given.
    public let text: String

    /// Takes text that was checked before; see ``TextIdentifier/init(unchecked:)``.
    public init(unchecked text: String) {
        self.text = text
    }

    /// The organisation of everyone for whom none was named: `default`.
    public static let `default` = OrganisationID(unchecked: "default")
}

/// Names the key that a request was made with; it is the public id of a key or the number of its row, never its secret.
public struct KeyID: TextIdentifier {
    /// The name as it was given.
    public let text: String

    /// Takes text that was checked before; see ``TextIdentifier/init(unchecked:)``.
    public init(unchecked text: String) {
        self.text = text
    }
}

/// Names the human behind one or several keys, such as `jo@example.org`, so that nobody approves their own request.
public struct PersonID: TextIdentifier {
    /// The name as it was given.
    public let text: String

    /// Takes text that was checked before; see ``TextIdentifier/init(unchecked:)``.
    public init(unchecked text: String) {
        self.text = text
    }
}

/// Names what a caller does in the organisation; policies select by it. The set is open.
public struct Role: TextIdentifier {
    /// The name as it was given.
    public let text: String

    /// Takes text that was checked before; see ``TextIdentifier/init(unchecked:)``.
    public init(unchecked text: String) {
        self.text = text
    }

    /// May decide approvals and read the audit trail: `admin`.
    public static let admin = Role(unchecked: "admin")

    /// Writes and runs programs: `developer`.
    public static let developer = Role(unchecked: "developer")
}

/// Names the surroundings that a key is for; policies select by it. The set is open.
public struct EnvironmentName: TextIdentifier {
    /// The name as it was given.
    public let text: String

    /// Takes text that was checked before; see ``TextIdentifier/init(unchecked:)``.
    public init(unchecked text: String) {
        self.text = text
    }

    /// Development: `dev`.
    public static let development = EnvironmentName(unchecked: "dev")

    /// The rehearsal before production: `staging`.
    public static let staging = EnvironmentName(unchecked: "staging")

    /// Production: `prod`.
    public static let production = EnvironmentName(unchecked: "prod")
}

/// Names one thing that a key may be used for, such as `traces:write`.
public struct Scope: TextIdentifier {
    /// The name as it was given.
    public let text: String

    /// Takes text that was checked before; see ``TextIdentifier/init(unchecked:)``.
    public init(unchecked text: String) {
        self.text = text
    }
}
