public import Audit
public import HTTPCore
import StrictJSON

extension Journal {
    /// What `/health` shows as `audit`: degraded while records wait in the spool, unhealthy when none can be kept.
    ///
    /// Without it no tool can be called, and everything else can be served; so it is neither core nor needed to serve.
    public var healthCheck: HealthCheck {
        HealthCheck.graded(name: "audit", isCore: false) {
            let state = self.currentState
            let health: HealthFinding.State =
                switch state.health {
                case .healthy: .healthy
                case .degraded: .degraded
                case .unhealthy: .unhealthy
                }
            guard state.spool.depth > 0 else { return HealthFinding(health) }
            return HealthFinding(
                health,
                details: [
                    "spool_depth": .integer(state.spool.depth), "spool_bytes": .integer(state.spool.bytes),
                    "spool_age_seconds": .integer(Int(state.spool.age() / .seconds(1))),
                ])
        }
    }
}
