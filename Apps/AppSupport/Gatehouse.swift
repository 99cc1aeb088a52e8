/// What all programs of the workspace have in common.
public enum Gatehouse {
    /// The version of this build, as `--version`, `/health` and the metric `gatehouse_build_info` show it.
    public static let version = "0.1.0"
}
